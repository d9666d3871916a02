"""A research project (科技项目) of a firm, every move it made, and the firms that take part in it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Hundredths, Moment, word
from pipelines.vocabulary import ProjectProgramme, ProjectStage

if TYPE_CHECKING:
    from crm.models.firm import Firm
    from crm.models.user import User

_IS_KEPT = text("archived_at IS NULL")


class Project(Base):
    """firm leads it. partners: a name a line, as the papers have them; partner_firms: those the register knows. It is
    counted by approved_on. archived_at: entered by mistake, and counted nowhere."""

    __tablename__ = "projects"
    __table_args__ = (
        Index(
            "uq_projects_title", "firm_id", "programme", "title", unique=True,
            sqlite_where=_IS_KEPT, postgresql_where=_IS_KEPT,
        ),
        Index("ix_projects_approved_on", "approved_on", "programme", "firm_id"),
        Index("ix_projects_acceptance_due_on", "acceptance_due_on", "stage"),
        Index("ix_projects_owner_id", "owner_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    programme: Mapped[ProjectProgramme] = mapped_column(word(ProjectProgramme))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(60))
    partners: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[ProjectStage] = mapped_column(word(ProjectStage))
    stage_since: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    budget_total: Mapped[Decimal | None] = mapped_column(Hundredths)
    budget_subsidy: Mapped[Decimal | None] = mapped_column(Hundredths)
    budget_own: Mapped[Decimal | None] = mapped_column(Hundredths)
    applied_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    acceptance_due_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    archived_reason: Mapped[str | None] = mapped_column(String(200))

    firm: Mapped["Firm"] = relationship()
    owner: Mapped["User | None"] = relationship()
    moves: Mapped[list["ProjectMove"]] = relationship(order_by="ProjectMove.id")
    partner_firms: Mapped[list["Firm"]] = relationship(secondary="project_partners", order_by="Firm.id")


class ProjectMove(Base):
    """Append-only, signed and dated. before: the fields of the project it changed, so that it can be taken back."""

    __tablename__ = "project_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    from_stage: Mapped[ProjectStage] = mapped_column(word(ProjectStage))
    to_stage: Mapped[ProjectStage] = mapped_column(word(ProjectStage))
    moved_on: Mapped[date]
    document_number: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(200))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class ProjectPartner(Base):
    """Derived from Project.partners: a firm of the register that takes part."""

    __tablename__ = "project_partners"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True, index=True)
