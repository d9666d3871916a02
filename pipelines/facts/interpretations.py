"""Questions the documents leave open, answered by the office; the defaults are the usual reading."""

from dataclasses import dataclass

from pipelines.vocabulary import Divisor, NegativeBase, RdFigure, Spent


@dataclass(frozen=True, slots=True)
class Interpretations:
    """high_tech_rd, national_sme_rd and industry_rd say which research figure the science authority's programmes, the
    national list of tech SMEs and the industry authority's programmes are judged by."""

    high_tech_rd: RdFigure = RdFigure.HIGH_TECH
    national_sme_rd: RdFigure = RdFigure.DEDUCTION
    industry_rd: RdFigure = RdFigure.ACCOUNTING
    conversion_divisor: Divisor = Divisor.ACTUAL_YEARS
    class_two_spent: Spent = Spent.CERTIFIED
    negative_base: NegativeBase = NegativeBase.MANUAL
