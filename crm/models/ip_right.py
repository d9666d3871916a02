"""A piece of intellectual property of a firm."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import word
from pipelines.vocabulary import IpAcquisition, IpKind, IpStatus


class IpRight(Base):
    """Its class (Ⅰ or Ⅱ) follows from its kind; used_in_year is the high-tech application that spent it."""

    __tablename__ = "ip_rights"
    __table_args__ = (UniqueConstraint("firm_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    kind: Mapped[IpKind] = mapped_column(word(IpKind))
    number: Mapped[str] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[IpStatus] = mapped_column(word(IpStatus), default=IpStatus.VALID)
    applied_on: Mapped[date | None]
    granted_on: Mapped[date | None]
    acquired: Mapped[IpAcquisition | None] = mapped_column(word(IpAcquisition))
    used_in_year: Mapped[int | None]
