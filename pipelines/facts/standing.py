"""What a firm holds and has against it: titles, entries of the negative list, things an officer records."""

from pipelines.facts.fact import Fact, derived, recorded
from pipelines.facts.property import Property
from pipelines.vocabulary import RecognitionEnd, Title, Unit

_YES_NO, _COUNT = Unit.YES_NO, Unit.TIMES
_MAINLAND_FIRM = "91"  # registered as an enterprise with the market regulator
_ZHEJIANG = "33"


class FirmFacts(Property):
    """All facts of a firm. Judged by pipelines/qualification; every name here may stand in an edition."""

    standards = recorded("参与编制的国家标准、行业标准、检测方法、技术规范", Unit.ITEMS)
    high_value_class_one_ip = recorded("Ⅰ类高价值知识产权", Unit.PIECES)
    innovative_sme_score = recorded("科技和创新型中小企业评价得分", Unit.POINTS)
    srdi_score = recorded("专精特新评价得分", Unit.POINTS)
    srdi_little_giant_score = recorded("小巨人评价得分", Unit.POINTS)
    niche_share = recorded("全国细分市场占有率", Unit.SHARE)
    strategic_industry = recorded("属于战略性新兴产业", _YES_NO)
    has_rd_institution = recorded("设有研发机构", _YES_NO)
    has_provincial_rd_institution = recorded("设有省部级以上研发机构", _YES_NO)
    has_city_rd_centre = recorded("已建市级研发中心", _YES_NO)
    missed_reports = recorded("高企年报累计缺报", _COUNT)
    late_duties = recorded("年报、火炬统计等逾期", _COUNT)
    missed_duties = recorded("年报、火炬统计等缺报", _COUNT)
    change_unreported = recorded("更名或重大变化超过三个月未报", _YES_NO)
    has_reapplied = recorded("到期后已重新申报", _YES_NO)

    @derived("征收方式", Unit.TEXT, needs=("levy_mode",))
    def levy(self) -> str | None:
        return self.levy_mode

    @derived("技术领域", Unit.TEXT, needs=("tech_field_code",))
    def tech_field(self) -> str | None:
        return self.tech_field_code

    @derived("行业大类", Unit.TEXT, needs=("industry_code",))
    def industry_division(self) -> str | None:
        """The two digits of GB/T 4754 behind an optional section letter: C3562 and 3562 are both 35."""
        digits = (self.industry_code or "").lstrip("ABCDEFGHIJKLMNOPQRST")
        return digits[:2] if len(digits) >= 2 else None

    @derived("境内注册的居民企业", _YES_NO, needs=("uscc",))
    def is_resident(self) -> bool | None:
        """A credit code 91… is given to enterprises set up under mainland law, which makes them residents
        (企业所得税法 第二条). Any other code proves nothing."""
        return True if self.uscc and self.uscc.startswith(_MAINLAND_FIRM) else None

    @derived("浙江省内注册", _YES_NO, needs=("uscc",))
    def is_in_province(self) -> bool | None:
        """The code keeps the region of the first registration: a firm that moved here has another one."""
        return True if self.uscc and self.uscc[2:4] == _ZHEJIANG else None

    @derived("有效期内的高新技术企业", _YES_NO, needs=("recognitions",))
    def has_high_tech(self) -> bool | None:
        return self.holds((Title.HIGH_TECH,))

    @derived("曾获高新技术企业认定", _YES_NO, needs=("recognitions",))
    def ever_high_tech(self) -> bool | None:
        if self.recognitions is None:
            return None
        return any(held.title is Title.HIGH_TECH and held.recognized_on <= self.as_of for held in self.recognitions)

    @derived("高新技术企业证书当年到期", _YES_NO, needs=("recognitions",))
    def high_tech_ends_this_year(self) -> bool | None:
        """The year of expiry is the year of the new application (there is no review any more)."""
        if self.recognitions is None:
            return None
        return any(
            held.title is Title.HIGH_TECH and held.valid_until is not None and held.valid_until.year == self.as_of.year
            for held in self.recognitions
        )

    @derived("高新技术企业证书已过期且未重新申报", _YES_NO, needs=("recognitions", "has_reapplied"))
    def high_tech_lapsed(self) -> bool | None:
        if self.recognitions is None or self.has_high_tech or not self.ever_high_tech:
            return None if self.recognitions is None else False
        return None if self.has_reapplied is None else not self.has_reapplied

    @derived("当年被取消高新技术企业资格", _YES_NO, needs=("recognitions",))
    def cancelled_this_year(self) -> bool | None:
        return self._cancelled(self.as_of.year)

    @derived("曾被取消高新技术企业资格且未再认定", _YES_NO, needs=("recognitions",))
    def is_cancelled(self) -> bool | None:
        return self._cancelled(None) if not self.has_high_tech else False

    def _cancelled(self, year: int | None) -> bool | None:
        if self.recognitions is None:
            return None
        return any(
            held.title is Title.HIGH_TECH
            and held.end_reason is RecognitionEnd.CANCELLED
            and held.ended_on is not None
            and held.ended_on <= self.as_of
            and year in (None, held.ended_on.year)
            for held in self.recognitions
        )


FACTS: dict[str, Fact] = {
    name: fact for kind in reversed(FirmFacts.__mro__) for name, fact in vars(kind).items() if isinstance(fact, Fact)
}
