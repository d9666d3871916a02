"""Deeds on many firms: what they are done to, and what became of them."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from crm import clock
from crm.extensions import db
from crm.models import BulkDeed, Firm, User
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import selection

_SHOWN = 10
_RECENT = 50
_JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Chosen:
    """How many firms a deed would be done to, and the names of the first of them."""

    count: int
    names: list[str]

    @property
    def further(self) -> int:
        return self.count - len(self.names)


def chosen_firms(asked: FirmFilter, viewer: User | None, today: date) -> Chosen:
    within = selection(asked, viewer, today)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(within.subquery())) or 0
    names = sa.select(Firm.name).where(Firm.id.in_(within)).order_by(Firm.id).limit(_SHOWN)
    return Chosen(count, [*db.session.scalars(names)])


def chosen_ids(asked: FirmFilter, viewer: User | None, today: date, most: int) -> list[int]:
    return [*db.session.scalars(selection(asked, viewer, today).order_by(sa.text("1")).limit(most))]


def bulk_deed_of(bulk_deed_id: int, viewer: User, *, oversees: bool) -> BulkDeed | None:
    """One's own; of colleagues' for who oversees them."""
    return db.session.scalar(_seen(viewer, oversees).where(BulkDeed.id == bulk_deed_id))


def recent_bulk_deeds(viewer: User, *, oversees: bool) -> list[BulkDeed]:
    return [*db.session.scalars(_seen(viewer, oversees).order_by(BulkDeed.id.desc()).limit(_RECENT))]


def just_done(viewer: User) -> BulkDeed | None:
    """The deed that the list offers to take back: one's own newest, of the last minutes."""
    newest = sa.select(BulkDeed).where(BulkDeed.by_id == viewer.id, BulkDeed.made_at > clock.now() - _JUST_NOW)
    deed = db.session.scalar(newest.order_by(BulkDeed.made_at.desc(), BulkDeed.id.desc()).limit(1))
    return deed if deed and deed.changed and not deed.undone_at else None


def _seen(viewer: User, oversees: bool) -> sa.Select[BulkDeed]:
    statement = sa.select(BulkDeed)
    return statement if oversees else statement.where(BulkDeed.by_id == viewer.id)
