"""Reports as they were issued: whatever is recorded later, they stay what was signed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import ReportKind


class Report(Base):
    """Append-only. figures: what the paper says, as the page shows it; paper and workbook: the files themselves.

    A period may be issued again: the newer one stands above, the older one stays.
    """

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_last", "last"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(word(ReportKind))
    first: Mapped[date]
    last: Mapped[date]
    title: Mapped[str] = mapped_column(String(60))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    paper: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    workbook: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    issued_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    issued_by: Mapped[str] = mapped_column(String(60))
