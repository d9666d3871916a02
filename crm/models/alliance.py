"""创新联合体 and 外资研发中心: what a firm is part of beside its titles, from a day and with whom."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import AllianceKind


class Alliance(Base):
    """It lasts from began_on up to ended_on (None: it goes on)."""

    __tablename__ = "alliances"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AllianceKind] = mapped_column(word(AllianceKind))
    name: Mapped[str] = mapped_column(String(120))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    document_number: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class AllianceMember(Base):
    """A firm of the register; others are named in the note."""

    __tablename__ = "alliance_members"
    __table_args__ = (Index("ix_alliance_members_firm_id", "firm_id"),)

    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    is_leader: Mapped[bool] = mapped_column(default=False)
