"""What official lists mean for the candidacies in hand: a certificate ends one, a failure too, a pass moves it on."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

import sqlalchemy as sa

from crm.actions.candidacies import follow_result
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Application, Candidacy, Recognition
from pipelines.refusals import Refusal
from pipelines.sheets.plan import PlannedItem
from pipelines.vocabulary import ApplicationResult, Stage, Title

RESULTS: dict[str, Any] = {
    "recognition": Recognition,
    "application": Application,
}  # kinds of lists that say how it ended
_FROM_A_LIST = "按导入的官方名单"
_NO_REASON = "官方结果未通过，名单没有写原因"


class _Result(NamedTuple):
    firm_id: int
    title: Title
    to: Stage
    on: date
    reason: str


def follow_results(items: Iterable[tuple[int, PlannedItem]], today: date, by: Author) -> None:
    """items: firm, what the list said of it, already written. What cannot follow stays where it is; the page of the
    campaign lists it (crm/queries/campaigns.py, left_behind)."""
    still_open = sa.select(Candidacy).where(Candidacy.closed_on.is_(None))
    in_hand = {(each.firm_id, each.target): each for each in db.session.scalars(still_open)}
    firms = {firm_id for firm_id, _ in in_hand}
    deed = uuid4().hex
    for told in _results(((firm_id, item) for firm_id, item in items if firm_id in firms), today):
        candidacy = in_hand.get((told.firm_id, told.title))
        if candidacy and told.on >= candidacy.opened_on:
            try:
                follow_result(candidacy, told.to, told.on, told.reason, deed, by)
            except Refusal:
                continue


def _results(items: Iterable[tuple[int, PlannedItem]], today: date) -> Iterator[_Result]:
    for firm_id, item in items:
        model = RESULTS.get(item.kind)
        row = db.session.scalar(_written(model, firm_id, item)) if model else None
        if isinstance(row, Recognition) and item.id is None:
            yield _Result(firm_id, row.title, Stage.RECOGNIZED, min(row.recognized_on, today), _FROM_A_LIST)
        elif isinstance(row, Application) and row.result in (ApplicationResult.PASSED, ApplicationResult.FAILED):
            passed = row.result is ApplicationResult.PASSED
            to, reason = (Stage.PUBLICIZED, _FROM_A_LIST) if passed else (Stage.REJECTED, row.reason or _NO_REASON)
            known_on = row.decided_on or date(row.year, 12, 31)  # without a day: known by the end of its year
            yield _Result(firm_id, row.programme, to, min(known_on, today), reason[:200])


def _written(model: Any, firm_id: int, item: PlannedItem) -> Any:
    if item.id is not None:
        return sa.select(model).where(model.id == item.id)
    names = ("title", "recognized_on") if model is Recognition else ("programme", "year")
    return sa.select(model).filter_by(firm_id=firm_id, **{name: item.values[name] for name in names})
