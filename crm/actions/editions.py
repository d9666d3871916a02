"""Deeds on editions of policies: tried first, then confirmed, never edited in place."""

from collections import Counter
from datetime import date
from typing import Any

import sqlalchemy as sa
import yaml

from crm import clock
from crm.actions.evaluations import JUDGED, evaluate_county
from crm.actions.events import Author, record_event
from crm.actions.rounds import firm_rounds
from crm.actions.tasks import Progress, work
from crm.extensions import begin_exclusive, db
from crm.models import Edition, Firm, LatestEvaluation
from crm.queries.answers import answers_of_firms
from crm.queries.judged_firms import facts_of_firms
from crm.queries.policies import forget_policies, known_policies
from pipelines.qualification.assessment import qualify_with
from pipelines.qualification.policy import BLANK, Policy
from pipelines.qualification.verdicts import NO_ANSWERS
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Programme, TaskKind, Verdict

_FIRMS_A_ROUND = 500


def draft_edition(programme: Programme, text: str, by: Author) -> Edition:
    """Read as strictly as a shipped one; a fault names its line, and nothing is kept."""
    begun = _day_of(text)
    known_policies().with_edition(text, programme.value, begun.isoformat())
    edition = Edition(programme=programme, in_force_from=begun, text=text, by_id=by.user_id, by_name=by.name)
    db.session.add(edition)
    db.session.flush()
    about = {"subject": f"{programme.label} {begun}", "edition": edition.id}
    record_event(EventKind.EDITION_DRAFTED, by, None, about)
    db.session.commit()
    return edition


def confirm_edition(edition_id: int, by: Author) -> Edition:
    """From now on it counts from its day. Confirmed twice, done once; another edition meanwhile is told."""
    begin_exclusive()
    edition = db.session.get_one(Edition, edition_id, populate_existing=True)
    if edition.confirmed_at:
        db.session.rollback()
        return edition
    forget_policies()
    known_policies().with_edition(edition.text, edition.programme.value, edition.in_force_from.isoformat())
    edition.confirmed_at = clock.now()
    about = {"subject": f"{edition.programme.label} {edition.in_force_from}", "edition": edition.id}
    record_event(EventKind.EDITION_CONFIRMED, by, None, about)
    db.session.commit()
    forget_policies()
    return edition


def filled_text(policy: Policy, values: dict[str, Any], document_number: str, in_force_from: date) -> str:
    """The text of an unconfirmed edition with the office's numbers in its blanks.

    values: number by condition; a condition that is left out does not stand in the notice and falls away. Shares come
    as a Decimal below one and stand in quotes, since the reader refuses floats.
    """
    content = yaml.safe_load(policy.text)
    blanks = {blank.id for blank in policy.blanks}
    criteria = [each for each in content["criteria"] if each["id"] not in blanks or each["id"] in values]
    for criterion in criteria:
        if criterion["id"] in values:
            number = values[criterion["id"]]
            criterion["value"] = int(number) if number == int(number) else str(number.normalize())
        if criterion.get("reference") == BLANK:
            criterion["reference"] = document_number
        criterion["confidence"] = "V"
    content |= {"document_number": document_number, "in_force_from": in_force_from, "criteria": criteria}
    content |= {"confidence": "V", "source": "局里按通知填写", "checked_on": clock.today(), "status": "confirmed"}
    content.pop("note", None)
    content.pop("sorting", None)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


@work(TaskKind.TRY_EDITION)
def _try(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    edition = db.session.get_one(Edition, arguments["edition_id"])
    policies = known_policies().with_edition(edition.text, edition.programme.value, edition.in_force_from.isoformat())
    policy = policies.editions(edition.programme.value)[-1]
    effect = _effect(edition.programme, policy, progress)
    edition.effect = effect
    db.session.commit()
    return f"已按新版本试算 {effect['firms']} 家企业。"


@work(TaskKind.EVALUATE)
def _evaluate(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    """One programme after its edition was confirmed, all of them when the office reads something otherwise."""
    programmes = tuple(each for each in Programme if each.value == arguments.get("programme")) or JUDGED
    written = evaluate_county(clock.today(), by.through, programmes, progress)
    return f"已判断全部企业，结论有变化的写入 {written} 条。"


def _effect(programme: Programme, policy: Policy, progress: Progress) -> dict[str, Any]:
    """Every firm by the new edition, as of its first day or today, beside what counts of it now."""
    on, moves = max(policy.in_force_from, clock.today()), Counter[tuple[str, str]]()
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Firm)) or 0
    done = 0
    for some in firm_rounds(None, _FIRMS_A_ROUND):
        now = _verdicts_now(some, programme)
        answers = answers_of_firms(some, on)
        for firm_id, facts in facts_of_firms(some, on):
            given = answers.get((firm_id, programme), NO_ANSWERS)
            after = qualify_with(facts, policy, given).verdict
            moves[now.get(firm_id, Verdict.NOT_APPLICABLE).value, after.value] += 1
        done += len(some)
        progress(done, total)
    before, after_counts = Counter[str](), Counter[str]()
    for (old, new), firms in moves.items():
        before[old] += firms
        after_counts[new] += firms
    changed = {f"{old} {new}": firms for (old, new), firms in moves.items() if old != new}
    return {"firms": moves.total(), "before": before, "after": after_counts, "moves": changed}


def _verdicts_now(firm_ids: Any, programme: Programme) -> dict[int, Verdict]:
    latest = sa.select(LatestEvaluation.firm_id, LatestEvaluation.verdict)
    latest = latest.where(LatestEvaluation.firm_id.in_(firm_ids), LatestEvaluation.programme == programme)
    return {row.firm_id: row.verdict for row in db.session.execute(latest)}


def _day_of(text: str) -> date:
    """The day the edition begins, by which it is named; the reader checks everything else."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else "某处"
        raise Refusal(f"不是能读的 YAML：{where}写法有误") from None
    day = content.get("in_force_from") if isinstance(content, dict) else None
    if type(day) is not date:
        raise Refusal("请写明 in_force_from（施行日期，如 2026-01-01）")
    return day
