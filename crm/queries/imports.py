"""What an import must know of the register, and of the imports before it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Contact, Event, Firm, FormerName, ImportBatch, Recognition, User
from pipelines.sheets.known import KnownContact, KnownFirm, KnownFirms, KnownRecognition
from pipelines.sheets.tables import SheetReading
from pipelines.vocabulary import EventKind, ImportStatus

_BATCHES_SHOWN = 100
# Deeds that leave firms, places and people as they are; a new kind counts as a change until it is named here.
_HARMLESS = frozenset({
    EventKind.IMPORT_PREVIEWED, EventKind.IMPORT_REFUSED, EventKind.IMPORT_ANSWERED, EventKind.IMPORT_DISCARDED,
    EventKind.EXPORTED, EventKind.SIGNED_IN, EventKind.SIGNED_OUT, EventKind.CONTACT_SHOWN, EventKind.USER_UNLOCKED,
    EventKind.PASSWORD_CHANGED,
})  # fmt: skip


def known_firms(reading: SheetReading) -> KnownFirms:
    """The whole register, as raw tuples, with only the columns the file speaks of."""
    firm_fields = sorted(reading.fields("firm") - {"uscc", "name", "former_names"})
    figures = _figures(sorted(reading.fields("figures")))
    contacts = _children(Contact, KnownContact._fields) if reading.fields("contact") else {}
    recognitions = _children(Recognition, KnownRecognition._fields) if reading.fields("recognition") else {}
    former_names = _former_names()
    columns = [getattr(Firm, field) for field in ("id", "uscc", "name", "version", "normalised_name", *firm_fields)]
    by_uscc: dict[str, KnownFirm] = {}
    by_name: dict[str, list[KnownFirm]] = defaultdict(list)
    for key, uscc, name, version, normalised, *values in db.session.execute(sa.select(*columns)):
        firm = by_uscc[uscc] = KnownFirm(
            key,
            uscc,
            name,
            version,
            dict(zip(firm_fields, values, strict=True)),
            figures.get(key, {}),
            [KnownContact(*contact) for contact in contacts.get(key, ())],
            [KnownRecognition(*recognition) for recognition in recognitions.get(key, ())],
            [former for former, _ in former_names.get(key, ())],
        )
        for known_as in {normalised, *(former for _, former in former_names.get(key, ()))}:
            by_name[known_as].append(firm)
    return KnownFirms(by_uscc, by_name)


def _figures(fields: Sequence[str]) -> dict[int, dict[int, dict[str, Any]]]:
    by_firm: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    if fields:
        columns = [getattr(AnnualFigures, field) for field in ("firm_id", "year", *fields)]
        for firm_id, year, *values in db.session.execute(sa.select(*columns)):
            by_firm[firm_id][year] = dict(zip(fields, values, strict=True))
    return by_firm


def _children(model: type[Contact | Recognition], fields: Iterable[str]) -> dict[int, list[Sequence[Any]]]:
    by_firm: dict[int, list[Sequence[Any]]] = defaultdict(list)
    columns = [getattr(model, field) for field in ("firm_id", *fields)]
    for firm_id, *values in db.session.execute(sa.select(*columns).order_by(model.id)):
        by_firm[firm_id].append(values)
    return by_firm


def _former_names() -> dict[int, list[tuple[str, str]]]:
    by_firm: dict[int, list[tuple[str, str]]] = defaultdict(list)
    statement = sa.select(FormerName.firm_id, FormerName.name, FormerName.normalised_name).order_by(FormerName.id)
    for firm_id, name, normalised in db.session.execute(statement):
        by_firm[firm_id].append((name, normalised))
    return by_firm


def last_change() -> int:
    """A number that moves whenever something a plan depends on was changed: the newest event that is not harmless."""
    newest = sa.select(Event.id).where(Event.kind.not_in(_HARMLESS)).order_by(Event.id.desc()).limit(1)
    return db.session.scalar(newest) or 0


def archived_firms() -> set[int]:
    return set(db.session.scalars(sa.select(Firm.id).where(Firm.archived_at.is_not(None))))


def townships_of_firms() -> dict[int, int | None]:
    return dict(db.session.execute(sa.select(Firm.id, Firm.township_id)).tuples().all())


def batch_of(batch_id: int, viewer: User) -> ImportBatch | None:
    """A batch belongs to who uploaded it: it shows rows of people and phones."""
    return db.session.scalar(
        sa.select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.created_by_id == viewer.id)
    )


def batches_of(viewer: User) -> Sequence[ImportBatch]:
    newest = sa.select(ImportBatch).where(ImportBatch.created_by_id == viewer.id).order_by(ImportBatch.id.desc())
    return db.session.scalars(newest.limit(_BATCHES_SHOWN)).all()


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
