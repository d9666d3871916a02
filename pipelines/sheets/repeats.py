"""The same firm in several rows: a sheet a year, a row a year, or plainly twice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from pipelines.names import normalised_name
from pipelines.sheets.cells import Directories
from pipelines.sheets.columns import COLUMNS
from pipelines.sheets.comparing import shown
from pipelines.sheets.ledger import Ledger, Statement
from pipelines.sheets.planned import RowError

Fact = tuple[str, str, int | None]  # part, field, year

_BELONGINGS = ("contact", "recognition")
_TITLES = {(column.scope, column.field): column.title for column in COLUMNS}


class Earlier(NamedTuple):
    """What rows before have said of a firm; the first of them, and where it stands."""

    place_in_plan: int
    sheet: str
    row: int
    name: str | None
    facts: dict[Fact, Any]


class Addition(NamedTuple):
    """What a further row adds (None: nothing, it is a duplicate) and where it contradicts.

    Its contact and recognitions are one with those of the first row, so belongings is what all rows say of them (None:
    nothing that the rows before have not said).
    """

    statement: Statement | None
    belongings: Statement | None
    doubts: tuple[RowError, ...]


def repeated_codes(ledgers: Iterable[Ledger]) -> set[str]:
    counts = Counter(chain.from_iterable(ledger.usccs for ledger in ledgers))
    return {code for code, times in counts.items() if code and times > 1}


def first_said(place_in_plan: int, ledger: Ledger, place: int, statement: Statement) -> Earlier:
    return Earlier(
        place_in_plan, ledger.table.sheet, ledger.table.numbers[place], ledger.names[place], _facts(statement)
    )


def addition(earlier: Earlier, ledger: Ledger, place: int, statement: Statement, directories: Directories) -> Addition:
    """A further row counts where it speaks of another year, or stands on another sheet; what it contradicts is told."""
    facts = _facts(statement)
    news = {fact: value for fact, value in facts.items() if fact not in earlier.facts}
    where = f"第 {earlier.row} 行" if earlier.sheet == ledger.table.sheet else f"“{earlier.sheet}”第 {earlier.row} 行"
    number = ledger.table.numbers[place]
    told = tuple(
        RowError(number, title, value, f"与{where}的“{old}”不同，以前者为准")
        for title, value, old in _contradictions(earlier, ledger.names[place], facts, directories)
    )
    years = {year for _, _, year in earlier.facts}
    adds = earlier.sheet != ledger.table.sheet or any(year not in years for _, _, year in news)
    if not news or not adds:
        return Addition(None, None, (RowError(number, "", "", f"与{where}是同一家企业"), *told))
    earlier.facts.update(news)
    own = {fact: value for fact, value in news.items() if fact[0] not in _BELONGINGS}
    belong = {fact: value for fact, value in earlier.facts.items() if fact[0] in _BELONGINGS}
    if len(own) < len(news):
        told = (*told, RowError(number, "", "", f"联系人、资质并入{where}"))
    return Addition(_statement(own), _statement(belong) if len(own) < len(news) else None, told)


def _contradictions(
    earlier: Earlier, name: str | None, facts: Mapping[Fact, Any], directories: Directories
) -> Iterator[tuple[str, str, str]]:
    """Title, what this row says, what the rows before said."""
    if name and earlier.name and normalised_name(name) != normalised_name(earlier.name):
        yield "企业名称", name, earlier.name
    for fact, value in facts.items():
        old = earlier.facts.get(fact)
        if old is not None and old != value:
            yield _title(fact), _text(fact, value, directories), _text(fact, old, directories)


def _facts(statement: Statement) -> dict[Fact, Any]:
    parts: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("firm", statement.firm),
        ("contact", statement.contact),
        ("recognition", statement.recognitions),
    )
    facts: dict[Fact, Any] = {(part, field, None): value for part, values in parts for field, value in values.items()}
    for year, figures in statement.figures.items():
        facts |= {("figures", field, year): value for field, value in figures.items()}
    if statement.former_names:
        facts["firm", "former_names", None] = statement.former_names
    return facts


def _statement(facts: Mapping[Fact, Any]) -> Statement:
    figures: dict[int, dict[str, Any]] = {}
    parts: dict[str, dict[str, Any]] = {"firm": {}, "contact": {}, "recognition": {}}
    for (part, field, year), value in facts.items():
        (figures.setdefault(year, {}) if year else parts[part])[field] = value
    former = parts["firm"].pop("former_names", ())
    return Statement(parts["firm"], figures, parts["contact"], parts["recognition"], former)


def _title(fact: Fact) -> str:
    part, field, year = fact
    return f"{f'{year}年' if year else ''}{_TITLES[part, field]}"  # type: ignore[index]  # parts are scopes


def _text(fact: Fact, value: Any, directories: Directories) -> str:
    told = shown(fact[1], value, directories) if fact[0] in ("firm", "figures") else value
    return "、".join(map(str, told)) if isinstance(told, tuple) else str(getattr(told, "label", told))
