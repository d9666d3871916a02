"""A named way to hand out a list of firms: which columns under which headings, one sheet or one a township."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class ExportTemplate(Base):
    """columns: {"key", "heading"} in their order; what a key means is said in crm/queries/export_columns.py."""

    __tablename__ = "export_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str | None] = mapped_column(String(120))
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    by_township: Mapped[bool] = mapped_column(default=False)
    names_maker: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(60))
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
