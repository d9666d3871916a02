"""The derived rows that lists and the search read, made anew from what is recorded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.actions.bulk import insert_rows
from crm.actions.ladder_tallies import Moved, move_tallies, refresh_changes
from crm.actions.rounds import firm_rounds
from crm.actions.standing_rows import among, raw, records_of, search_text_of, standing_of
from crm.extensions import db
from crm.models import SearchText, Standing

_FIRMS_A_ROUND = 5000


def refresh_standings(firm_ids: Iterable[int] | None, today: date) -> int:
    """Recompute the rows of these firms (None: of all), in the caller's transaction; answers how many changed.

    Only rows that come out otherwise are written: the nightly run over a quiet county writes nothing.
    """
    db.session.flush()
    moved: Moved = Counter()
    changed = sum(_refresh(some, today, moved) for some in firm_rounds(firm_ids, _FIRMS_A_ROUND))
    move_tallies(moved)
    return changed


def _refresh(firm_ids: Sequence[int], today: date, moved: Moved) -> int:
    records = records_of(firm_ids, today)
    standings = [standing_of(firm, records, today.year - 1) for firm in records.firms]
    texts = [search_text_of(firm, records) for firm in records.firms]
    changed = _write(Standing, standings, firm_ids) | _write(SearchText, texts, firm_ids)
    return len(changed | refresh_changes(firm_ids, moved))


def _write(model: Any, rows: Sequence[tuple[Any, ...]], firm_ids: Sequence[int]) -> set[int]:
    """Replace the rows that differ from those in the table; answers the firms they belong to."""
    table = model.__table__
    kept = sa.select(*map(raw, table.c)).where(among(table.c.firm_id, firm_ids))
    known = {row[0]: row for row in db.session.connection().execute(kept)}
    changed = [row for row in rows if known.get(row[0]) != row]
    replaced = [row[0] for row in changed if row[0] in known]
    if replaced:
        db.session.connection().execute(sa.delete(table).where(among(table.c.firm_id, replaced)))
    insert_rows(model, table.c.keys(), changed, as_kept=table.c.keys())
    return {row[0] for row in changed}
