"""What an import must know of the register, and of the imports before it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.extensions import Base, db
from crm.models import (
    AnnualFigures,
    Application,
    Contact,
    Event,
    Firm,
    FormerName,
    ImportBatch,
    Institution,
    IpRight,
    Project,
    Recognition,
    User,
    Visit,
)
from crm.models.types import Hundredths
from crm.queries.raw import raw_rows
from pipelines.sheets.known import KnownContact, KnownFirm, KnownFirms, KnownItem, KnownRecognition
from pipelines.sheets.list_kind import ListKind
from pipelines.sheets.tables import SheetReading
from pipelines.vocabulary import EventKind, ImportStatus

# kind of a list → where its things are kept; each belongs to a firm by firm_id
ITEM_MODELS: Mapping[str, type[Base]] = {
    "ip_right": IpRight, "application": Application, "recognition": Recognition, "visit": Visit,
    "institution": Institution, "project": Project, "contact": Contact,
}  # fmt: skip
_IDENTITY = ("uscc", "name", "version", "normalised_name")
_NOTHING: Mapping[int, Mapping[str, Any]] = {}
# Deeds that leave firms, places and people as they are; a new kind counts as a change until it is named here.
_HARMLESS = frozenset({
    EventKind.IMPORT_PREVIEWED, EventKind.IMPORT_REFUSED, EventKind.IMPORT_ANSWERED, EventKind.IMPORT_DISCARDED,
    EventKind.IMPORT_MAPPED, EventKind.MAPPING_FORGOTTEN,
    EventKind.EXPORTED, EventKind.SIGNED_IN, EventKind.SIGNED_OUT, EventKind.CONTACT_SHOWN, EventKind.USER_UNLOCKED,
    EventKind.PASSWORD_CHANGED, EventKind.BACKUP_MADE, EventKind.BACKUP_DOWNLOADED, EventKind.BACKUP_REHEARSED,
    EventKind.SIGN_IN_FAILED, EventKind.ACCESS_REFUSED, EventKind.AUDIT_CHECKED, EventKind.EVENTS_PRUNED,
    EventKind.EDITION_DRAFTED, EventKind.CODE_ASKED, EventKind.CODES_SET_UP, EventKind.CODES_REMOVED,
    EventKind.CODES_RESET, EventKind.RECOVERY_CODES_MADE, EventKind.RECOVERY_CODE_USED,
    EventKind.PAIR_SETTLED, EventKind.EXPORT_ASKED, EventKind.EXPORT_APPROVED, EventKind.EXPORT_REFUSED,
    EventKind.EXPORT_TEMPLATE_SAVED, EventKind.EXPORT_TEMPLATE_REMOVED,
})  # fmt: skip


def known_firms(reading: SheetReading) -> KnownFirms:
    """The whole register as raw tuples, with only the columns and years the file speaks of.

    Money and heads stay whole hundredths, as they are kept: making Decimals of them costs more than reading them.
    """
    fields = sorted(reading.fields("firm") - {"uscc", "name", "former_names"})
    figures = _figures(sorted(reading.fields("figures")), reading.years())
    contacts = _contacts() if reading.fields("contact") else {}
    recognitions = _recognitions(reading.fields("recognition"))
    former_names = _former_names()
    items = _items(reading.kinds().values())
    by_uscc: dict[str, KnownFirm] = {}
    by_name: dict[str, list[KnownFirm]] = defaultdict(list)
    by_id: dict[int, KnownFirm] = {}
    merged, merged_codes = _merged_firms(), dict[str, int]()
    for key, uscc, name, version, normalised, *values in raw_rows(Firm, ["id", *_IDENTITY, *fields]):
        former = former_names.get(key, ())
        if key in merged:
            merged_codes[uscc] = merged[key]
            continue
        by_uscc[uscc] = by_id[key] = firm = KnownFirm(
            key,
            uscc,
            name,
            version,
            dict(zip(fields, values, strict=True)),
            figures.get(key, _NOTHING),
            contacts.get(key, ()),
            recognitions.get(key, ()),
            [each for each, _ in former],
            items.get(key, {}),
        )
        by_name[normalised].append(firm)
        for known_as in {each for _, each in former} - {normalised}:
            by_name[known_as].append(firm)
    by_uscc |= {code: by_id[kept] for code, kept in merged_codes.items()}
    return KnownFirms(by_uscc, by_name)


def _merged_firms() -> dict[int, int]:
    """Entry → the firm that it was found to be: its code means that firm."""
    return dict(raw_rows(Firm, ["id", "merged_into_id"], Firm.merged_into_id.is_not(None)))


def _figures(fields: Sequence[str], years: set[int]) -> dict[int, dict[int, dict[str, Any]]]:
    by_firm: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    if fields:
        of_years = AnnualFigures.year.in_(years) if years else sa.true()
        for firm_id, year, *values in raw_rows(AnnualFigures, ["firm_id", "year", *fields], of_years):
            by_firm[firm_id][year] = dict(zip(fields, values, strict=True))
    return by_firm


def _contacts() -> dict[int, list[KnownContact]]:
    by_firm: dict[int, list[KnownContact]] = defaultdict(list)
    for firm_id, *values in raw_rows(Contact, ["firm_id", *KnownContact._fields]):
        by_firm[firm_id].append(KnownContact(*values))
    return by_firm


def _recognitions(fields: set[str]) -> dict[int, list[KnownRecognition]]:
    """Of the titles the file speaks of."""
    by_firm: dict[int, list[KnownRecognition]] = defaultdict(list)
    titles = {field.partition(".")[0] for field in fields}
    wanted = ["firm_id", *KnownRecognition._fields]
    for firm_id, *values in raw_rows(Recognition, wanted, Recognition.title.in_(titles)):
        by_firm[firm_id].append(KnownRecognition(*values))
    return by_firm


def _items(kinds: Iterable[ListKind]) -> dict[int, dict[str, list[KnownItem]]]:
    by_firm: dict[int, dict[str, list[KnownItem]]] = defaultdict(dict)
    for kind in kinds:
        for firm_id, key, *values in raw_rows(ITEM_MODELS[kind.name], ["firm_id", "id", *kind.stored]):
            item = KnownItem(key, _as_models_hold(ITEM_MODELS[kind.name], kind.stored, values))
            by_firm[firm_id].setdefault(kind.name, []).append(item)
    return by_firm


def _as_models_hold(model: type[Base], fields: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Money and areas of things are few: they come as Decimals, as a list states them."""
    columns = sa.inspect(model).columns
    return {
        field: Decimal(value) / 100 if isinstance(columns[field].type, Hundredths) and value is not None else value
        for field, value in zip(fields, values, strict=True)
    }


def _former_names() -> dict[int, list[tuple[str, str]]]:
    by_firm: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for firm_id, name, normalised in raw_rows(FormerName, ["firm_id", "name", "normalised_name"]):
        by_firm[firm_id].append((name, normalised))
    return by_firm


def last_change() -> int:
    """A number that moves whenever something a plan depends on was changed: the newest event that is not harmless."""
    newest = sa.select(Event.id).where(Event.kind.not_in(_HARMLESS)).order_by(Event.id.desc()).limit(1)
    return db.session.scalar(newest) or 0


def archived_firms() -> set[int]:
    return set(db.session.scalars(sa.select(Firm.id).where(Firm.archived_at.is_not(None))))


def townships_of_firms() -> dict[int, int | None]:
    return dict(raw_rows(Firm, ["id", "township_id"]))


def batch_of(batch_id: int, viewer: User) -> ImportBatch | None:
    """A batch belongs to who uploaded it: it shows rows of people and phones."""
    return db.session.scalar(
        sa.select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.created_by_id == viewer.id)
    )


def earlier_import(batch: ImportBatch) -> ImportBatch | None:
    """The last time the very same file was imported, by whomever."""
    return db.session.scalar(
        sa.select(ImportBatch)
        .where(
            ImportBatch.sha256 == batch.sha256,
            ImportBatch.status == ImportStatus.APPLIED,
            ImportBatch.id != batch.id,
        )
        .order_by(ImportBatch.applied_at.desc())
        .limit(1)
    )
