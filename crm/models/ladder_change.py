"""Derived from recognitions: what changed on the ladder, firm by firm and summed up. Recomputing changes nothing."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import word
from pipelines.vocabulary import ChangeKind, TallySpan

NOWHERE = 0  # the township of a firm that has none
COUNTY = -1  # in a tally: of all townships together


class LadderChange(Base):
    """One change of one firm, see pipelines/funnel/ladder.py; firms that were put away have none.

    is_alone: the firm changes its position no second time in that year, so that sums over a year count it rightly.
    """

    __tablename__ = "ladder_changes"
    __table_args__ = (Index("ix_ladder_changes_is_alone_changed_on", "is_alone", "changed_on"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    changed_on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(word(ChangeKind), primary_key=True)
    before: Mapped[str] = mapped_column(String(32), primary_key=True)
    after: Mapped[str] = mapped_column(String(32), primary_key=True)
    township_id: Mapped[int]
    is_alone: Mapped[bool]


class LadderTally(Base):
    """How many firms changed alike in one year, month or day that begins so: a day's numbers come from few rows,
    however many firms there are."""

    __tablename__ = "ladder_tallies"
    __table_args__ = {"sqlite_with_rowid": False}

    span: Mapped[TallySpan] = mapped_column(word(TallySpan), primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    township_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[ChangeKind] = mapped_column(word(ChangeKind), primary_key=True)
    before: Mapped[str] = mapped_column(String(32), primary_key=True)
    after: Mapped[str] = mapped_column(String(32), primary_key=True)
    is_alone: Mapped[bool] = mapped_column(primary_key=True)
    firms: Mapped[int]
