"""Facts that contradict one another: the firm is judged all the same, and an officer is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.facts.records import YearFigures
from pipelines.facts.standing import FirmFacts

# A part that cannot be larger than its whole: (part, whole, sentence).
_PARTS = (
    ("tech_staff", "staff", "科技人员多于职工总数"),
    ("net_worth", "total_assets", "净资产大于资产总额"),
    ("rd_spend_domestic", "rd_spend", "境内研发费用大于全部研发费用"),
    ("high_tech_revenue", "total_income", "高新技术产品收入大于收入总额"),
    ("main_product_revenue", "high_tech_revenue", "主要产品收入大于高新技术产品收入"),
    ("main_business_revenue", "operating_revenue", "主营业务收入大于营业收入"),
    ("non_taxable_income", "total_income", "不征税收入大于收入总额"),
    ("qualified_rd_staff", "full_time_rd_staff", "本科及中级职称研发人员多于专职研发人员"),
)
_GAP_ASKED_ABOUT = 2
_RESEARCH_TO_SALES = 3  # research above three times the sales is a slip of the pen more often than not


@dataclass(frozen=True)
class Contradiction:
    """Figures of one year that do not go together."""

    year: int
    sentence: str
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.year} 年{self.sentence}"


def doubts(facts: FirmFacts) -> tuple[str, ...]:
    """A sentence a contradiction, the latest year first."""
    return tuple(str(each) for each in contradictions(facts))


def contradictions(facts: FirmFacts) -> tuple[Contradiction, ...]:
    return _of_years(facts, _doubts_of_year)


def _of_years(
    facts: FirmFacts, of_year: Callable[[YearFigures], Iterator[tuple[str, ...]]]
) -> tuple[Contradiction, ...]:
    return tuple(
        Contradiction(year, sentence, tuple(fields))
        for year in sorted(facts.annual, reverse=True)
        for sentence, *fields in of_year(facts.annual[year])
    )


def _doubts_of_year(figures: YearFigures) -> Iterator[tuple[str, ...]]:
    for part, whole, sentence in _PARTS:
        if _exceeds(getattr(figures, part), getattr(figures, whole)):
            yield sentence, part, whole
    if _exceeds(figures.rd_spend, _times(_RESEARCH_TO_SALES, figures.sales_revenue)):
        yield "研发费用超过销售收入的 3 倍", "rd_spend", "sales_revenue"
    if _differ(figures):
        yield "净资产不等于资产总额减负债总额", "net_assets", "total_assets", "total_liabilities"


def research_flags(facts: FirmFacts) -> tuple[str, ...]:
    """Where the research figures of a year do not stand to one another as their rules would have them.

    The accounts hold the widest notion, 高企 a narrower one, the deduction the narrowest (195号 三（六）;
    财税〔2015〕119号): another order, or a deduction of less than half, is a risk to ask about, not an error.
    """
    return tuple(str(each) for each in research_contradictions(facts))


def research_contradictions(facts: FirmFacts) -> tuple[Contradiction, ...]:
    return _of_years(facts, _research_of_year)


def _research_of_year(figures: YearFigures) -> Iterator[tuple[str, ...]]:
    if _exceeds(figures.rd_spend, figures.rd_spend_accounting):
        yield "研发费用高企口径大于会计口径", "rd_spend", "rd_spend_accounting"
    if _exceeds(figures.rd_spend_deduction, figures.rd_spend):
        yield "研发费用加计扣除口径大于高企口径", "rd_spend_deduction", "rd_spend"
    elif figures.rd_spend_deduction and _exceeds(
        figures.rd_spend, _times(_GAP_ASKED_ABOUT, figures.rd_spend_deduction)
    ):
        yield "研发费用加计扣除口径不到高企口径的一半", "rd_spend_deduction", "rd_spend"


def _exceeds(part: Decimal | None, whole: Decimal | None) -> bool:
    return part is not None and whole is not None and part > whole


def _times(factor: int, value: Decimal | None) -> Decimal | None:
    return None if value is None else factor * value


def _differ(figures: YearFigures) -> bool:
    parts = (figures.net_assets, figures.total_assets, figures.total_liabilities)
    net, total, debts = parts
    return net is not None and total is not None and debts is not None and net != total - debts
