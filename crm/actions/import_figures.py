"""The annual figures of a confirmed plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import compress, repeat
from typing import Any

import sqlalchemy as sa

from crm.actions.bulk import insert_rows, kept, update_rows
from crm.actions.numbered_rows import NumberedRows, all_fields
from crm.extensions import db
from crm.models import AnnualFigures
from pipelines.sheets.planned import Columns, YearsOfColumns

_IDS_A_QUERY = 500  # SQLite takes a limited number of parameters


def write_figures(rows: NumberedRows, source: str, now: datetime) -> None:
    tables: dict[int, list[tuple[int, YearsOfColumns]]] = defaultdict(list)
    others = []
    for firm_id, row in rows:
        if isinstance(row.figures, YearsOfColumns):
            tables[id(row.figures.years)].append((firm_id, row.figures))
        else:
            others.append((firm_id, row))
    for figures in tables.values():
        _insert_table(figures, source, now)
    _write_rows(others, source, now)


def _insert_table(figures: Sequence[tuple[int, YearsOfColumns]], source: str, now: datetime) -> None:
    """Of firms that are plainly new. The years of a firm stay side by side, as they are asked for."""
    years = figures[0][1].years
    fields, sources = all_fields(years.values()), _Sources(source)
    firm_ids, places = [firm_id for firm_id, _ in figures], [of_firm.place for _, of_firm in figures]
    moment = kept(AnnualFigures, "updated_at", now)

    def of_year(year: int, columns: Columns) -> Iterator[tuple[Any, ...]]:
        said = {field: [values[place] for place in places] for field, values in columns.items()}
        known = zip(*([value is not None for value in values] for values in said.values()), strict=True)
        said_sources = [sources[(*said,), each] for each in known]
        values = (said.get(field, repeat(None)) for field in fields)
        return zip(firm_ids, repeat(year), *values, said_sources, repeat(moment), repeat(1), strict=False)

    names = ["firm_id", "year", *fields, "sources", "updated_at", "version"]
    side_by_side = zip(*(of_year(year, columns) for year, columns in years.items()), strict=True)
    written = (row for of_firm in side_by_side for row in of_firm if row[-3])
    insert_rows(AnnualFigures, names, written, as_kept=names)


class _Sources(dict[tuple[tuple[str, ...], tuple[bool, ...]], Any]):
    """(Fields, which of them are known) → where those come from, as the database keeps it; None: nothing is known."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __missing__(self, said: tuple[tuple[str, ...], tuple[bool, ...]]) -> Any:
        sources = dict.fromkeys(compress(*said), self._source)
        return self.setdefault(said, kept(AnnualFigures, "sources", sources) if sources else None)


def _write_rows(rows: NumberedRows, source: str, now: datetime) -> None:
    by_year: dict[tuple[int, int], Mapping[str, Any]] = {}
    for firm_id, row in rows:
        for year, values in row.figures.items():
            key = firm_id, year
            by_year[key] = {**by_year[key], **values} if key in by_year else values
    fields = all_fields(by_year.values())
    known = _known_figures({firm_id for firm_id, row in rows if row.figures and row.firm_id})
    # One object for all rows that say the same fields: it is turned into JSON once.
    sources = {said: dict.fromkeys(said, source) for said in set(map(tuple, by_year.values()))}
    insert_rows(
        AnnualFigures,
        ["firm_id", "year", *fields, "sources", "updated_at", "version"],
        (
            [*key, *map(values.get, fields), sources[tuple(values)], now, 1]
            for key, values in by_year.items()
            if key not in known
        ),
        as_kept=fields,
    )
    update_rows(
        AnnualFigures,
        [*fields, "sources", "updated_at"],
        (
            [known[key][0], *map(values.get, fields), _known_sources(known[key][1], values, source), now]
            for key, values in by_year.items()
            if key in known
        ),
        as_kept=fields,
    )


def _known_figures(firm_ids: set[int]) -> dict[tuple[int, int], tuple[int, dict[str, str]]]:
    """(firm, year) → the row's id and the sources of its values."""
    found = {}
    for some in _portions(firm_ids):
        columns = sa.select(AnnualFigures.firm_id, AnnualFigures.year, AnnualFigures.id, AnnualFigures.sources)
        for firm_id, year, key, sources in db.session.execute(columns.where(AnnualFigures.firm_id.in_(some))):
            found[firm_id, year] = (key, sources)
    return found


def _known_sources(before: Mapping[str, str], values: Iterable[str], source: str) -> dict[str, str]:
    return dict(before) | dict.fromkeys(values, source)


def _portions(keys: set[int]) -> Iterable[list[int]]:
    ordered = sorted(keys)
    return (ordered[start : start + _IDS_A_QUERY] for start in range(0, len(ordered), _IDS_A_QUERY))
