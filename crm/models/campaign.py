"""A round of applications: its window with every change of it, what is to be handed in, who was in it when it froze."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import Title


class Campaign(Base):
    """frozen_on: the day the candidates were written down as the approved list; see FrozenCandidate."""

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("programme", "year", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[Title] = mapped_column(word(Title))
    year: Mapped[int]
    round: Mapped[str] = mapped_column(String(20))
    target_number: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(String(200))
    frozen_on: Mapped[date | None]
    frozen_by: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    windows: Mapped[list["CampaignWindow"]] = relationship(order_by="CampaignWindow.id")
    items: Mapped[list["MaterialItem"]] = relationship(order_by="MaterialItem.position")

    @property
    def name(self) -> str:
        return f"{self.year} 年{self.programme.label}{self.round}"

    @property
    def window(self) -> "CampaignWindow | None":
        """The one that counts: the newest; the others are what it was before."""
        return self.windows[-1] if self.windows else None


class CampaignWindow(Base):
    """Append-only: an extension is a further row, never a change. hour: the firms' cut-off on the last day, 17:00."""

    __tablename__ = "campaign_windows"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    opens_on: Mapped[date | None]
    firm_closes_on: Mapped[date | None]
    hour: Mapped[str | None] = mapped_column(String(5))
    authority_closes_on: Mapped[date | None]
    notice_number: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))


class MaterialItem(Base):
    """One paper of the campaign's list; position is its place."""

    __tablename__ = "material_items"
    __table_args__ = (UniqueConstraint("campaign_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    label: Mapped[str] = mapped_column(String(120))
    is_required: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)


class FrozenCandidate(Base):
    """Who stood on the list when it was frozen; what has changed since is told by comparing."""

    __tablename__ = "frozen_candidates"
    __table_args__ = (Index("ix_frozen_candidates_firm_id", "firm_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
