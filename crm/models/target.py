"""What the county plan wants of the ladder."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import word
from pipelines.vocabulary import Tier


class Target(Base):
    """stock: how many firms should stand on that rung at the end of the year."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("year", "tier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    tier: Mapped[Tier] = mapped_column(word(Tier))
    stock: Mapped[int]
