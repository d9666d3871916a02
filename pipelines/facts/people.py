"""How old a firm is and who works there; staff keeps its two decimals (195号 三（五）)."""

from datetime import date, timedelta

from pipelines.facts.balance import Balance
from pipelines.facts.fact import derived, figure, recorded
from pipelines.facts.ratio import Share, share
from pipelines.vocabulary import Unit


class People(Balance):
    staff = figure("职工总数", Unit.PEOPLE)
    tech_staff = figure("科技人员", Unit.PEOPLE)
    full_time_rd_staff = figure("专职研发人员", Unit.PEOPLE)
    qualified_rd_staff = figure("本科及以上学历或中级及以上职称研发人员", Unit.PEOPLE)
    niche_years = recorded("从事特定细分市场年限", Unit.YEARS)

    @derived("成立天数", Unit.DAYS, needs=("founded_on",))
    def age_days(self) -> int | None:
        """注册成立一年以上 means 365 calendar days up to the filing (195号 三（一）)."""
        return None if self.founded_on is None else (self.as_of - self.founded_on).days

    def old_enough_on(self, days: int) -> date | None:
        """The first day on which the firm is that many days old."""
        return None if self.founded_on is None else self.founded_on + timedelta(days=days)

    @derived("科技人员占职工总数比例", Unit.SHARE, uses=("tech_staff", "staff"), part="tech_staff", whole="staff")
    def tech_staff_ratio(self) -> Share:
        return share(self.tech_staff, self.staff)

    @derived(
        "本科及以上学历或中级及以上职称占专职研发人员比例",
        Unit.SHARE,
        uses=("qualified_rd_staff", "full_time_rd_staff"),
        part="qualified_rd_staff",
        whole="full_time_rd_staff",
    )
    def qualified_rd_ratio(self) -> Share:
        return share(self.qualified_rd_staff, self.full_time_rd_staff)

    @derived(
        "研发人员占职工总数比例",
        Unit.SHARE,
        uses=("full_time_rd_staff", "staff"),
        part="full_time_rd_staff",
        whole="staff",
    )
    def rd_staff_ratio(self) -> Share:
        return share(self.full_time_rd_staff, self.staff)

    @derived("近三年科技成果转化数", Unit.ITEMS, uses=("conversions",), years=3)
    def conversions_three_years(self) -> int | None:
        total = self.three_years("conversions")
        return None if total is None else int(total)
