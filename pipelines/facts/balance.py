"""Assets, debts and how a firm grows."""

from pipelines.facts.fact import derived, figure
from pipelines.facts.growth import growth
from pipelines.facts.ratio import ZERO, Manual, Share, share
from pipelines.facts.research import Research
from pipelines.vocabulary import GrowthBasis, NegativeBase, Unit

_NO_BASE = Manual("没有可比的基数，增长率无从计算")
_NEGATIVE_BASE = Manual(GrowthBasis.NEGATIVE_BASE.label)


class Balance(Research):
    """Assets, debts and how the firm grows."""

    total_assets = figure("资产总额")
    total_liabilities = figure("负债总额")
    net_assets = figure("净资产")

    @derived(
        "资产负债率",
        Unit.SHARE,
        uses=("total_liabilities", "total_assets"),
        part="total_liabilities",
        whole="total_assets",
    )
    def debt_ratio(self) -> Share:
        return share(self.total_liabilities, self.total_assets)

    @derived("净资产增长率", Unit.SHARE, uses=("net_assets",), years=3)
    def net_assets_growth(self) -> Share:
        return self.growth_by_guide("net_assets")

    @derived("销售收入增长率", Unit.SHARE, uses=("sales_revenue",), years=3)
    def sales_growth(self) -> Share:
        return self.growth_by_guide("sales_revenue")

    def growth_by_guide(self, name: str) -> Share:
        """As 195号 三（七）4 has it: without a base the indicator scores nothing, as if there were no growth."""
        found = growth(self.yearly(name), self.last_year, self.first_year)
        if found.basis is GrowthBasis.NO_BASE:
            return ZERO
        if found.basis is GrowthBasis.NEGATIVE_BASE:
            manual = self.interpretations.negative_base is NegativeBase.MANUAL
            return _NEGATIVE_BASE if manual else ZERO
        return found.ratio

    @derived("主营业务收入增长率", Unit.SHARE, uses=("main_business_revenue",), years=2)
    def main_business_growth(self) -> Share:
        now, before = self.main_business_revenue, self.in_year("main_business_revenue", self.last_year - 1)
        return None if now is None or before is None else share(now - before, before)

    @derived("近两年主营业务收入平均增长率", Unit.SHARE, uses=("main_business_revenue",), years=3)
    def main_business_growth_mean(self) -> Share:
        found = growth(self.yearly("main_business_revenue"), self.last_year, self.first_year)
        lacks_base = found.basis in (GrowthBasis.NO_BASE, GrowthBasis.NEGATIVE_BASE)
        return _NO_BASE if lacks_base else found.ratio

    @derived("主营业务收入两年增长倍数", Unit.MULTIPLE, uses=("main_business_revenue",), years=3)
    def main_business_multiple(self) -> Share:
        """Last year's over that of two years before: a compound rate of r a year is a multiple of (1 + r)²."""
        return share(self.main_business_revenue, self.in_year("main_business_revenue", self.last_year - 2))
