"""What an office can add by itself: a firm marked on the official form, and its answers about how it is organised."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class PreScore(Base):
    """预评分: the official 100 points (195号 三（七）) as one of the staff gives them, on a day. Append-only."""

    __tablename__ = "pre_scores"
    __table_args__ = (Index("ix_pre_scores_firm_id", "firm_id", "marked_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    marked_on: Mapped[date]
    rights: Mapped[int]
    conversion: Mapped[int]
    organisation: Mapped[int]
    growth: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    @property
    def points(self) -> int:
        return self.rights + self.conversion + self.organisation + self.growth


class Questionnaire(Base):
    """What a firm answered on a day; None is not answered. rd_centre: 0 none, 1 of the city, 2 of the province.

    documents: how many of the five papers on research management (立项、辅助账、转化奖励、人才、平台) are in place.
    """

    __tablename__ = "questionnaires"
    __table_args__ = (Index("ix_questionnaires_firm_id", "firm_id", "answered_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    answered_on: Mapped[date]
    rd_centre: Mapped[int | None]
    has_partner: Mapped[bool | None]
    took_part_in_standard: Mapped[bool | None]
    conversions: Mapped[int | None]
    documents: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
