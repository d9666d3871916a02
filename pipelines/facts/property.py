"""Intellectual property as the rules count it (195号 三（二）): trademarks and pending filings never do."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from pipelines.facts.fact import derived, figure
from pipelines.facts.people import People
from pipelines.facts.ratio import Ratio, Share
from pipelines.facts.records import IpItem
from pipelines.vocabulary import ApplicationResult, Divisor, IpAcquisition, IpClass, IpKind, IpStatus, Spent, Unit

_MINOR_KINDS = (IpKind.UTILITY_MODEL, IpKind.SOFTWARE, IpKind.LAYOUT_DESIGN, IpKind.PLANT_VARIETY)


class Property(People):
    """valid_…: granted by the day and in force. Without the prefix: usable for a high-tech application, that is, valid
    and, for Ⅱ类, not spent by an earlier one (Ⅰ类 may be named again)."""

    conversions = figure("科技成果转化数", Unit.ITEMS)

    @cached_property
    def valid_rights(self) -> tuple[IpItem, ...] | None:
        if self.ip is None:
            return None
        return tuple(item for item in self.ip if item.kind.ip_class is not None and self._is_granted(item))

    @cached_property
    def usable_rights(self) -> tuple[IpItem, ...] | None:
        if self.valid_rights is None:
            return None
        return tuple(item for item in self.valid_rights if item.kind.ip_class is IpClass.ONE or not self.is_spent(item))

    def _is_granted(self, item: IpItem) -> bool:
        """A right recorded as valid was granted; a known day of granting must not lie after the day of judging."""
        return item.status is IpStatus.VALID and (item.granted_on is None or item.granted_on <= self.as_of)

    def is_spent(self, item: IpItem) -> bool:
        """Ⅱ类 may be named once: by an application of an earlier year, passed or (interpretation) merely submitted.

        A use without a recorded outcome counts as passed: the record says that it was used.
        """
        if item.used_in_year is None or item.used_in_year >= self.as_of.year:
            return False
        if self.interpretations.class_two_spent is Spent.SUBMITTED:
            return True
        return item.used_outcome in (None, ApplicationResult.PASSED)

    @derived("可用知识产权", Unit.PIECES, needs=("ip",))
    def usable_ip(self) -> int | None:
        return _count(self.usable_rights)

    @derived("Ⅰ类知识产权", Unit.PIECES, needs=("ip",))
    def class_one_ip(self) -> int | None:
        return _count(self.usable_rights, _is_class_one)

    @derived("Ⅱ类知识产权（未用过）", Unit.PIECES, needs=("ip",))
    def class_two_ip(self) -> int | None:
        return _count(self.usable_rights, _is_class_two)

    @derived("有效Ⅰ类知识产权", Unit.PIECES, needs=("ip",))
    def valid_class_one_ip(self) -> int | None:
        return _count(self.valid_rights, _is_class_one)

    @derived("有效Ⅱ类知识产权", Unit.PIECES, needs=("ip",))
    def valid_class_two_ip(self) -> int | None:
        return _count(self.valid_rights, _is_class_two)

    @derived("自主研发的知识产权", Unit.PIECES, needs=("ip",))
    def self_developed_ip(self) -> int | None:
        return _self_developed(self.usable_rights)

    @derived("自主研发的Ⅰ类知识产权", Unit.PIECES, needs=("ip",))
    def self_developed_class_one_ip(self) -> int | None:
        rights = self.valid_rights
        return None if rights is None else _self_developed([item for item in rights if _is_class_one(item)])

    @derived("近三年新增Ⅰ类知识产权", Unit.PIECES, needs=("ip",))
    def new_class_one_ip(self) -> int | None:
        since = _years_before(self.as_of, 3)
        return _count(
            self.valid_rights,
            lambda item: _is_class_one(item) and item.granted_on is not None and item.granted_on > since,
        )

    @derived("有效发明专利", Unit.PIECES, needs=("ip",))
    def invention_patents(self) -> int | None:
        return _count(self.valid_rights, lambda item: item.kind is IpKind.INVENTION)

    @derived("有效实用新型、软件著作权、布图设计、植物新品种", Unit.PIECES, needs=("ip",))
    def minor_ip(self) -> int | None:
        return _count(self.valid_rights, lambda item: item.kind in _MINOR_KINDS)

    @derived("知识产权（含申请中、商标）", Unit.PIECES, needs=("ip",))
    def any_ip(self) -> int | None:
        """The provincial list of tech SMEs asks for any of them, filed or granted."""
        return _count(self.ip, lambda item: item.status is not IpStatus.LAPSED)

    @derived("年均科技成果转化数", Unit.ITEMS_A_YEAR, uses=("conversions",), years=3)
    def conversions_average(self) -> Share:
        """Over the years the firm operated, or over three (interpretation)."""
        total = self.conversions_three_years
        if total is None:
            return None
        actual = self.interpretations.conversion_divisor is Divisor.ACTUAL_YEARS
        return Ratio(total, max(len(self.years), 1) if actual else 3)


def _is_class_one(item: IpItem) -> bool:
    return item.kind.ip_class is IpClass.ONE


def _is_class_two(item: IpItem) -> bool:
    return item.kind.ip_class is IpClass.TWO


def _count(rights: Iterable[IpItem] | None, wanted: Callable[[IpItem], bool] = lambda item: True) -> int | None:
    return None if rights is None else sum(1 for item in rights if wanted(item))


def _self_developed(rights: Iterable[IpItem] | None) -> int | None:
    """How many were developed by the firm itself; None while none is known to be and some are not told."""
    if rights is None:
        return None
    acquired = [item.acquired for item in rights]
    own = acquired.count(IpAcquisition.SELF_DEVELOPED)
    return own if own or None not in acquired else None


def _years_before(day: date, years: int) -> date:
    """The same day some years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
