"""What was found at a firm, what it asked for, and what somebody has promised to do."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import VisitKind

if TYPE_CHECKING:
    from crm.models.firm import Firm
    from crm.models.user import User


class Visit(Base):
    """by_name is who was there, also for visits from before this system; by_id None: somebody without an account."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_firm_id_visited_on", "firm_id", "visited_on"),
        Index("ix_visits_by_id_visited_on", "by_id", "visited_on"),
        Index("ix_visits_visited_on", "visited_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    visited_on: Mapped[date]
    kind: Mapped[VisitKind] = mapped_column(word(VisitKind), default=VisitKind.ON_SITE)
    people: Mapped[str | None] = mapped_column(String(200))
    found: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    noted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    firm: Mapped["Firm"] = relationship()


class FollowUp(Base):
    """Something owed to a firm, or a need it raised (is_need): both have an owner, a day and an end.

    outcome: what came of it, for a need the feedback the firm was given. by_id: who set it, and waits for the answer
    when somebody else has it. before: what the last deed changed, so that it can be taken back.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index("ix_follow_ups_owner_id", "owner_id", "done_on", "due_on"),
        Index("ix_follow_ups_firm_id", "firm_id", "done_on"),
        Index("ix_follow_ups_due_on", "done_on", "due_on"),
        Index("ix_follow_ups_by_id", "by_id", "done_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    is_need: Mapped[bool] = mapped_column(default=False)
    what: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(300))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))

    firm: Mapped["Firm"] = relationship()
    owner: Mapped["User | None"] = relationship(foreign_keys=[owner_id])


class Reassignment(Base):
    """Everything somebody had, handed to somebody else in one step: which rows, so that it can be taken back."""

    __tablename__ = "reassignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    rows: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
