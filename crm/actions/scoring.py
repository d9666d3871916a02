"""Scoring: the version in use says of every candidate where it stands, and what it said stays."""

from collections import defaultdict
from datetime import date
from typing import Any

from crm import clock
from crm.actions.bulk import insert_rows
from crm.actions.events import SYSTEM, Author, record_event
from crm.actions.tasks import Progress, work
from crm.extensions import begin_exclusive, db
from crm.models import ModelVersion, Prediction, Scoring
from crm.queries.model_ledger import county_ledger
from crm.queries.models import live_version, loaded, rules_digest
from crm.queries.target_year import awaiting_result, target_year
from pipelines.vocabulary import EventKind, TaskKind

_FIELDS = (
    "scoring_id", "firm_id", "p_pass", "low", "high", "p_apply", "potential", "potential_low", "potential_high",
    "unknown_gates", "has_applied", "is_borderline", "explores", "features",
    "questions", "question_count",
)  # fmt: skip
_ENOUGH_RESULTS = 30


def score_firms(today: date, by: Author) -> str:
    """Every candidate by the version in use; earlier scorings stay as they are. Without a version nobody is scored."""
    version = live_version()
    if version is None:
        return "还没有启用的模型。"
    from pipelines.classifier.examples import season  # slow import

    ledger, year = county_ledger(today), target_year(today)
    now = season(ledger, year, today)
    model, moved = _at_this_years_level(loaded(version), now)
    kept = ~awaiting_result(ledger, year)[now.firm]
    if not kept.any():
        return "没有可以申报的企业。"
    alarms = [*moved, *_alarms(version, now, today)]
    begin_exclusive()
    scoring = Scoring(
        version_id=version.id, year=year, as_of=today, by_name=by.name, firms=int(kept.sum()), alarms=alarms
    )
    db.session.add(scoring)
    db.session.flush()
    insert_rows(Prediction, _FIELDS, _rows(scoring.id, model, now, ledger, kept, today))
    record_event(EventKind.FIRMS_SCORED, by, None, {"subject": f"模型 {version.id}", "count": scoring.firms})
    db.session.commit()
    return f"已为 {scoring.firms} 家企业排序。"


def score_county(today: date) -> str:
    """The clock's turn."""
    return score_firms(today, SYSTEM)


def _at_this_years_level(model: Any, now: Any) -> tuple[Any, list[str]]:
    """Once thirty results of the year are official the level moves to them, in this scoring only; the order stays."""
    decided = now.decided
    if decided.sum() < _ENOUGH_RESULTS:
        return model, []
    labels = now.outcome[decided]
    shifted = model.shifted(labels, model.p_pass(now.measured.values[decided]))
    told = "上调" if shifted.shift > model.shift else "下调"
    return shifted, [f"已按今年 {len(labels)} 项已公布的结果把概率整体{told}，先后不变。"]


def _alarms(version: ModelVersion, now: Any, today: date) -> list[str]:
    """What was told before any result of the year was known is held against the results."""
    from pipelines.classifier.drift import Reference, alarms

    if not version.card["candidates"]:
        return []
    model = loaded(version, with_apply=False)
    decided = now.decided
    results: dict[str, Any] = {}
    if decided.sum() >= _ENOUGH_RESULTS:
        results = {"labels": now.outcome[decided], "chances": model.p_pass(now.measured.values[decided])}
        tested = version.card["evaluation"]["years"]
        results["validated_auc"] = tested[-1]["measures"]["model"]["auc"][0] if tested else None
    changed = version.rules_digest != rules_digest(today)
    trained_on = Reference(**version.card["reference"])
    return alarms(
        model.passing, trained_on, now.measured.values, rules_changed=changed, tau=model.tau, **results
    )  # fmt: skip


def _rows(scoring_id: int, model: Any, now: Any, ledger: Any, kept: Any, today: date) -> list[list[Any]]:
    import numpy as np

    from pipelines.classifier.outreach import borderline, explored

    chosen = np.flatnonzero(kept)
    values, gates = now.measured.values[chosen], now.measured.unknown_gates[chosen]
    told = model.score(values)
    columns = (
        ledger.ids[now.firm[chosen]], told.p_pass, told.lo, told.hi, told.p_apply, told.potential,
        np.minimum(told.potential_lo, told.potential), np.maximum(told.potential_hi, told.potential), gates,
        now.applied[chosen], borderline(values), explored(gates, values, told.potential, seed=today.toordinal()),
    )  # fmt: skip
    plain = [column.tolist() for column in columns]
    asked = _questions(now, chosen)
    return [
        [scoring_id, *(None if value != value else value for value in row), _short(values[place]), own, len(own)]
        for place, (row, own) in enumerate(zip(zip(*plain, strict=True), asked, strict=True))
    ]


def _questions(now: Any, chosen: Any) -> list[list[str]]:
    """What the cleaning found in the figures of each firm, the newest year first."""
    from pipelines.classifier.cleaning import DOUBT_WORDS

    found: dict[int, list[str]] = defaultdict(list)
    for finding in reversed(now.measured.findings):
        found[finding.firm].append(f"{finding.year} 年{DOUBT_WORDS[finding.doubt]}")
    return [found.get(place, []) for place in now.firm[chosen].tolist()]


def _short(row: Any) -> list[float | None]:
    return [None if value != value else float(f"{value:.10g}") for value in row.tolist()]


@work(TaskKind.SCORE_FIRMS)
def _score(_arguments: dict[str, Any], by: Author, _progress: Progress) -> str:
    return score_firms(clock.today(), by)
