"""What staff add that no register holds: marks on the official form, a questionnaire, an opinion of a firm's place."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crm.actions.changes import firm_for_change
from crm.actions.events import Author, record_event
from crm.extensions import db
from crm.models import Feedback, PreScore, Questionnaire
from crm.queries.models import live_scoring
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, FeedbackReason, FeedbackVerdict

ANSWERS = ("rd_centre", "has_partner", "took_part_in_standard", "conversions", "documents")


def pre_score(firm_id: int, marked_on: date, parts: Mapping[str, int], note: str | None, by: Author) -> PreScore:
    """parts: rights, conversion, organisation, growth; each a row of its own, the newest counts."""
    firm_for_change(firm_id)
    row = PreScore(firm_id=firm_id, marked_on=marked_on, note=note, by_id=by.user_id, by_name=by.name, **parts)
    db.session.add(row)
    change = {"field": "预评分", "old": None, "new": f"{row.points} 分（{marked_on}）"}
    record_event(EventKind.PRE_SCORED, by, firm_id, {"changes": [change]} | ({"reason": note} if note else {}))
    db.session.commit()
    return row


def fill_questionnaire(firm_id: int, answered_on: date, answers: Mapping[str, Any], by: Author) -> Questionnaire:
    firm_for_change(firm_id)
    if all(answers[name] is None for name in ANSWERS):
        raise Refusal("问卷还没有填任何一项。")
    row = Questionnaire(firm_id=firm_id, answered_on=answered_on, by_id=by.user_id, by_name=by.name, **answers)
    db.session.add(row)
    record_event(EventKind.QUESTIONNAIRE_FILLED, by, firm_id, {"subject": f"能力问卷（{answered_on}）"})
    db.session.commit()
    return row


def give_feedback(
    firm_id: int, verdict: FeedbackVerdict, reason: FeedbackReason | None, note: str | None, by: Author
) -> Feedback:
    """On the numbers that are shown now. It is listed and compared with the results at the year's end; it trains
    nothing."""
    firm_for_change(firm_id)
    scoring = live_scoring()
    if scoring is None:
        raise Refusal("还没有启用的模型，没有可以反馈的位次。")
    if verdict is not FeedbackVerdict.AGREE and reason is None:
        raise Refusal("不同意时请选择原因。")
    row = Feedback(
        firm_id=firm_id, scoring_id=scoring.id, verdict=verdict, reason=reason, note=note, by_id=by.user_id,
        by_name=by.name,
    )  # fmt: skip
    db.session.add(row)
    told = verdict.label if reason is None else f"{verdict.label}（{reason.label}）"
    change = {"field": "名单位次", "old": None, "new": told}
    record_event(EventKind.FEEDBACK_GIVEN, by, firm_id, {"changes": [change]} | ({"reason": note} if note else {}))
    db.session.commit()
    return row
