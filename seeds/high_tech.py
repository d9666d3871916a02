"""高企: the firms live through the yearly rounds, apply, pass or fail, hold a certificate, renew it or lose it.

Passing is decided on the audited truth and a panel with chance (CLASSIFIER §2); what is kept of a round is only what
an office sees: that a firm applied, when, what the result was, and, mostly, the score and the reason.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from seeds.draws import Flags, Floats, Ints, logistic, stream
from seeds.figures import Books, required_rd
from seeds.ip_rights import Rights
from seeds.population import PAST_YEARS, Population

# Dates on Zhejiang's certificates (POLICY §1.11); other years take a day on which no certificate of three years
# before has run out yet, so that the stock has no hole.
_CERTIFIED_ON = {
    2019: (12, 4), 2020: (12, 1), 2021: (12, 16), 2022: (12, 24), 2023: (12, 8), 2024: (12, 6),
}  # fmt: skip
REASONS = (
    "",
    "主要产品（服务）核心技术不属于国家重点支持的领域",
    "科技人员占比经核实不足10%",
    "研发费用专项审计核减后占比不达标",
    "高新技术产品（服务）收入占比经核实不足60%",
    "创新能力评价未超过70分",
    "申报材料不完整或前后不一致",
    "申请前一年内发生重大事故或严重环境违法",
    "无有效知识产权支撑主要产品",
)
FIRST, RENEWAL = 0, 1
_SCORE_REASON = 5
_PANEL, _YEAR = 3.5, 1.1  # points: one panel against another, one year against another
_ROUNDS = PAST_YEARS - 3  # the first rounds have three fiscal years behind them


@dataclass
class Round:
    """One year's applications: positions of firms, and what became of each."""

    year: int
    firm: Ints
    kind: Ints
    submitted: Ints
    decided_on: date
    reason: Ints  # 0: passed
    score: Ints
    withdrawn: Flags
    truth: "Truth"


@dataclass(frozen=True)
class Truth:
    """Of every firm of the block, whether it applied or not; nothing of it leaves the seeds but by seeds/truth.py.

    chance: of passing, for somebody who knows the audited figures and the fair score but neither the panel's mood nor
    the paperwork. would_pass: what would have come out that year. score: the fair score out of 100.
    """

    eligible: Flags
    chance: Floats
    would_pass: Flags
    score: Floats


@dataclass
class Course:
    """How far the firms have come: the year a certificate runs out, and whether they failed before."""

    until: Ints
    failed: Ints
    failures: Ints
    outside: Flags
    rounds: list[Round] = field(default_factory=list)


def certified_on(year: int) -> date:
    month, day = _CERTIFIED_ON.get(year, (12, 5))
    return date(year, month, day)


def lived_rounds(firms: Population, books: Books, rights: Rights, accidents: Ints) -> list[Round]:
    """accidents: the day of a firm's grave accident or violation, 0 for none."""
    none = np.zeros(firms.size, dtype=np.int64)
    course = Course(until=none, failed=none, failures=none.copy(), outside=none > 0)
    in_field = firms.setting.chance("field").random_sample(firms.size) < firms.sector_figure("in_field")
    for year in range(firms.setting.today.year - _ROUNDS, firms.setting.today.year + 1):
        _live_round(firms, books, rights, accidents, in_field, course, year)
    return course.rounds


def _live_round(
    firms: Population, books: Books, rights: Rights, accidents: Ints, in_field: Flags, course: Course, year: int
) -> None:
    chance = stream(firms.setting.seed, "round", firms.setting.block, year - firms.setting.today.year)
    opened = date(year, 6, 10).toordinal()
    submitted = opened + chance.randint(0, 52, firms.size)
    score = _true_score(firms, books, rights, opened, year)
    margins = _Margins.of(books, year - firms.setting.today.year + PAST_YEARS)
    expires = course.until == year
    free = course.until < year
    one, two = rights.counts(opened, firms.size)
    eligible = (submitted - firms.founded >= 365) & (firms.gone_year > year)
    eligible &= (one + two > 0) | (chance.random_sample(firms.size) < 0.1)  # agencies ask for rights first
    readiness = _readiness(firms, margins, score, course, in_field, year, chance.standard_normal(firms.size))
    draw = chance.random_sample(firms.size)
    applies = eligible & ((free & (draw < logistic(readiness))) | (expires & (draw < 0.93 + 0.02 * firms.management)))
    panel = score + np.where(expires, 3.5, 0.0) + _PANEL * chance.standard_normal(firms.size) + _strictness(firms, year)
    marks = np.clip(np.round(panel), 38, 96).astype(np.int64)
    tidy = logistic(2.6 + 0.6 * firms.management) + np.where(expires, 0.04, 0)
    complete = chance.random_sample(firms.size) < tidy
    hit = (accidents > submitted - 365) & (accidents < submitted)
    reason = np.select(
        [one + two == 0, hit, ~in_field, *margins.failures(), marks <= 70, ~complete],
        [8, 7, 1, 2, 3, 4, _SCORE_REASON, 6],
        default=0,
    )
    withdrawn = applies & (reason > 0) & (chance.random_sample(firms.size) < 0.05)
    passed = applies & (reason == 0)
    barred = np.logical_or.reduce([one + two == 0, hit, ~in_field, *margins.failures()])
    fair = score + np.where(expires, 3.5, 0.0)
    truth = Truth(
        free & eligible, np.where(barred, 0.0, _above_seventy(fair) * np.minimum(tidy, 1.0)), reason == 0, score
    )
    course.rounds.append(_kept(year, applies, expires, submitted, reason, marks, withdrawn, truth))
    rights.spend(passed, opened, year, chance)
    course.until = np.where(passed, year + 3, course.until)
    course.failed = np.where(applies & ~passed, year, course.failed)
    course.failures += applies & ~passed
    course.outside |= applies & (reason == 1)


def _above_seventy(score: Floats) -> Floats:
    """The share of panels and years in which a fair score ends above 70 (a logistic curve lies within 0.01 of it)."""
    return logistic(1.702 * (score - 70.5) / np.hypot(_PANEL, _YEAR))


def _kept(
    year: int, applies: Flags, expires: Flags, submitted: Ints, reason: Ints, marks: Ints, withdrawn: Flags,
    truth: Truth,
) -> Round:  # fmt: skip
    firm = np.flatnonzero(applies)
    # A panel that found the score short is on record as short; one that did not is not.
    score = np.where(reason == _SCORE_REASON, np.minimum(marks, 70), np.maximum(marks, 71))
    return Round(
        year=year,
        firm=firm,
        kind=np.where(expires, RENEWAL, FIRST)[firm],
        submitted=submitted[firm],
        decided_on=certified_on(year),
        reason=reason[firm],
        score=score[firm],
        withdrawn=withdrawn[firm],
        truth=truth,
    )


@dataclass
class _Margins:
    """Distances from the lines, reported and audited, over the official three years."""

    rd: Floats
    rd_audited: Floats
    tech: Floats
    tech_audited: Floats
    high_tech: Floats
    high_tech_audited: Floats

    @classmethod
    def of(cls, books: Books, column: int) -> "_Margins":
        span = slice(max(column - 3, 0), column)
        counted = books.exists[:, span]
        sales = np.maximum((books.sales[:, span] * counted).sum(axis=1), 1.0)
        notch = required_rd(books.sales[:, column - 1])
        last = column - 1
        return cls(
            rd=np.log((books.rd[:, span] * counted).sum(axis=1) / sales / notch + 1e-4),
            rd_audited=np.log((books.rd_audited[:, span] * counted).sum(axis=1) / sales / notch + 1e-4),
            tech=np.log(books.tech_share[:, last] / 0.10),
            tech_audited=np.log(books.tech_share_audited[:, last] / 0.10),
            high_tech=books.high_tech_share[:, last] - 0.60,
            high_tech_audited=books.high_tech_share_audited[:, last] - 0.60,
        )

    def failures(self) -> tuple[Flags, Flags, Flags]:
        """The auditor lets a shadow pass: what is short by a hair is argued over the line."""
        return self.tech_audited < -0.08, self.rd_audited < -0.016, self.high_tech_audited < -0.04


def _readiness(
    firms: Population, margins: _Margins, score: Floats, course: Course, in_field: Flags, year: int, noise: Floats
) -> Floats:
    """How inclined a firm is to apply: its own rosy view of the rules, its ambition, and what happened before."""
    rosy = 1.9 * np.clip((score + 3.5 * noise - 74.9) / 8.0, -2.5, 1.0)
    lines = 7.0 * np.clip(margins.rd, -1.2, 0.05) + 4.0 * np.clip(margins.tech, -1.0, 0.05)
    lines = lines + 9.0 * np.clip(margins.high_tech, -0.5, 0.03)
    past = np.where(course.failed == year - 1, -0.4, 0.0) - 0.5 * course.failures - 2.5 * course.outside
    asleep = np.where(year >= firms.aspires_from, 0.0, -4.5) - 1.9 * ~in_field
    return rosy + lines + 0.6 * firms.ambition + past + asleep - 0.65


def _strictness(firms: Population, year: int) -> float:
    """All firms of a year face the same panel: the shared shock of CLASSIFIER §4.5, in points."""
    return float(_YEAR * stream(firms.setting.seed, "panel", year).standard_normal())


def _true_score(firms: Population, books: Books, rights: Rights, on: int, year: int) -> Floats:
    """195号 三（七）: IP 30, conversions 30, organisation 20, growth 20, as a fair panel would see them."""
    column = year - firms.setting.today.year + PAST_YEARS
    one, two = rights.counts(on, firms.size)
    count = np.select([one >= 1, two >= 5, two >= 3, two >= 1], [7.5, 5.5, 3.5, 1.5], default=0.0)
    advanced = 8 * logistic(0.75 + 0.7 * firms.quality + 0.25 * np.log1p(one))
    supports = 8 * logistic(0.9 + 0.5 * firms.quality + 0.3 * firms.management)
    own = np.where(rights.own_work(on, firms.size), 5.5, 2.0)
    span = slice(max(column - 3, 0), column)
    conversions = np.minimum(8.0 + 3.6 * books.conversions[:, span].mean(axis=1), 28.0)
    organisation = 20 * logistic(1.05 + 0.75 * firms.management)
    net = books.assets * (1 - books.debt_share)
    growth = _growth_points(books.sales, books.exists, column) + _growth_points(net, books.exists, column)
    return np.minimum(count + advanced + supports + own, 30) + conversions + organisation + growth + 13.4


def _growth_points(values: Floats, exists: Flags, column: int) -> Floats:
    first, middle, last = values[:, column - 3], values[:, column - 2], values[:, column - 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(exists[:, column - 3], 0.5 * (middle / first + last / middle) - 1, last / middle - 1)
    rate = np.where(exists[:, column - 2] & (first > 0) & (middle > 0), rate, -1.0)
    bands = [rate >= 0.35, rate >= 0.25, rate >= 0.15, rate >= 0.05, rate > 0]
    return np.select(bands, [9.5, 7.5, 5.5, 3.5, 1.5], default=0.0)
