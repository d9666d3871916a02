"""Many rows in one statement: what an import and the demo county write with.

The ORM's own bulk insert spends most of its time per row, so the statement is compiled once and handed to the
driver; the columns' own types still translate every value.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa

from crm.extensions import Base, db
from crm.models import Event, Firm
from crm.models.types import Hundredths, whole_hundredths

Translator = Callable[[Sequence[Any]], Sequence[Any]]

_ROWS_A_CALL = 5000


def insert_rows(
    model: type[Base], fields: Sequence[str], rows: Iterable[Sequence[Any]], as_kept: Collection[str] = ()
) -> int:
    """Insert rows of values in the order of fields, inside the running transaction; answers how many.

    Python-side column defaults do not apply: give every column that may not be null. Fields named in as_kept come as
    the database keeps them (fen, not yuan) and are not translated.
    """
    table = _table(model)
    compiled = sa.insert(table).compile(dialect=_dialect(), column_keys=list(fields))
    return _execute(compiled, fields, _types(table, fields, as_kept), rows)


def kept(model: type[Base], field: str, value: Any) -> Any:
    """One value as the database keeps it: what many rows share is translated once."""
    translate = _translator(_table(model).c[field].type, _dialect())
    return translate([value])[0] if translate else value


def update_rows(
    model: type[Base], fields: Sequence[str], rows: Iterable[Sequence[Any]], as_kept: Collection[str] = ()
) -> int:
    """Update rows by id: each is the id, then values in the order of fields. None leaves a column as it is.

    The version of a row moves on, so that whoever has it open in a form is told. as_kept: see insert_rows.
    """
    table = _table(model)
    given = {field: sa.bindparam(f"new_{field}", type_=table.c[field].type) for field in fields}
    values: dict[str, Any] = {field: sa.func.coalesce(new, table.c[field]) for field, new in given.items()}
    if "version" in table.c:
        values["version"] = table.c.version + sa.literal_column("1")
    compiled = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(values).compile(dialect=_dialect())
    names = ["row_id", *(new.key for new in given.values())]
    return _execute(compiled, names, [table.c.id.type, *_types(table, fields, as_kept)], rows)


def add_to_rows(model: type[Base], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Add a number to the row of a key, or make it the row's: each is the key's values, then the number."""
    table, summed = _table(model), fields[-1]
    insert: Any = _dialect_insert()(table)
    moved = {summed: table.c[summed] + insert.excluded[summed]}
    statement = insert.on_conflict_do_update(index_elements=fields[:-1], set_=moved)
    compiled = statement.compile(dialect=_dialect(), column_keys=list(fields))
    return _execute(compiled, fields, [table.c[field].type for field in fields], rows)


def overwrite_rows(table: sa.Table, fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rows as the database keeps them (see row_images.py), by id: each is the id, then values in the order of fields.

    None empties a column. The version moves on, for whoever has the row open in a form.
    """
    types = [_type_as_kept(table, field) for field in fields]
    given = {field: sa.bindparam(f"new_{field}", type_=kind) for field, kind in zip(fields, types, strict=True)}
    values: dict[str, Any] = dict(given)
    if "version" in table.c:
        values["version"] = table.c.version + sa.literal_column("1")
    compiled = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(values).compile(dialect=_dialect())
    return _execute(compiled, ["row_id", *(new.key for new in given.values())], [table.c.id.type, *types], rows)


def put_back_rows(table: sa.Table, fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows that were taken away, as the database kept them, under the keys they had."""
    compiled = sa.insert(table).compile(dialect=_dialect(), column_keys=list(fields))
    return _execute(compiled, fields, [_type_as_kept(table, field) for field in fields], rows)


def delete_rows(table: sa.Table, keys: Iterable[Sequence[Any]]) -> int:
    """By the values of their primary key."""
    names = [f"key_{column.name}" for column in table.primary_key.columns]
    types = [column.type for column in table.primary_key.columns]
    matches = [column == sa.bindparam(name) for column, name in zip(table.primary_key.columns, names, strict=True)]
    return _execute(sa.delete(table).where(*matches).compile(dialect=_dialect()), names, types, keys)


def _type_as_kept(table: sa.Table, field: str) -> Any:
    kind = table.c[field].type
    return kind if isinstance(kind, sa.JSON) else sa.types.NULLTYPE


def _types(table: sa.Table, fields: Iterable[str], as_kept: Collection[str]) -> list[Any]:
    return [sa.types.NULLTYPE if field in as_kept else table.c[field].type for field in fields]


def _execute(compiled: Any, names: Sequence[str], types: Sequence[Any], rows: Iterable[Sequence[Any]]) -> int:
    connection = db.session.connection()
    dialect = connection.dialect
    translators = [(place, translate) for place, kind in enumerate(types) if (translate := _translator(kind, dialect))]
    order = [names.index(name) for name in compiled.positiontup] if compiled.positional else None
    written = 0
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_A_CALL)):
        translated = _translated(chunk, translators) if translators else chunk
        connection.exec_driver_sql(str(compiled), _parameters(translated, names, order))
        written += len(chunk)
    return written


def _parameters(rows: Sequence[Any], names: Sequence[str], order: Sequence[int] | None) -> list[Any]:
    """By place for SQLite's driver, by name for PostgreSQL's."""
    if order is None:
        return [dict(zip(names, row, strict=True)) for row in rows]
    if order == list(range(len(names))):
        return list(map(tuple, rows))
    return list(map(itemgetter(*order), rows))


def _table(model: type[Base]) -> sa.Table:
    return cast(sa.Table, sa.inspect(model).local_table)


def _dialect_insert() -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    return (sqlite if _dialect().name == "sqlite" else postgresql).insert


def _dialect() -> sa.Dialect:
    return db.session.connection().dialect


def _translated(rows: Sequence[Sequence[Any]], translators: list[tuple[int, Translator]]) -> Sequence[Sequence[Any]]:
    """Column by column, each at a stretch: much less work than row by row."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, translate in translators:
        columns[place] = translate(columns[place])
    return list(zip(*columns, strict=True))


def _translator(kind: Any, dialect: sa.Dialect) -> Translator | None:
    """What makes of a column what the database keeps; None: nothing is to be done."""
    if isinstance(kind, Hundredths):
        return whole_hundredths
    processor = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor and partial(_each_once, processor)


def _each_once(processor: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """The same object again is not translated again: words, moments and the sources of an import repeat."""
    known: dict[int, Any] = {}
    return [known[key] if (key := id(value)) in known else known.setdefault(key, processor(value)) for value in values]


def first_free_id(model: type[Base]) -> int:
    """The first of a run of ids a bulk insert may use; hold the write lock (begin_exclusive) while using them."""
    key = sa.inspect(model).primary_key[0]
    return (db.session.scalar(sa.select(sa.func.max(key))) or 0) + 1


def free_firm_id() -> int:
    """As first_free_id. The number of a firm that an undo took away is never given again: its events stand under it."""
    return max(first_free_id(Firm), (db.session.scalar(sa.select(sa.func.max(Event.firm_id))) or 0) + 1)


def catch_up_sequence(model: type[Base]) -> None:
    """PostgreSQL's sequences do not see ids that were given by hand; SQLite needs nothing."""
    if db.engine.dialect.name == "sqlite":
        return
    table = _table(model)
    key = table.primary_key.columns[0].name
    db.session.execute(
        sa.select(
            sa.func.setval(
                sa.func.pg_get_serial_sequence(table.name, key), sa.select(sa.func.max(table.c[key])).scalar_subquery()
            )
        )
    )
