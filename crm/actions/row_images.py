"""Rows as they were before a deed and after it, so that the whole deed can be taken back.

The rows are read as the database keeps them and compared; what a deed does need not be told twice.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.actions.bulk import insert_rows
from crm.actions.standing_rows import among, raw
from crm.extensions import db
from crm.models import Candidacy, RowImages, StageMove

Key = tuple[Any, ...]
Values = dict[str, Any]
_MOVING = frozenset({"version", "updated_at"})  # they tell of writing, not of what is written
_FIRMS_A_ROUND = 2000
ENTERED = ""  # stands for the fingerprint of a row of a firm that the deed has entered
_KEYS_A_ROUND = 5000


class Kept(NamedTuple):
    """A row as it stands: its firm, and its values in the order of image_columns."""

    firm_id: int
    values: tuple[Any, ...]


Snapshot = dict[str, dict[Key, Kept]]


class Image(NamedTuple):
    """What one deed did to one row; see RowImages."""

    firm_id: int
    table: str
    key: Key
    before: Values | None
    after: Values | str | None


@cache
def image_columns(table: sa.Table) -> Sequence[sa.Column[Any]]:
    return [column for column in table.columns if column.name not in _MOVING]


@cache
def _image_names(table: sa.Table) -> Sequence[str]:
    return [column.name for column in image_columns(table)]


def snapshot(tables: Iterable[sa.Table], firm_ids: Iterable[int], *where: sa.ColumnElement[bool]) -> Snapshot:
    """The rows of these firms. Conditions apply to the tables they speak of."""
    ids = sorted(set(firm_ids))
    db.session.flush()
    rows: Snapshot = {table.name: {} for table in tables}
    for table in tables:
        firm = _firm_of(table)
        own = [condition for condition in where if table in _tables_in(condition)]
        for start in range(0, len(ids), _FIRMS_A_ROUND):
            rows[table.name] |= _read(table, firm, among(firm, ids[start : start + _FIRMS_A_ROUND]), *own)
    return rows


def rows_by_key(table: sa.Table, keys: Iterable[Key]) -> dict[Key, Kept]:
    """The rows that still stand, of a table with a number as its key or, few at a time, with a longer one."""
    columns = list(table.primary_key.columns)
    wanted = sorted(set(keys))
    found: dict[Key, Kept] = {}
    for start in range(0, len(wanted), _KEYS_A_ROUND):
        some = wanted[start : start + _KEYS_A_ROUND]
        if len(columns) == 1:
            condition = among(columns[0], [key for (key,) in some])
        else:
            condition = sa.or_(*(sa.and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in some))
        found |= _read(table, _firm_of(table), condition)
    return found


def keep_images(deed: str, before: Snapshot, after: Snapshot) -> None:
    """Write down, in the running transaction, what differs between two looks at the same tables."""
    by_firm: dict[int, list[Any]] = defaultdict(list)
    for image in _differences(before, after):
        by_firm[image.firm_id].append([image.table, list(image.key), image.before, image.after])
    insert_rows(RowImages, ["deed", "firm_id", "images"], ([deed, key, rows] for key, rows in by_firm.items()))


def keep_new_firms(deed: str, tables: Iterable[sa.Table], firm_ids: Iterable[int]) -> None:
    """As keep_images, of firms that the deed has entered: every row is its own, so that only its key is kept.

    Such a firm stays or goes as a whole, and whether anybody has worked on it since is told by its events.
    """
    ids = sorted(set(firm_ids))
    db.session.flush()
    told: dict[int, list[str]] = {firm_id: [] for firm_id in ids}
    for table in tables:
        (key,), firm = table.primary_key.columns, _firm_of(table)
        keys = sa.select(firm, key).select_from(_with_firm(table))
        for start in range(0, len(ids), _FIRMS_A_ROUND):
            some = keys.where(among(firm, ids[start : start + _FIRMS_A_ROUND]))
            for firm_id, number in db.session.connection().execute(some).cursor.fetchall():
                told[firm_id].append(f'["{table.name}", [{number}], null, "{ENTERED}"]')
    kept = ([deed, firm_id, f"[{', '.join(images)}]"] for firm_id, images in told.items())
    insert_rows(RowImages, ["deed", "firm_id", "images"], kept, as_kept=["deed", "firm_id", "images"])


def images_of(deed: str, firm_ids: Sequence[int]) -> list[Image]:
    kept = sa.select(RowImages.firm_id, RowImages.images).where(
        RowImages.deed == deed, among(RowImages.firm_id, firm_ids)
    )
    return [
        Image(firm_id, table, tuple(key), before, after)
        for firm_id, images in db.session.execute(kept.order_by(RowImages.id))
        for table, key, before, after in images
    ]


def firms_of_deed(deed: str) -> list[int]:
    """Ascending: rounds of firms lie side by side in the tables, too."""
    return list(
        db.session.scalars(sa.select(RowImages.firm_id).where(RowImages.deed == deed).distinct().order_by("firm_id"))
    )


def forget_images(deed: str) -> None:
    """Once a deed is taken back its images serve nothing, and they hold names and telephones."""
    db.session.execute(sa.delete(RowImages).where(RowImages.deed == deed))


def fingerprint(values: tuple[Any, ...]) -> str:
    """Of the values that are known: a column that is added later, and empty, changes none."""
    known = [value for value in values if value is not None]
    return blake2b(repr(known).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def named(table: sa.Table, values: tuple[Any, ...]) -> Values:
    return dict(zip(_image_names(table), values, strict=True))


def _differences(before: Snapshot, after: Snapshot) -> Iterator[Image]:
    for name, rows in after.items():
        table, known = RowImages.metadata.tables[name], before.get(name, {})
        columns = _image_names(table)
        for key, row in rows.items():
            old = known.get(key)
            if old is None:
                yield Image(row.firm_id, name, key, None, fingerprint(row.values))
            elif old.values != row.values:
                changed = [place for place, value in enumerate(row.values) if value != old.values[place]]
                yield Image(
                    row.firm_id, name, key,
                    {columns[place]: old.values[place] for place in changed},
                    {columns[place]: row.values[place] for place in changed},
                )  # fmt: skip
        for key, old in known.items():
            if key not in rows:
                yield Image(old.firm_id, name, key, named(table, old.values), None)


def _read(table: sa.Table, firm: sa.ColumnElement[Any], *where: sa.ColumnElement[bool]) -> dict[Key, Kept]:
    columns = image_columns(table)
    key = [columns.index(column) + 1 for column in table.primary_key.columns]
    return {tuple([row[place] for place in key]): Kept(row[0], row[1:]) for row in _rows(table, columns, firm, *where)}


def _rows(
    table: sa.Table, columns: Sequence[sa.Column[Any]], firm: sa.ColumnElement[Any], *where: sa.ColumnElement[bool]
) -> list[tuple[Any, ...]]:
    """The firm, then the values. The driver's own tuples: a row of SQLAlchemy's costs more than reading it, and an
    import reads all it writes."""
    statement = sa.select(firm.label("image_firm_id"), *map(raw, columns)).select_from(_with_firm(table)).where(*where)
    rows = list(db.session.connection().execute(statement).cursor.fetchall())
    if db.engine.dialect.name == "sqlite":
        return _with_json(rows, [place for place, column in enumerate(columns, 1) if isinstance(column.type, sa.JSON)])
    return [tuple(map(_plain, row)) for row in rows]


def _with_json(rows: list[tuple[Any, ...]], places: Sequence[int]) -> list[tuple[Any, ...]]:
    """SQLite keeps JSON as text; the same text again, such as the sources of an import, is not read again."""
    known: dict[str | None, Any] = {None: None}
    for place in places:
        for text in {row[place] for row in rows} - known.keys():
            known[text] = json.loads(text)
        rows = [(*row[:place], known[row[place]], *row[place + 1 :]) for row in rows]
    return rows


def _plain(value: Any) -> Any:
    """PostgreSQL's driver answers days, moments and decimals of its own; JSON holds none of them."""
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _firm_of(table: sa.Table) -> Any:
    if table is StageMove.__table__:
        return Candidacy.__table__.c.firm_id
    return table.c.id if table.name == "firms" else table.c.firm_id


def _with_firm(table: sa.Table) -> sa.FromClause:
    return table.join(Candidacy.__table__) if table is StageMove.__table__ else table


def _tables_in(condition: sa.ColumnElement[bool]) -> set[Any]:
    return {element.table for element in sa.sql.visitors.iterate(condition) if isinstance(element, sa.Column)}
