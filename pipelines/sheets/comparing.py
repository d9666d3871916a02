"""What a row states against what the register holds, field by field. What a row does not say never counts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.names import normalised_name
from pipelines.sheets.belongings import (
    Told,
    contact_differences,
    plan_contact,
    plan_recognitions,
    recognition_differences,
)
from pipelines.sheets.cells import Directories
from pipelines.sheets.columns import FIGURE_COLUMNS, FIRM_COLUMNS
from pipelines.sheets.holdings import hundredths
from pipelines.sheets.known import KnownFirm
from pipelines.sheets.ledger import Statement
from pipelines.sheets.planned import Difference, PlannedContact, PlannedRecognition, PlannedRow, RowError
from pipelines.vocabulary import RowOutcome

_IN_HUNDREDTHS = frozenset(each.field for each in (*FIRM_COLUMNS, *FIGURE_COLUMNS) if each.cell in ("money", "people"))
_ONE = Decimal("0.01")  # of a hundredth; multiplying takes a third of dividing
_DIRECTORIES = {
    each.field: each.cell for each in FIRM_COLUMNS if each.cell in ("township", "industry", "tech_field", "owner")
}


class Changes(NamedTuple):
    """What a row would write, as PlannedRow holds it, and the same as differences for the page."""

    firm: Mapping[str, Any]
    figures: Mapping[int, Mapping[str, Any]]
    contact: PlannedContact | None
    recognitions: tuple[PlannedRecognition, ...]
    former_names: tuple[str, ...]
    differences: tuple[Difference, ...]
    doubts: tuple[Told, ...]


def typed(field: str, value: Any) -> Any:
    """A value that a row says, as models hold it and people read it: money in yuan."""
    return _ONE * value if field in _IN_HUNDREDTHS and value is not None else value


def shown(field: str, value: Any, directories: Directories) -> Any:
    """A value as a page shows it: keys by their names, money in Decimal yuan."""
    if value is None:
        return None
    if kind := _DIRECTORIES.get(field):
        return getattr(directories, kind).shown(value)
    return typed(field, value)


def new_firm(statement: Statement) -> Changes:
    contact, told_of_contact = plan_contact(statement.contact, ())
    recognitions, told_of_titles = plan_recognitions(statement.recognitions, ())
    return Changes(
        statement.firm,
        statement.figures,
        contact,
        recognitions,
        statement.former_names,
        (),
        (*told_of_contact, *told_of_titles),
    )


def changes_of(firm: KnownFirm, statement: Statement, directories: Directories) -> Changes:
    """What the row says otherwise than the register."""
    differences: list[Difference] = []
    own = {}
    for field, value in statement.firm.items():
        old = hundredths(firm.values.get(field))
        if old != value:
            own[field] = value
            differences.append(
                Difference(field, None, shown(field, old, directories), shown(field, value, directories))
            )
    figures: dict[int, dict[str, Any]] = {}
    for year, stated in statement.figures.items():
        held = firm.figures.get(year, {})
        for field, value in stated.items():
            old = hundredths(held.get(field))
            if old != value:
                figures.setdefault(year, {})[field] = value
                differences.append(Difference(field, year, typed(field, old), typed(field, value)))
    contact, told_of_contact = plan_contact(statement.contact, firm.contacts)
    recognitions, told_of_titles = plan_recognitions(statement.recognitions, firm.recognitions)
    former = _new_names(statement.former_names, firm)
    if former:
        differences.append(Difference("former_names", None, tuple(firm.former_names), former))
    differences += contact_differences(contact, firm.contacts)
    differences += recognition_differences(recognitions, firm.recognitions)
    told = (*told_of_contact, *told_of_titles)
    return Changes(own, figures, contact, recognitions, former, tuple(differences), told)


def _new_names(stated: tuple[str, ...], firm: KnownFirm) -> tuple[str, ...]:
    held = {normalised_name(name) for name in (firm.name, *firm.former_names)} if stated else set()
    return tuple(name for name in stated if normalised_name(name) not in held)


def with_belongings(row: PlannedRow, statement: Statement, firm: KnownFirm | None) -> PlannedRow:
    """The row with contact and recognitions planned anew, from what further rows say of them too."""
    contacts, titles = (firm.contacts, firm.recognitions) if firm else ((), ())
    contact, told_of_contact = plan_contact(statement.contact, contacts)
    recognitions, told_of_titles = plan_recognitions(statement.recognitions, titles)
    kept = [each for each in row.doubts if each.value or each.column not in ("联系人", "资质")]
    told = [RowError(row.row, title, "", sentence) for title, sentence in (*told_of_contact, *told_of_titles)]
    row = row._replace(contact=contact, recognitions=recognitions, doubts=(*kept, *told))
    if firm is None:
        return row
    others = [each for each in row.differences if "." not in each.field]
    differences = (
        *others,
        *contact_differences(contact, contacts),
        *recognition_differences(recognitions, titles),
    )
    outcome = RowOutcome.UPDATE if differences else RowOutcome.UNCHANGED
    return row._replace(differences=differences, outcome=outcome)
