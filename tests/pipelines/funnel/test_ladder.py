"""The ladder: a firm's place on a day, and how a county moved between two days."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from pipelines.funnel.ladder import LADDER, Held, changes_of, flows, move, position
from pipelines.vocabulary import ChangeKind, Movement, RecognitionEnd, Tier

NEW_YEAR, YEARS_END = date(2025, 1, 1), date(2025, 12, 31)


def high_tech(on: str, until: str | None = None, **end) -> Held:
    return Held(Tier.HIGH_TECH, date.fromisoformat(on), until and date.fromisoformat(until), **end)


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        ("2022-12-23", Tier.PROSPECT),  # the day before
        ("2022-12-24", Tier.HIGH_TECH),
        ("2025-12-24", Tier.HIGH_TECH),  # the last day counts
        ("2025-12-25", Tier.PROSPECT),
    ],
)
def test_a_certificate_holds_from_its_first_to_its_last_day(on, tier):
    assert position([high_tech("2022-12-24", "2025-12-24")], date.fromisoformat(on)) is tier


def test_the_day_a_title_ends_it_is_no_longer_held():
    held = high_tech("2022-12-24", "2025-12-24", ended_on=date(2024, 5, 1), end_reason=RecognitionEnd.CANCELLED)

    assert position([held], date(2024, 4, 30)) is Tier.HIGH_TECH
    assert position([held], date(2024, 5, 1)) is Tier.PROSPECT


def test_of_several_titles_the_highest_rung_counts():
    titles = [Held(Tier.TECH_SME, date(2020, 1, 1)), high_tech("2022-12-24", "2025-12-24")]

    assert position(titles, date(2025, 6, 1)) is Tier.HIGH_TECH
    assert position(titles, date(2026, 6, 1)) is Tier.TECH_SME


@pytest.mark.parametrize(
    ("titles", "before", "after", "movement"),
    [
        ([], Tier.PROSPECT, Tier.PROSPECT, None),
        ([high_tech("2025-01-01")], Tier.PROSPECT, Tier.HIGH_TECH, Movement.NEW),
        ([high_tech("2024-12-31")], Tier.HIGH_TECH, Tier.HIGH_TECH, None),
        ([Held(Tier.TECH_SME, date(2020, 1, 1)), high_tech("2025-12-31")], Tier.TECH_SME, Tier.HIGH_TECH,
         Movement.PROMOTED),
        ([high_tech("2022-12-24", "2025-12-24")], Tier.HIGH_TECH, Tier.PROSPECT, Movement.LAPSED),
        ([high_tech("2022-12-24", "2025-12-24"), high_tech("2025-12-08")], Tier.HIGH_TECH, Tier.HIGH_TECH, None),
        ([high_tech("2022-12-24", None, ended_on=date(2025, 3, 1), end_reason=RecognitionEnd.MOVED_AWAY)],
         Tier.HIGH_TECH, Tier.PROSPECT, Movement.LEFT),
        ([high_tech("2022-12-24", None, ended_on=date(2025, 3, 1), end_reason=RecognitionEnd.CANCELLED)],
         Tier.HIGH_TECH, Tier.PROSPECT, Movement.LAPSED),
        ([Held(Tier.TECH_SME, date(2020, 1, 1)), high_tech("2022-12-24", "2025-12-24")],
         Tier.HIGH_TECH, Tier.TECH_SME, Movement.LAPSED),
    ],
    ids=["nothing", "new on the first day", "held before", "promoted on the last day", "lapsed", "renewed in time",
         "moved away", "cancelled", "fell back"],
)  # fmt: skip
def test_a_year_moves_a_firm(titles, before, after, movement):
    moved = move(titles, NEW_YEAR, YEARS_END)

    assert (moved.before, moved.after, moved.movement) == (before, after, movement)


def test_a_year_of_a_small_county():
    county = [
        [high_tech("2025-06-01")],
        [Held(Tier.TECH_SME, date(2020, 1, 1)), high_tech("2025-06-01")],
        [Held(Tier.TECH_SME, date(2020, 1, 1)), high_tech("2022-12-24", "2025-12-24")],
    ]

    flow = flows([move(titles, NEW_YEAR, YEARS_END) for titles in county])

    assert (flow[Tier.HIGH_TECH].opening, flow[Tier.HIGH_TECH].closing) == (1, 2)
    assert (flow[Tier.HIGH_TECH].new, flow[Tier.HIGH_TECH].risen_in, flow[Tier.HIGH_TECH].lapsed) == (1, 1, 1)
    assert (flow[Tier.TECH_SME].risen_out, flow[Tier.TECH_SME].lapsed_in) == (1, 1)


DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
TOWNS = ("西塘", "姚庄", "大云")


class County(RuleBasedStateMachine):
    """Any order of titles given, ended, taken back: the books always close, and the past stands."""

    firms = Bundle("firms")

    def __init__(self) -> None:
        super().__init__()
        self.titles: dict[int, list[Held]] = {}
        self.towns: dict[int, str] = {}
        self.seen: dict[tuple[int, date], Tier] = {}

    @initialize(target=firms, towns=st.lists(st.sampled_from(TOWNS), min_size=1, max_size=6))
    def begin(self, towns):
        for number, town in enumerate(towns):
            self.titles[number], self.towns[number] = [], town
        return multiple(*self.titles)

    @rule(firm=firms, tier=st.sampled_from(LADDER[1:]), on=DAYS, years=st.sampled_from([None, 1, 3]))
    def recognise(self, firm, tier, on, years):
        until = on + timedelta(days=365 * years) if years else None
        self._record(firm, on, [*self.titles[firm], Held(tier, on, until)])

    @rule(firm=firms, reason=st.sampled_from(RecognitionEnd), on=DAYS, which=st.integers(0, 9))
    def end(self, firm, reason, on, which):
        titles = self.titles[firm]
        if titles and (held := titles[which % len(titles)]).recognized_on <= on and held.ended_on is None:
            ended = held._replace(ended_on=on, end_reason=reason)
            self._record(firm, on, [ended if each is held else each for each in titles])

    @rule(firm=firms, which=st.integers(0, 9))
    def undo(self, firm, which):
        """What was entered by mistake goes, as if it had never been: from the day it began."""
        if titles := self.titles[firm]:
            held = titles[which % len(titles)]
            self._record(firm, held.recognized_on, [each for each in titles if each is not held])

    @rule(firm=firms, on=DAYS)
    def look(self, firm, on):
        self.seen[firm, on] = position(self.titles[firm], on)

    @rule(first=DAYS, length=st.integers(0, 2000), town=st.sampled_from((*TOWNS, None)))
    def close_the_books(self, first, length, town):
        last = first + timedelta(days=length)
        some = [titles for firm, titles in self.titles.items() if town in (None, self.towns[firm])]
        for tier, flow in flows([move(titles, first, last) for titles in some]).items():
            entered, gone = flow.new + flow.risen_in + flow.lapsed_in, flow.risen_out + flow.lapsed + flow.left
            assert flow.opening + entered - gone == flow.closing
            assert flow.closing == sum(position(titles, last) is tier for titles in some)

    @invariant()
    def the_past_stands(self):
        for (firm, on), tier in self.seen.items():
            assert position(self.titles[firm], on) is tier

    def _record(self, firm: int, on: date, titles: list[Held]) -> None:
        """What is recorded from a day on may change that day and later ones, and no earlier one."""
        self.titles[firm] = titles
        self.seen = {key: tier for key, tier in self.seen.items() if key[0] != firm or key[1] < on}


TestCounty = County.TestCase
TestCounty.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@st.composite
def some_titles(draw) -> list[Held]:
    begun = draw(st.dates(date(2020, 1, 1), date(2026, 12, 31)))
    until = draw(st.none() | st.integers(0, 1200).map(lambda days: begun + timedelta(days=days)))
    ended = draw(st.none() | st.integers(1, 1500).map(lambda days: begun + timedelta(days=days)))
    one = Held(draw(st.sampled_from(LADDER[1:])), begun, until, ended, ended and RecognitionEnd.CANCELLED)
    return [one, *(draw(some_titles()) if draw(st.booleans()) else [])]


@given(some_titles(), st.dates(date(2019, 12, 1), date(2030, 12, 31)))
def test_changes_summed_up_to_a_day_say_what_is_so_on_it(titles, on):
    until = [change for change in changes_of(titles) if change.on <= on]
    moved = [change.after for change in until if change.kind is ChangeKind.POSITION]
    assert (moved[-1] if moved else Tier.PROSPECT) == position(titles, on)
    for tier in LADDER[1:]:
        of_tier = [held for held in titles if held.tier is tier]
        held = [(c.after == tier) - (c.before == tier) for c in until if c.kind is ChangeKind.HOLDING]
        assert sum(held) == any(each.is_held(on) for each in of_tier)
        firsts = [c.on for c in changes_of(titles) if c.kind is ChangeKind.FIRST and c.after == tier]
        assert firsts == ([min(each.recognized_on for each in of_tier)] if of_tier else [])
        granted = [c.on for c in changes_of(titles) if c.kind is ChangeKind.GRANTED and c.after == tier]
        assert granted == sorted({each.recognized_on for each in of_tier})


def test_a_title_that_goes_on_without_a_day_between_is_no_change():
    renewed = [high_tech("2022-12-24", "2025-12-24"), high_tech("2025-12-08", "2028-12-08")]

    assert [(change.on.isoformat(), change.kind) for change in changes_of(renewed)] == [
        ("2022-12-24", ChangeKind.FIRST),
        ("2022-12-24", ChangeKind.GRANTED),
        ("2022-12-24", ChangeKind.HOLDING),
        ("2022-12-24", ChangeKind.POSITION),
        ("2025-12-08", ChangeKind.GRANTED),
        ("2028-12-09", ChangeKind.HOLDING),
        ("2028-12-09", ChangeKind.POSITION),
    ]
