"""What a firm earns: sales, income and its parts, never rounded."""

from decimal import Decimal

from pipelines.facts.fact import derived, figure
from pipelines.facts.known import Known
from pipelines.facts.ratio import Share, share
from pipelines.vocabulary import Unit


class Revenue(Known):
    """What a firm earned; the figure of the last fiscal year unless the name says otherwise."""

    sales_revenue = figure("销售收入")
    operating_revenue = figure("营业收入")
    main_business_revenue = figure("主营业务收入")
    total_income = figure("收入总额")
    non_taxable_income = figure("不征税收入")
    high_tech_revenue = figure("高新技术产品（服务）收入")
    main_product_revenue = figure("主要产品（服务）收入")
    cost = figure("成本费用总额")
    net_profit = figure("净利润")
    tax_paid = figure("上缴税费")
    equity_funding = figure("股权融资额")

    @derived("近三年销售收入", Unit.YUAN, uses=("sales_revenue",), years=3)
    def sales_revenue_three_years(self) -> Decimal | None:
        return self.three_years("sales_revenue")

    @derived("总收入", Unit.YUAN, uses=("total_income", "non_taxable_income"))
    def total_income_net(self) -> Decimal | None:
        """总收入 = 收入总额 − 不征税收入: another denominator than sales (195号 三（四）)."""
        if self.total_income is None or self.non_taxable_income is None:
            return None
        return self.total_income - self.non_taxable_income

    @derived(
        "高新技术产品（服务）收入占总收入比例",
        Unit.SHARE,
        uses=("high_tech_revenue", "total_income", "non_taxable_income"),
        part="high_tech_revenue",
        whole="total_income_net",
    )
    def high_tech_ratio(self) -> Share:
        return share(self.high_tech_revenue, self.total_income_net)

    @derived("高新技术产品（服务）收入占收入总额比例", Unit.SHARE, part="high_tech_revenue", whole="total_income")
    def high_tech_ratio_of_gross(self) -> Share:
        """What the share is at least: taking non-taxable income away can only raise it."""
        return share(self.high_tech_revenue, self.total_income)

    @derived(
        "主要产品（服务）收入占高新技术产品（服务）收入比例",
        Unit.SHARE,
        uses=("main_product_revenue", "high_tech_revenue"),
        part="main_product_revenue",
        whole="high_tech_revenue",
    )
    def main_product_ratio(self) -> Share:
        return share(self.main_product_revenue, self.high_tech_revenue)

    @derived(
        "主营业务收入占营业收入比例",
        Unit.SHARE,
        uses=("main_business_revenue", "operating_revenue"),
        part="main_business_revenue",
        whole="operating_revenue",
    )
    def main_business_ratio(self) -> Share:
        return share(self.main_business_revenue, self.operating_revenue)

    @derived("近两年股权融资额", Unit.YUAN, uses=("equity_funding",), years=2)
    def equity_funding_two_years(self) -> Decimal | None:
        return self.two_years("equity_funding")

    @derived("近三年股权融资额", Unit.YUAN, uses=("equity_funding",), years=3)
    def equity_funding_three_years(self) -> Decimal | None:
        return self.three_years("equity_funding")
