"""What the rows of one firm were before a deed that can be taken back as a whole, and after it."""

from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base


class RowImages(Base):
    """One row or a few for a firm and a deed ("import:12", "merge:3", "bulk:5"). firm_id is a plain number: the undo
    may take the firm away.

    images: [table, key, before, after]; values as the database keeps them, only those that the deed changed. before
    None: the deed made the row, and after is its fingerprint, empty where the deed entered the firm as well. after
    None: the deed took it away.
    """

    __tablename__ = "row_images"
    __table_args__ = (Index("ix_row_images_deed", "deed", "firm_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deed: Mapped[str] = mapped_column(String(40))
    firm_id: Mapped[int]
    images: Mapped[list[Any]] = mapped_column(JSON)
