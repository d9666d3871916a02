"""What a row states against what the register holds, field by field. What a row does not say never counts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.names import normalised_name
from pipelines.sheets.belongings import Outcome, plan_contact, plan_recognitions
from pipelines.sheets.cells import Directories
from pipelines.sheets.columns import FIGURE_COLUMNS, FIRM_COLUMNS
from pipelines.sheets.known import KnownFirm
from pipelines.sheets.ledger import Ledger, Statement
from pipelines.sheets.planned import Difference, PlannedContact, PlannedRecognition

_IN_HUNDREDTHS = frozenset(each.field for each in (*FIRM_COLUMNS, *FIGURE_COLUMNS) if each.cell in ("money", "people"))
_DIRECTORIES = {
    each.field: each.cell for each in FIRM_COLUMNS if each.cell in ("township", "industry", "tech_field", "owner")
}


_NO_CHANGE, _NO_CHANGES = Outcome(None), Outcome(())
_NO_FIGURES: Mapping[str, Any] = {}


class Changes(NamedTuple):
    """What a row would write, typed as models hold it, and the same as differences for the page."""

    firm: Mapping[str, Any]
    figures: Mapping[int, Mapping[str, Any]]
    contact: PlannedContact | None
    recognitions: tuple[PlannedRecognition, ...]
    former_names: tuple[str, ...]
    differences: tuple[Difference, ...]
    doubts: tuple[tuple[str, str], ...]  # (title, sentence)


def hundredths(value: Any) -> Any:
    """Known money as it is compared: whole fen, whichever way it came."""
    return int(value * 100) if isinstance(value, Decimal) else value


def typed(field: str, value: Any) -> Any:
    """A read value as models hold it."""
    return Decimal(value) / 100 if field in _IN_HUNDREDTHS and value is not None else value


def shown(field: str, value: Any, directories: Directories) -> Any:
    """A value as a page shows it: keys by their names, money in Decimal yuan."""
    if value is None:
        return None
    if kind := _DIRECTORIES.get(field):
        return getattr(directories, kind).shown(value)
    return typed(field, value)


def new_firm(statement: Statement) -> Changes:
    contact = plan_contact(statement.contact, ()) if statement.contact else Outcome(None)
    recognitions = plan_recognitions(statement.recognitions, ()) if statement.recognitions else Outcome(())
    return Changes(
        {field: typed(field, value) for field, value in statement.firm.items()},
        {year: _typed_figures(figures) for year, figures in statement.figures.items()},
        contact.planned,
        recognitions.planned,
        statement.former_names,
        (),
        _told(contact, recognitions),
    )


def _typed_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {field: Decimal(value) / 100 if field in _IN_HUNDREDTHS else value for field, value in figures.items()}


def changes_of(firm: KnownFirm, statement: Statement, directories: Directories) -> Changes:
    """What the row says otherwise than the register."""
    differences: list[Difference] = []
    own = {}
    for field, value in statement.firm.items():
        old = hundredths(firm.values.get(field))
        if old != value:
            own[field] = typed(field, value)
            differences.append(
                Difference(field, None, shown(field, old, directories), shown(field, value, directories))
            )
    figures: dict[int, dict[str, Any]] = {}
    for year, stated in statement.figures.items():
        held = firm.figures.get(year, {})
        for field, value in stated.items():
            old = hundredths(held.get(field))
            if old != value:
                new = figures.setdefault(year, {})[field] = typed(field, value)
                differences.append(Difference(field, year, typed(field, old), new))
    contact = plan_contact(statement.contact, firm.contacts) if statement.contact else Outcome(None)
    recognitions = (
        plan_recognitions(statement.recognitions, firm.recognitions) if statement.recognitions else Outcome(())
    )
    former = _new_names(statement.former_names, firm)
    if former:
        differences.append(Difference("former_names", None, tuple(firm.former_names), former))
    differences += (*contact.differences, *recognitions.differences)
    told = _told(contact, recognitions)
    return Changes(own, figures, contact.planned, recognitions.planned, former, tuple(differences), told)


def _new_names(stated: tuple[str, ...], firm: KnownFirm) -> tuple[str, ...]:
    held = {normalised_name(name) for name in (firm.name, *firm.former_names)} if stated else set()
    return tuple(name for name in stated if normalised_name(name) not in held)


def _told(contact: Outcome, recognitions: Outcome) -> tuple[tuple[str, str], ...]:
    return (*(("联系人", doubt) for doubt in contact.doubts), *(("资质", doubt) for doubt in recognitions.doubts))


def changed_places(ledger: Ledger, firms: Sequence[KnownFirm | None], places: Sequence[int]) -> set[int]:
    """Which of these rows, each of a known firm, say anything new: looked at a column at a time.

    A workbook that comes back mostly unchanged costs one comparison a cell, and nothing else.
    """
    known = [firm for place in places if (firm := firms[place])]
    changed: set[int] = set()
    for column, values in ledger.firm:
        olds = [firm.values.get(column.field) for firm in known]
        changed.update(_differing(places, _chosen(values, places), olds))
    held_of: dict[int | None, list[Mapping[str, Any]]] = {}
    for column, year, values in ledger.figures:
        if year not in held_of:
            held_of[year] = _held(known, [year] * len(places) if year else _chosen(ledger.years, places))
        olds = [held.get(column.field) for held in held_of[year]]
        changed.update(_differing(places, _chosen(values, places), olds))
    return changed | {
        place for place, firm in zip(places, known, strict=True) if _belongings_change(ledger, place, firm)
    }


def _held(firms: Sequence[KnownFirm], years: Sequence[int | None]) -> list[Mapping[str, Any]]:
    return [firm.figures.get(year or 0, _NO_FIGURES) for firm, year in zip(firms, years, strict=True)]


def _chosen(values: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    return values if len(values) == len(places) else [values[place] for place in places]


def _differing(places: Sequence[int], news: Sequence[Any], olds: Sequence[Any]) -> list[int]:
    if any(isinstance(old, Decimal) for old in olds[:50]):
        olds = [hundredths(old) for old in olds]
    return [place for place, new, old in zip(places, news, olds, strict=True) if new is not None and new != old]


def _belongings_change(ledger: Ledger, place: int, firm: KnownFirm) -> bool:
    contact = {field: value for field, values in ledger.contact if (value := values[place]) is not None}
    if contact and plan_contact(contact, firm.contacts) != _NO_CHANGE:
        return True
    titles = {field: value for field, values in ledger.recognitions if (value := values[place]) is not None}
    if titles and plan_recognitions(titles, firm.recognitions) != _NO_CHANGES:
        return True
    return bool(ledger.former_names and _new_names(ledger.former_names[place] or (), firm))
