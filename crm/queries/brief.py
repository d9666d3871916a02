"""月报 and 季报: sentences and tables of a stretch of days, each number with the list that holds as many."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from crm.models import User
from crm.queries.dashboard import Dashboard, TownshipLine, dashboard
from crm.queries.follow_ups import NEEDS, OVERDUE, count_follow_ups
from crm.queries.ladder import LadderFilter, firm_rows, moved_ids
from crm.queries.target_states import TargetState
from crm.queries.trainings import trainings
from crm.queries.visits import VisitFilter, count_visits
from crm.queries.work_filter import WorkFilter
from pipelines.vocabulary import ReportKind, Tier

_SQUARES = 5
_FIRMS_A_LIST = 200


@dataclass(frozen=True)
class Period:
    """first–last, both included; as_of: its last day, or today while it is not over."""

    kind: ReportKind
    first: date
    last: date
    as_of: date

    @property
    def name(self) -> str:
        if self.kind is ReportKind.MONTHLY:
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first.year}年第{'一二三四'[(self.first.month - 1) // 3]}季度"

    @property
    def code(self) -> str:
        """As addresses have it: 2026-10, 2026-Q3."""
        if self.kind is ReportKind.MONTHLY:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}-Q{(self.first.month + 2) // 3}"


class Number(NamedTuple):
    value: int
    endpoint: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """One sentence; {0}, {1} … in its pattern stand for the numbers."""

    pattern: str
    numbers: Sequence[Number] = ()

    @property
    def parts(self) -> list[str | Number]:
        pieces = re.split(r"\{(\d+)\}", self.pattern)
        return [self.numbers[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)]

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else f"{part.value:,}" for part in self.parts)


class Moved(NamedTuple):
    firm_id: int
    name: str
    township: str
    change: str
    before: str
    after: str


@dataclass(frozen=True)
class Brief:
    period: Period
    board: Dashboard
    overview: Sequence[Said]
    progress: Sequence[Said]
    moves: Sequence[Said]
    work: Sequence[Said]
    moved: Sequence[Moved]

    @property
    def title(self) -> str:
        return f"高企培育工作{self.period.kind.label}（{self.period.name}）"

    def values(self) -> dict[str, Any]:
        """All of it as texts: what the paper is filled with, and what is kept of it."""
        return {
            "title": self.title,
            "as_of": str(self.period.as_of),
            **{name: [said.text for said in getattr(self, name)] for name in ("overview", "progress", "moves", "work")},
            "targets": [_target_row(state) for state in self.board.targets],
            "townships": [_township_row(line, self.board.townships) for line in self.board.townships],
            "moved": [moved._asdict() for moved in self.moved],
        }


def period_of(code: str, today: date) -> Period | None:
    """None for what is no period, or one that has not begun."""
    found = re.fullmatch(r"(20\d\d)-(?:(0[1-9]|1[0-2])|Q([1-4]))", code)
    if found is None:
        return None
    year, month, quarter = found.groups()
    kind = ReportKind.MONTHLY if month else ReportKind.QUARTERLY
    begins = date(int(year), int(month) if month else 3 * int(quarter) - 2, 1)
    months = 1 if month else 3
    last = begins
    for _ in range(months):
        last = (last + timedelta(days=31)).replace(day=1)
    last -= timedelta(days=1)
    return Period(kind, begins, last, min(last, today)) if begins <= today else None


def recent_periods(today: date) -> list[Period]:
    """What may be wanted now: this month and the six before, this quarter and the three before."""
    months, quarters = [today.replace(day=1)], [date(today.year, (today.month - 1) // 3 * 3 + 1, 1)]
    while len(months) < 7:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    while len(quarters) < 4:
        before = quarters[-1] - timedelta(days=1)
        quarters.append(date(before.year, (before.month - 1) // 3 * 3 + 1, 1))
    codes = [*(f"{each:%Y-%m}" for each in months), *(f"{each.year}-Q{(each.month + 2) // 3}" for each in quarters)]
    return [period for code in codes if (period := period_of(code, today))]


def brief(period: Period, viewer: User | None, today: date) -> Brief:
    board = dashboard(period.as_of, viewer, today)
    return Brief(
        period=period,
        board=board,
        overview=list(_overview(period, board, viewer)),
        progress=list(_progress(board)),
        moves=list(_moves(period, viewer)),
        work=list(_work(period, viewer, today)),
        moved=_moved(period, viewer),
    )


def _listed(period: Period, tier: Tier, part: str, viewer: User | None) -> Number:
    asked = LadderFilter(first=period.first, last=period.as_of, tier=tier.value, part=part)
    return Number(len(moved_ids(asked, viewer)), "funnel.show", _args(asked))


def _args(asked: LadderFilter) -> dict[str, Any]:
    return {"first": str(asked.first), "last": str(asked.last), "tier": asked.tier, "part": asked.part}


def _overview(period: Period, board: Dashboard, viewer: User | None) -> Iterator[Said]:
    stretch = {"first": str(period.first), "last": str(period.as_of), "part": "holders"}
    held = [Number(rung.holders, "funnel.show", stretch | {"tier": rung.tier.value}) for rung in board.rungs]
    yield Said(
        f"截至{_day(period.as_of)}，全县有效省科技型中小企业{{0}}家，高新技术企业{{1}}家，科技小巨人{{2}}家，"
        "科技领军企业{3}家。",
        held,
    )
    given = [_listed(period, Tier.HIGH_TECH, part, viewer) for part in ("first", "granted")]
    yield Said("本期首次认定高新技术企业{0}家，连同重新认定共{1}家。", given)


def _progress(board: Dashboard) -> Iterator[Said]:
    known = [state for state in board.targets if state.actual is not None]
    done = [state for state in known if state.gap == 0]
    behind = [state for state in known if state.is_behind and state.gap]
    if not board.targets:
        yield Said(f"{board.on.year}年的目标还没有填写。")
        return
    yield Said(
        f"全年{len(board.targets)}项目标中，{len(known)}项有数，其中已完成{len(done)}项，落后于日历进度{len(behind)}项"
        + (f"：{'、'.join(state.target.label for state in behind)}。" if behind else "。")
    )
    for state in board.targets:
        if state.expected:
            seen = state.expected
            words = f"{state.target.label}：本批次预计通过{seen.firms:.0f}家（八成把握在{seen.lo}至{seen.hi}家之间）。"
            yield Said(words)


def _moves(period: Period, viewer: User | None) -> Iterator[Said]:
    for tier in (Tier.HIGH_TECH, Tier.TECH_SME):
        numbers = [_listed(period, tier, part, viewer) for part in ("in", "out", "risen_out")]
        yield Said(f"本期{tier.label}进入{{0}}家，退出{{1}}家，退出的当中升级{{2}}家（每家只算最高一级）。", numbers)


def _work(period: Period, viewer: User | None, today: date) -> Iterator[Said]:
    asked = VisitFilter(first=period.first, last=period.as_of)
    visits = Number(count_visits(asked, viewer), "visits.index", asked.to_args())
    held = [row for row in trainings(viewer) if period.first <= row.Training.held_on <= period.as_of]
    yield Said(f"本期走访企业{{0}}次；举办培训{len(held)}场，参加企业{sum(row.firms for row in held)}家次。", [visits])
    if period.as_of == today:  # of a past day nobody kept what was open then
        filters = [WorkFilter(which=which) for which in (OVERDUE, NEEDS)]
        owed = [Number(count_follow_ups(f, viewer, today), "follow_ups.index", f.to_args()) for f in filters]
        yield Said("目前逾期的跟进{0}件，未办结的企业诉求{1}件。", owed)


def _moved(period: Period, viewer: User | None) -> list[Moved]:
    """Firms that came onto 高企 or left it, those that came first."""
    asked = LadderFilter(first=period.first, last=period.as_of, tier=Tier.HIGH_TECH.value)
    came, went = (moved_ids(replace(asked, part=part), viewer) for part in ("in", "out"))
    moves = [*came.items(), *went.items()][:_FIRMS_A_LIST]
    rows = {row.id: row for row in firm_rows([firm_id for firm_id, _ in moves])}
    return [
        Moved(
            firm_id, rows[firm_id].name, rows[firm_id].township or "—",
            move.movement.label if move.movement else "—", move.before.label, move.after.label,
        )
        for firm_id, move in moves
    ]  # fmt: skip


def _target_row(state: TargetState) -> dict[str, str]:
    return {
        "label": f"{state.target.label}（{state.target.unit}）",
        "actual": _plain(state.actual),
        "aim": _plain(state.aim),
        "bar": _bar(state.reached),
        "gap": "已完成" if state.gap == 0 else _plain(state.gap),
        "year_ago": _plain(state.year_ago),
    }


def _township_row(line: TownshipLine, lines: Sequence[TownshipLine]) -> dict[str, str]:
    most = max(each.high_tech for each in lines) or 1
    return {
        "name": line.name, "tech_sme": f"{line.tech_sme:,}", "high_tech": f"{line.high_tech:,}",
        "first": f"{line.first:,}", "rank": str(line.rank), "bar": "■" * round(_SQUARES * line.high_tech / most),
    }  # fmt: skip


def _bar(reached: float | None) -> str:
    """Five squares and the share in per cent: a chart that needs neither picture nor font."""
    if reached is None:
        return "—"
    full = min(_SQUARES, int(reached * _SQUARES))
    return "■" * full + "□" * (_SQUARES - full) + f" {reached * 100:.0f}%"


def _plain(number: Decimal | None) -> str:
    return "—" if number is None else f"{number.normalize():,f}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
