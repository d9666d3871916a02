"""Reference data: where firms are and what they do."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.extensions import Base
from crm.models.types import Moment


class Township(Base):
    """A township or street, or an area inside one: a tree, since an officer's area includes what lies in it.

    edited_at: since then it is the office's own, and the reference data leaves it as it is. voided_at: nothing new is
    put into it; what lies in it stays.
    """

    __tablename__ = "townships"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("townships.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    # How ledgers also write it: 罗星, 嘉善县罗星街道.
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    voided_at: Mapped[datetime | None] = mapped_column(Moment)

    parent: Mapped["Township | None"] = relationship(remote_side=[id])


class Industry(Base):
    """An entry of GB/T 4754; edited_at and voided_at as of a township."""

    __tablename__ = "industries"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("industries.code"), index=True)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    voided_at: Mapped[datetime | None] = mapped_column(Moment)


class TechField(Base):
    """An entry of 国家重点支持的高新技术领域: “1” is a field, “1.3” its second level."""

    __tablename__ = "tech_fields"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("tech_fields.code"), index=True)
