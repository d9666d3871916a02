"""What proves that the log is whole: seals over its rows, one chained to the other, and what was taken out by rule."""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.append_only import append_only
from crm.models.event import Event
from crm.models.types import Moment


class EventSeal(Base):
    """Up to a thousand events in the order of their ids; how it is made and read: crm/queries/event_chain.py.

    `digest` is over the rows, `chain` over everything else in this row and the `chain` of the seal before; `marks` is
    the beginning of each row's own digest, by which the one that does not fit is named.
    """

    __tablename__ = "event_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[int]
    last_id: Mapped[int]
    count: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    marks: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(Moment)
    previous: Mapped[str] = mapped_column(String(64))
    chain: Mapped[str] = mapped_column(String(64))


class EventPruning(Base):
    """Whole seals whose time was over, taken out with those of their events that are of no firm.

    `chain` is that of the last seal taken out, `events` how many went; the event of the deed digests what stayed.
    """

    __tablename__ = "event_prunings"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    last_number: Mapped[int]
    last_id: Mapped[int]
    chain: Mapped[str] = mapped_column(String(64))
    events: Mapped[int] = mapped_column(BigInteger)


append_only(EventPruning)
append_only(EventSeal, removable="OLD.number <= (SELECT COALESCE(MAX(last_number), 0) FROM event_prunings)")
append_only(
    Event,  # what happened to a firm is its timeline and stays
    removable="OLD.firm_id IS NULL AND OLD.id <= (SELECT COALESCE(MAX(last_id), 0) FROM event_prunings)",
)
