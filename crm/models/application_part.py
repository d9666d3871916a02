"""What an application for 高企 rests on: its research projects (RD), its products (PS), and the rights behind both."""

from decimal import Decimal

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.extensions import Base
from crm.models.ip_right import IpRight
from crm.models.types import Hundredths, word
from pipelines.vocabulary import PartKind

PART_RIGHTS = Table(
    "application_part_rights",
    Base.metadata,
    Column("part_id", ForeignKey("application_parts.id"), primary_key=True),
    Column("ip_right_id", ForeignKey("ip_rights.id"), primary_key=True, index=True),
)
PRODUCT_PROJECTS = Table(
    "application_product_projects",
    Base.metadata,
    Column("product_id", ForeignKey("application_parts.id"), primary_key=True),
    Column("project_id", ForeignKey("application_parts.id"), primary_key=True, index=True),
)


class ApplicationPart(Base):
    """amount: of a project what was spent on it in three years, of a product last year's income. number: 1 is RD01."""

    __tablename__ = "application_parts"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "kind", "number"),
        Index("ix_application_parts_candidacy_id", "candidacy_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidacy_id: Mapped[int] = mapped_column(ForeignKey("candidacies.id"))
    kind: Mapped[PartKind] = mapped_column(word(PartKind))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    amount: Mapped[Decimal | None] = mapped_column(Hundredths)

    rights: Mapped[list[IpRight]] = relationship(secondary=PART_RIGHTS, order_by=IpRight.id)
    projects: Mapped[list["ApplicationPart"]] = relationship(
        secondary=PRODUCT_PROJECTS,
        primaryjoin=lambda: ApplicationPart.id == PRODUCT_PROJECTS.c.product_id,
        secondaryjoin=lambda: ApplicationPart.id == PRODUCT_PROJECTS.c.project_id,
        order_by=lambda: ApplicationPart.number,
    )

    @property
    def code(self) -> str:
        return f"{self.kind.code}{self.number:02d}"
