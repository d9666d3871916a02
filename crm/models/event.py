"""What happened: the timeline of a firm, the audit page and the digests read these rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import EventKind


class Event(Base):
    """Written in the transaction of the deed and never changed: the database refuses it (models/event_seal.py).

    particulars for a change: {"changes": [{"field", "year"?, "old", "new"}, …]}, money in yuan as text,
    dates as ISO text. `through` is the door: "form", "import:12", "command", "sign-in", "system"; `address` is where
    the request came from, for what people did at a screen.
    firm_id is a plain number, no key: the undo of an import takes firms away, and what was done stays written.
    """

    __tablename__ = "events"
    # Each filter of the audit page ends in `at`, the order in which it is read.
    __table_args__ = (
        Index("ix_events_firm_id_at", "firm_id", "at"),
        Index("ix_events_kind_at", "kind", "at"),
        Index("ix_events_by_id_at", "by_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    kind: Mapped[EventKind] = mapped_column(word(EventKind))
    firm_id: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    through: Mapped[str] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(60))
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
