"""雁阵: how many firms stand on each rung, and how they moved, as of any day; each number with the firms it counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Industry, Recognition, Township, User
from crm.queries.list_filter import ListFilter
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, day, matching, one_of, whole_number
from crm.queries.raw import raw_rows
from crm.queries.scope import areas_within, top_townships, within_scope
from crm.queries.targets import aimed_stock
from pipelines.funnel.ladder import RUNGS, Flow, Held, Move, flows, move, parts_of
from pipelines.vocabulary import Tier

BREAKS = {"township": "镇街", "industry": "行业", "month": "月份", "year": "年份"}
PART_LABELS = {
    "opening": "期初", "new": "新增", "risen_in": "升入", "lapsed_in": "回落", "risen_out": "升出", "lapsed": "失效",
    "left": "离开", "closing": "期末",
}  # fmt: skip
# Further numbers of a rung whose firms can be listed; those that come in and go out are sums of the parts above.
IN, OUT = ("new", "risen_in", "lapsed_in"), ("risen_out", "lapsed", "left")
LIST_LABELS = PART_LABELS | {
    "in": "进入", "out": "退出", "holders": "有效资质", "first": "首次认定", "granted": "认定（含重新认定）",
}  # fmt: skip
_DIVISION = 2  # digits of a 大类
_NOWHERE = "（未填）"
_YEARS_SHOWN = 6
_PARAMETERS = {
    "first": Parameter(day),
    "last": Parameter(day),
    "by": Parameter(one_of(BREAKS)),
    "tier": Parameter(one_of([tier.value for tier in Tier])),
    "part": Parameter(one_of(LIST_LABELS)),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "industry": Parameter(matching(r"[0-9]{2}|none")),
    "place": Parameter(matching(r"[0-9]{1,9}|none")),
    **PAGING,
}


@dataclass(frozen=True)
class LadderFilter(ListFilter):
    """first–last: the stretch of days, both included; None: this year until today.

    township: with the areas inside it. place: the township that a row of the break stands for, industry: its 大类;
    "none" is those without. tier, part: the number whose firms are listed.
    """

    parameters = _PARAMETERS

    first: date | None = None
    last: date | None = None
    by: str = "township"
    tier: str = Tier.HIGH_TECH.value
    part: str = "closing"
    township: int | None = None
    industry: str | None = None
    place: str | None = None

    def within(self, today: date) -> "LadderFilter":
        """With its days filled in; a stretch that ends before it begins is turned round."""
        last = self.last or (date(self.first.year, 12, 31) if self.first and self.first.year != today.year else today)
        first = self.first or date(last.year, 1, 1)
        return replace(self, first=min(first, last), last=max(first, last))


@dataclass(frozen=True)
class LadderFirm:
    """A firm with the titles of the ladder that it ever held."""

    firm_id: int
    township_id: int | None
    industry: str | None
    titles: tuple[Held, ...]


@dataclass(frozen=True)
class Row:
    """One line of the break: its name, the parameters that lead to its firms, its numbers."""

    name: str
    args: Mapping[str, Any]
    flow: Flow


@dataclass(frozen=True)
class Rung:
    """One rung of the wedge: firms at the closing, the share of the rung below that is on it or higher, the plan.

    holders: firms whose title of this rung is valid, those that have risen higher too: what the plan counts. widths
    and target_at: per cent of the widest bar, which is the longest of all rungs and plans.
    """

    tier: Tier
    firms: int
    holders: int
    reached: float | None
    target: int | None
    width: float
    holders_width: float
    target_at: float | None


@dataclass(frozen=True)
class Ladder:
    flow: Mapping[Tier, Flow]
    rungs: tuple[Rung, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class MovedPage:
    rows: Sequence[Any]
    moves: Mapping[int, Move]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def ladder(asked: LadderFilter, viewer: User | None) -> Ladder:
    """asked with its days filled in (within)."""
    first, last = _days(asked)
    county = _standings(asked, viewer)
    flow = flows([move(each.titles, first, last) for each in county])
    holders = Counter(tier for each in county for tier in {held.tier for held in each.titles if held.is_held(last)})
    closing = {tier: each.closing for tier, each in flow.items()}
    return Ladder(flow, rungs(closing, holders, last.year), tuple(_rows(county, asked)))


def moved_ids(asked: LadderFilter, viewer: User | None) -> dict[int, Move]:
    """The firms a number counts, each with what became of it, in the order of their ids."""
    first, last = _days(asked)
    tier = Tier(asked.tier)
    moves = ((each, move(each.titles, first, last)) for each in _standings(asked, viewer))
    return {each.firm_id: moved for each, moved in moves if _is_counted(each.titles, moved, tier, asked)}


def _is_counted(titles: Sequence[Held], moved: Move, tier: Tier, asked: LadderFilter) -> bool:
    """Whether the number of that rung and part counts the firm."""
    first, last = _days(asked)
    of_tier = [held for held in titles if held.tier is tier]
    match asked.part:
        case "holders":
            return any(held.is_held(last) for held in of_tier)
        case "first":
            return bool(of_tier) and first <= min(held.recognized_on for held in of_tier) <= last
        case "granted":
            return any(first <= held.recognized_on <= last for held in of_tier)
    parts = {"in": IN, "out": OUT}.get(asked.part, (asked.part,))
    return any((tier, part) in parts_of(moved) for part in parts)


def moved_page(asked: LadderFilter, viewer: User | None) -> MovedPage:
    moves = moved_ids(asked, viewer)
    number = min(asked.page, max(1, -(-len(moves) // asked.size)))
    ids = list(moves)[(number - 1) * asked.size : number * asked.size]
    return MovedPage(firm_rows(ids), moves, len(moves), number, asked.size)


def firm_rows(firm_ids: Sequence[int]) -> Sequence[Any]:
    shown = sa.select(Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), User.name.label("owner"))
    shown = shown.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Firm.owner_id)
    return db.session.execute(shown.where(Firm.id.in_(firm_ids)).order_by(Firm.id)).all()


def _days(asked: LadderFilter) -> tuple[date, date]:
    if asked.first is None or asked.last is None:
        raise ValueError("the days are filled in first: asked.within(today)")
    return asked.first, asked.last


def _standings(asked: LadderFilter, viewer: User | None) -> list[LadderFirm]:
    held: dict[int, list[Held]] = defaultdict(list)
    fields = ("firm_id", "title", "recognized_on", "valid_until", "ended_on", "end_reason")
    for firm_id, title, on, until, ended, reason in raw_rows(Recognition, fields, Recognition.title.in_(RUNGS)):
        held[firm_id].append(Held(RUNGS[title], on, until, ended, reason))
    wanted: Any = sa.select(Firm.id, Firm.township_id, Firm.industry_code).where(Firm.archived_at.is_(None))
    for condition in _conditions(asked):
        wanted = wanted.where(condition)
    rows = db.session.execute(within_scope(wanted, viewer, Firm.township_id).order_by(Firm.id))
    return [LadderFirm(key, town, code and code[:_DIVISION], tuple(held.get(key, ()))) for key, town, code in rows]


def _conditions(asked: LadderFilter) -> Iterator[sa.ColumnElement[bool]]:
    if asked.township:
        yield Firm.township_id.in_(areas_within({asked.township}))
    if asked.place:
        town = Firm.township_id
        yield town.is_(None) if asked.place == "none" else town.in_(areas_within({int(asked.place)}))
    if asked.industry:
        yield (
            Firm.industry_code.is_(None) if asked.industry == "none" else Firm.industry_code.startswith(asked.industry)
        )


def rungs(closing: Mapping[Tier, int], holders: Mapping[Tier, int], year: int) -> tuple[Rung, ...]:
    """From 省科小 upwards; reached: of those on the rung below or higher, how many are on this one or higher."""
    targets, ladder = aimed_stock(year), list(Tier)
    on_or_above = {tier: sum(closing[each] for each in ladder[rank:]) for rank, tier in enumerate(ladder)}
    widest = max([1, *targets.values(), *(max(closing[tier], holders.get(tier, 0)) for tier in ladder[1:])])
    return tuple(
        Rung(
            tier,
            closing[tier],
            holders.get(tier, 0),
            on_or_above[tier] / on_or_above[below] if on_or_above[below] else None,
            targets.get(tier),
            100 * closing[tier] / widest,
            100 * holders.get(tier, 0) / widest,
            100 * targets[tier] / widest if tier in targets else None,
        )
        for below, tier in zip(ladder, ladder[1:], strict=False)
    )


def _rows(county: Sequence[LadderFirm], asked: LadderFilter) -> Iterator[Row]:
    tier = Tier(asked.tier)
    if asked.by in ("month", "year"):
        for name, first, last in _stretches(asked):
            args = {"first": first.isoformat(), "last": last.isoformat()}
            yield Row(name, args, flows([move(each.titles, first, last) for each in county])[tier])
        return
    first, last = _days(asked)
    parameter, names, key = _groups(asked.by)
    groups: dict[Any, list[Move]] = defaultdict(list)
    for each in county:
        groups[key(each)].append(move(each.titles, first, last))
    ordered = [*(known for known in names if known in groups), *([None] if None in groups else [])]
    for known in ordered:
        value = "none" if known is None else str(known)
        yield Row(names.get(known, _NOWHERE), {parameter: value}, flows(groups[known])[tier])


def _groups(by: str) -> tuple[str, Mapping[Any, str], Callable[[LadderFirm], Any]]:
    """The parameter of a group, the names of the groups in their order, and the group of a firm."""
    if by == "industry":
        divisions = sa.select(Industry.code, Industry.name).where(sa.func.length(Industry.code) == _DIVISION)
        names = _pairs(divisions.order_by(Industry.code))
        return "industry", names, lambda each: each.industry if each.industry in names else None
    tops = top_townships()
    towns = sa.select(Township.id, Township.name).order_by(Township.position, Township.id)
    names = {key: name for key, name in _pairs(towns).items() if tops[key] == key}
    return "place", names, lambda each: tops.get(each.township_id) if each.township_id else None


def _pairs(statement: Any) -> dict[Any, str]:
    return dict(tuple(row) for row in db.session.execute(statement))


def _stretches(asked: LadderFilter) -> Iterable[tuple[str, date, date]]:
    """The months of the stretch (of its last year at most), or the years that end with it."""
    first, last = _days(asked)
    if asked.by == "year":
        for year in range(max(last.year - _YEARS_SHOWN + 1, 1900), last.year + 1):
            yield f"{year} 年", date(year, 1, 1), min(date(year, 12, 31), last)
        return
    begins = max(first, date(last.year, 1, 1))
    while begins <= last:
        following = (begins.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield f"{begins.year} 年 {begins.month} 月", begins, min(following - timedelta(days=1), last)
        begins = following
