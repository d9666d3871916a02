"""What a firm spends on research, as each programme counts it."""

from decimal import Decimal

from pipelines.facts.fact import derived, figure
from pipelines.facts.ratio import Share, share
from pipelines.facts.revenue import Revenue
from pipelines.vocabulary import RdFigure, Unit


class Research(Revenue):
    """What a firm spent on research. Which of the four figures a programme trusts is an interpretation."""

    rd_spend = figure("研发费用（高企口径）", column="high_tech_rd")
    rd_spend_domestic = figure("境内研发费用")
    rd_spend_accounting = figure("研发费用（会计口径）")
    rd_spend_deduction = figure("研发费用（加计扣除口径）")
    rd_spend_statistics = figure("研发费用（统计口径）")
    national_sme_rd = figure("研发费用（国科小口径）")
    industry_rd = figure("研发费用（工信口径）")
    industry_rd_previous = figure("上上年研发费用（工信口径）", column="industry_rd", years_back=1)

    @derived("近三年研发费用", Unit.YUAN, uses=("high_tech_rd",), years=3)
    def rd_spend_three_years(self) -> Decimal | None:
        return self.three_years("high_tech_rd")

    @derived(
        "近三年研发费用总额占同期销售收入总额比例",
        Unit.SHARE,
        uses=("high_tech_rd", "sales_revenue"),
        years=3,
        part="rd_spend_three_years",
        whole="sales_revenue_three_years",
    )
    def rd_ratio_three_years(self) -> Share:
        return share(self.rd_spend_three_years, self.sales_revenue_three_years)

    @derived(
        "研发费用占销售收入比例",
        Unit.SHARE,
        uses=("high_tech_rd", "sales_revenue"),
        part="rd_spend",
        whole="sales_revenue",
    )
    def rd_ratio(self) -> Share:
        return share(self.rd_spend, self.sales_revenue)

    @derived("近三年境内研发费用", Unit.YUAN, uses=("rd_spend_domestic",), years=3)
    def rd_domestic_three_years(self) -> Decimal | None:
        return self.three_years("rd_spend_domestic")

    @derived(
        "近三年境内研发费用占全部研发费用比例",
        Unit.SHARE,
        uses=("rd_spend_domestic", "rd_spend"),
        years=3,
        part="rd_domestic_three_years",
        whole="rd_spend_three_years",
    )
    def domestic_rd_ratio(self) -> Share:
        """Over the 高企 figure whatever is trusted elsewhere: the domestic part belongs to it."""
        return share(self.rd_domestic_three_years, self.three_years("rd_spend"))

    @derived(
        "研发费用占销售收入比例（加计扣除口径）",
        Unit.SHARE,
        uses=("national_sme_rd", "sales_revenue"),
        part="national_sme_rd",
        whole="sales_revenue",
    )
    def national_rd_ratio(self) -> Share:
        return share(self.national_sme_rd, self.sales_revenue)

    @derived(
        "研发费用占成本费用总额比例（加计扣除口径）",
        Unit.SHARE,
        uses=("national_sme_rd", "cost"),
        part="national_sme_rd",
        whole="cost",
    )
    def national_rd_cost_ratio(self) -> Share:
        return share(self.national_sme_rd, self.cost)

    @derived(
        "研发费用占营业收入比例",
        Unit.SHARE,
        uses=("industry_rd", "operating_revenue"),
        part="industry_rd",
        whole="operating_revenue",
    )
    def industry_rd_ratio(self) -> Share:
        return share(self.industry_rd, self.operating_revenue)

    @derived("上上年研发费用占营业收入比例", Unit.SHARE, uses=("industry_rd", "operating_revenue"), years=2)
    def industry_rd_ratio_previous(self) -> Share:
        return share(self.industry_rd_previous, self.in_year("operating_revenue", self.last_year - 1))

    @derived("近两年研发费用合计", Unit.YUAN, uses=("industry_rd",), years=2)
    def industry_rd_two_years(self) -> Decimal | None:
        return self.two_years("industry_rd")

    @derived("近两年研发费用年均", Unit.YUAN, uses=("industry_rd",), years=2)
    def industry_rd_mean(self) -> Decimal | None:
        return None if self.industry_rd_two_years is None else self.industry_rd_two_years / 2

    @derived("加计扣除口径与高企口径研发费用之比", Unit.SHARE, uses=("rd_spend_deduction", "rd_spend"))
    def rd_consistency(self) -> Share:
        return share(self.rd_spend_deduction, self.in_year("rd_spend", self.last_year))

    @derived("研发费用（任一口径）", Unit.YUAN, uses=tuple(figure.value for figure in RdFigure))
    def rd_spend_any(self) -> Decimal | None:
        """The largest of the four figures; nought only when all four are known to be nought."""
        known = [self.in_year(figure.value, self.last_year) for figure in RdFigure]
        largest = max((value for value in known if value is not None), default=None)
        return largest if largest or None not in known else None
