"""Judgements as they were made: never changed, shown and replayed under the edition of their day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import Programme, ShortlistTier, TriColor, Verdict


class FactSet(Base):
    """What was known of a firm, once however many programmes were judged by it. case: see pipelines/facts/case.py."""

    __tablename__ = "fact_sets"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    case: Mapped[dict[str, Any]] = mapped_column(JSON)


class Evaluation(Base):
    """Append-only. A new row is made when its signature is another than that of the firm's latest one.

    signature: edition, facts, answers and what came of them; the day itself is left out, or every night would write.
    findings: condition → verdict; missed: the conditions not met, with their gaps in words and as numbers.
    answers: what people had said, {"attestations": {condition: bool}, "points": {line: int}}.
    colour, reasons: of the three-colour rating only.
    """

    __tablename__ = "evaluations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "facts_digest"], ["fact_sets.firm_id", "fact_sets.digest"], name="fk_evaluations_facts"
        ),
        Index("ix_evaluations_firm_id_programme", "firm_id", "programme", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    programme: Mapped[Programme] = mapped_column(word(Programme))
    edition: Mapped[date]
    policy_digest: Mapped[str] = mapped_column(String(64))
    facts_digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[date]
    verdict: Mapped[Verdict] = mapped_column(word(Verdict))
    findings: Mapped[dict[str, str]] = mapped_column(JSON)
    missed: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    missed_count: Mapped[int]
    open_count: Mapped[int]
    shortlist: Mapped[ShortlistTier | None] = mapped_column(word(ShortlistTier))
    colour: Mapped[TriColor | None] = mapped_column(word(TriColor))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    score_lo: Mapped[int | None]
    score_hi: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    through: Mapped[str] = mapped_column(String(40))


class LatestEvaluation(Base):
    """Derived: which row of evaluations counts now, and what lists over the county filter and sort by.

    only_missed, gap_words, gap_amount: of a firm that one single condition keeps out; the amount in the unit of its
    condition, None where the gap is no number. lacking: what must be collected before the open conditions are known.
    colour, colour_before, colour_since, reasons: of the three-colour rating only. doubts: figures of the firm that
    contradict one another or do not stand to one another as they should. data_ratio: of the facts that the edition
    looks at, the share that is known; None where it looks at none, or was judged before this was kept.
    """

    __tablename__ = "latest_evaluations"
    __table_args__ = (
        Index("ix_latest_evaluations_programme_only_missed", "programme", "only_missed", "gap_amount", "firm_id"),
        Index("ix_latest_evaluations_programme_shortlist", "programme", "shortlist", "firm_id"),
        Index("ix_latest_evaluations_programme_colour", "programme", "colour", "firm_id"),
        Index("ix_latest_evaluations_programme_data_ratio", "programme", "data_ratio", "firm_id"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    programme: Mapped[Programme] = mapped_column(word(Programme), primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(word(Verdict))
    missed_count: Mapped[int]
    open_count: Mapped[int]
    shortlist: Mapped[ShortlistTier | None] = mapped_column(word(ShortlistTier))
    only_missed: Mapped[str | None] = mapped_column(String(60))
    gap_words: Mapped[str | None] = mapped_column(Text)
    gap_amount: Mapped[float | None]
    lacking: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    colour: Mapped[TriColor | None] = mapped_column(word(TriColor))
    colour_before: Mapped[TriColor | None] = mapped_column(word(TriColor))
    colour_since: Mapped[date | None]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    doubts: Mapped[list[str]] = mapped_column(JSON)
    doubt_count: Mapped[int]
    score_lo: Mapped[int | None]
    score_hi: Mapped[int | None]
    data_ratio: Mapped[float | None]
