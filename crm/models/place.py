"""Reference data: where firms are and what they do."""

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.extensions import Base


class Township(Base):
    """A township or street, or an area inside one: a tree, since an officer's area includes what lies in it."""

    __tablename__ = "townships"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("townships.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    # How ledgers also write it: 罗星, 嘉善县罗星街道.
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)

    parent: Mapped["Township | None"] = relationship(remote_side=[id])


class Industry(Base):
    """An entry of GB/T 4754."""

    __tablename__ = "industries"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("industries.code"), index=True)


class TechField(Base):
    """An entry of 国家重点支持的高新技术领域: “1” is a field, “1.3” its second level."""

    __tablename__ = "tech_fields"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("tech_fields.code"), index=True)
