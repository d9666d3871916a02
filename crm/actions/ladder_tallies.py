"""Keeps what changed on the ladder, and its sums, true to the recognitions; in the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.actions.bulk import add_to_rows, insert_rows
from crm.actions.standing_rows import among
from crm.extensions import db
from crm.models import Firm, LadderChange, LadderTally, Recognition
from crm.models.ladder_change import COUNTY, NOWHERE
from crm.queries.raw import raw_rows
from pipelines.funnel.ladder import RUNGS, Held, changes_of
from pipelines.vocabulary import ChangeKind, TallySpan

# A change without its firm → how many firms more (or fewer) have it.
Moved = Counter[tuple[Any, ...]]
_Sums = dict[tuple[Any, ...], int]

_HELD = ("firm_id", "title", "recognized_on", "valid_until", "ended_on", "end_reason")
_CHANGE = ("firm_id", "changed_on", "kind", "before", "after", "township_id", "is_alone")
_TALLY = ("span", "begins", "township_id", "kind", "before", "after", "is_alone", "firms")


def refresh_ladder(firm_ids: Sequence[int]) -> None:
    """Recompute the changes of these firms (ascending), and the sums."""
    moved: Moved = Counter()
    refresh_changes(firm_ids, moved)
    move_tallies(moved)


def refresh_changes(firm_ids: Sequence[int], moved: Moved) -> set[int]:
    """Recompute the changes of these firms (ascending); answers those whose changes came out otherwise.

    What came and went is added to moved: who has done the last firm gives it to move_tallies.
    """
    kept = set(raw_rows(LadderChange, _CHANGE, among(LadderChange.firm_id, firm_ids)))
    meant = _changes(firm_ids)
    gone, come = kept.difference(meant), [row for row in meant if row not in kept]
    changed = {row[0] for row in (*gone, *come)}
    if gone:
        _delete(sorted(changed))
        come = [row for row in meant if row[0] in changed]
        gone = {row for row in kept if row[0] in changed}
    insert_rows(LadderChange, _CHANGE, come)
    moved.update(row[1:] for row in come)
    moved.subtract(row[1:] for row in gone)
    return changed


def leave_ladder(firm_ids: Sequence[int]) -> None:
    """Of firms that are taken away altogether (ascending): as if they had never been."""
    moved: Moved = Counter()
    moved.subtract(row[1:] for row in raw_rows(LadderChange, _CHANGE, among(LadderChange.firm_id, firm_ids)))
    _delete(firm_ids)
    move_tallies(moved)


def move_tallies(moved: Moved) -> None:
    """Add what came and take off what went, in every span and place."""
    days: _Sums = defaultdict(int)
    for (on, kind, before, after, township_id, is_alone), firms in moved.items():
        for place in (township_id, COUNTY):
            days[on, place, kind, before, after, is_alone] += firms
    months = _summed(days, lambda on: on.replace(day=1))
    years = _summed(months, lambda on: on.replace(month=1))
    spans = ((TallySpan.YEAR, years), (TallySpan.MONTH, months), (TallySpan.DAY, days))
    add_to_rows(
        LadderTally, _TALLY, ([span, *key, firms] for span, sums in spans for key, firms in sums.items() if firms)
    )
    if any(firms < 0 for firms in moved.values()):
        db.session.execute(sa.delete(LadderTally).where(LadderTally.firms == 0))


def _summed(finer: _Sums, begins: Callable[[date], date]) -> _Sums:
    sums: _Sums = defaultdict(int)
    for (on, *rest), firms in finer.items():
        sums[begins(on), *rest] += firms
    return sums


def _delete(firm_ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(LadderChange).where(among(LadderChange.firm_id, firm_ids)))


def _changes(firm_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    held: dict[int, list[Held]] = defaultdict(list)
    of_ladder = sa.and_(among(Recognition.firm_id, firm_ids), Recognition.title.in_(RUNGS))
    for firm_id, title, *rest in raw_rows(Recognition, _HELD, of_ladder):
        held[firm_id].append(Held(RUNGS[title], *rest))
    if not held:
        return []
    kept = sa.select(Firm.id, Firm.township_id).where(among(Firm.id, firm_ids), Firm.archived_at.is_(None))
    rows = db.session.execute(kept)
    return [row for firm_id, town in rows if firm_id in held for row in _rows(firm_id, town or NOWHERE, held[firm_id])]


def _rows(firm_id: int, township_id: int, titles: Sequence[Held]) -> Iterator[tuple[Any, ...]]:
    changes = changes_of(titles)
    years = Counter(change.on.year for change in changes if change.kind is ChangeKind.POSITION)
    for on, kind, before, after in changes:
        is_alone = kind is not ChangeKind.POSITION or years[on.year] == 1
        yield firm_id, on, kind, before, after, township_id, is_alone
