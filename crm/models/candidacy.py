"""A firm on its way to one title, with every move it made and the state of its papers."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import MaterialState, Stage, Title

if TYPE_CHECKING:
    from crm.models.campaign import Campaign
    from crm.models.firm import Firm
    from crm.models.user import User

_IS_OPEN = text("closed_on IS NULL")


class Candidacy(Base):
    """One open at a time for a firm and a title. stage_since: when the present stage began; active_on: the newest of
    that, a visit and a finished follow-up, by which it counts as stuck; reason: of an ending. is_archived: as its firm
    is, so that a board of twenty thousand need not look at the firms."""

    __tablename__ = "candidacies"
    __table_args__ = (
        Index(
            "uq_candidacies_open", "firm_id", "target", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
        ),
        Index("ix_candidacies_stage", "is_archived", "stage", "active_on", "id"),
        Index("ix_candidacies_campaign_id", "campaign_id", "stage"),
        Index("ix_candidacies_owner_id", "owner_id", "is_archived", "stage", "active_on"),
        Index("ix_candidacies_firm_id", "firm_id"),
        Index("ix_candidacies_due_on", "due_on", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    target: Mapped[Title] = mapped_column(word(Title))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    stage: Mapped[Stage] = mapped_column(word(Stage), default=Stage.CULTIVATING)
    stage_since: Mapped[date]
    active_on: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date | None]
    is_renewal: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(String(200))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    firm: Mapped["Firm"] = relationship()
    campaign: Mapped["Campaign | None"] = relationship()
    owner: Mapped["User | None"] = relationship()
    moves: Mapped[list["StageMove"]] = relationship(order_by="StageMove.id")


class StageMove(Base):
    """Append-only, signed and dated. deed: moves made in one step share it and are undone together; undone_at: taken
    back, as if it had not been."""

    __tablename__ = "stage_moves"
    __table_args__ = (
        Index("ix_stage_moves_moved_on", "moved_on", "undone_at", "candidacy_id", "from_stage", "to_stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacies.id"), index=True)
    from_stage: Mapped[Stage | None] = mapped_column(word(Stage))
    to_stage: Mapped[Stage] = mapped_column(word(Stage))
    moved_on: Mapped[date]
    before_since: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    deed: Mapped[str] = mapped_column(String(32), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class Material(Base):
    """How far one paper of one candidacy is. version counts how often it was handed in."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("candidacy_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacies.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("material_items.id"))
    state: Mapped[MaterialState] = mapped_column(word(MaterialState), default=MaterialState.MISSING)
    version: Mapped[int] = mapped_column(default=0)
    gap_note: Mapped[str | None] = mapped_column(String(200))
    reviewer: Mapped[str | None] = mapped_column(String(60))
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)
