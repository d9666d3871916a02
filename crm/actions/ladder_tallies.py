"""Keeps what changed on the ladder, and its sums, true to the recognitions; in the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
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

_HELD = ("firm_id", "title", "recognized_on", "valid_until", "ended_on", "end_reason")
_CHANGE = ("firm_id", "changed_on", "kind", "before", "after", "township_id", "is_alone")
_TALLY = ("span", "begins", "township_id", "kind", "before", "after", "is_alone", "firms")


def refresh_ladder(firm_ids: Sequence[int]) -> set[int]:
    """Recompute the changes of these firms (ascending); answers those whose changes came out otherwise."""
    kept = raw_rows(LadderChange, _CHANGE, among(LadderChange.firm_id, firm_ids))
    meant = _changes(firm_ids)
    gone, come = set(kept) - set(meant), set(meant) - set(kept)
    changed = {row[0] for row in gone | come}
    if not changed:
        return set()
    db.session.execute(sa.delete(LadderChange).where(among(LadderChange.firm_id, sorted(changed))))
    insert_rows(LadderChange, _CHANGE, [row for row in meant if row[0] in changed])
    _move_tallies(_summed(come), _summed(gone))
    return changed


def leave_ladder(firm_ids: Sequence[int]) -> None:
    """Of firms that are taken away altogether (ascending): as if they had never been."""
    kept = raw_rows(LadderChange, _CHANGE, among(LadderChange.firm_id, firm_ids))
    db.session.execute(sa.delete(LadderChange).where(among(LadderChange.firm_id, firm_ids)))
    _move_tallies(Counter(), _summed(set(kept)))


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


def _summed(rows: set[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    sums: Counter[tuple[Any, ...]] = Counter()
    for _, on, kind, before, after, township_id, is_alone in rows:
        for span, begins in _spans(on):
            for place in (township_id, COUNTY):
                sums[span, begins, place, kind, before, after, is_alone] += 1
    return sums


def _spans(on: date) -> tuple[tuple[TallySpan, date], ...]:
    return (
        (TallySpan.YEAR, date(on.year, 1, 1)),
        (TallySpan.MONTH, on.replace(day=1)),
        (TallySpan.DAY, on),
    )


def _move_tallies(come: Counter[tuple[Any, ...]], gone: Counter[tuple[Any, ...]]) -> None:
    """Add what came and take off what went."""
    come.subtract(gone)
    add_to_rows(LadderTally, _TALLY, ((*key, moved) for key, moved in sorted(come.items()) if moved))
    if gone:
        db.session.execute(sa.delete(LadderTally).where(LadderTally.firms == 0))
