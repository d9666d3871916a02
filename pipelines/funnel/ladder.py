"""The ladder: where a firm stands on a day, and how the county moved between two days.

A position is computed from recognitions, never kept; so a day that is past looks the same whatever is recorded later
with a later date. Titles beside the ladder (国科小, 专精特新) lift nobody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pipelines.vocabulary import ChangeKind, Movement, RecognitionEnd, Tier, Title

RUNGS: Mapping[Title, Tier] = {title: tier for title in Title for tier in Tier if title.value == tier.value}
LADDER = tuple(Tier)
_AWAY = (RecognitionEnd.MOVED_AWAY, RecognitionEnd.DEREGISTERED)


class Held(NamedTuple):
    """A title of the ladder: valid from recognized_on to valid_until (None: no term), both included, unless it ended
    on ended_on, which is the first day it is no longer held."""

    tier: Tier
    recognized_on: date
    valid_until: date | None = None
    ended_on: date | None = None
    end_reason: RecognitionEnd | None = None

    def is_held(self, on: date) -> bool:
        return (
            self.recognized_on <= on
            and (self.valid_until is None or on <= self.valid_until)
            and (self.ended_on is None or on < self.ended_on)
        )


def position(titles: Iterable[Held], on: date) -> Tier:
    """The highest rung held that day; without one the firm is a prospect."""
    return max((held.tier for held in titles if held.is_held(on)), key=LADDER.index, default=Tier.PROSPECT)


@dataclass(frozen=True)
class Move:
    """What became of one firm between two days. before and after are its positions on the day before the first and on
    the last day; movement None: it stands where it stood."""

    before: Tier
    after: Tier
    movement: Movement | None


def move(titles: Sequence[Held], first: date, last: date) -> Move:
    """From the evening before the first day to the evening of the last."""
    before, after = position(titles, first - timedelta(days=1)), position(titles, last)
    return Move(before, after, _movement(titles, before, after, last))


def _movement(titles: Sequence[Held], before: Tier, after: Tier, last: date) -> Movement | None:
    if before is after:
        return None
    if before is Tier.PROSPECT:
        return Movement.NEW
    if LADDER.index(after) > LADDER.index(before):
        return Movement.PROMOTED
    return Movement.LEFT if after is Tier.PROSPECT and _has_left(titles, before, last) else Movement.LAPSED


def _has_left(titles: Sequence[Held], before: Tier, last: date) -> bool:
    """Whether the last title of that rung ended because the firm went away, not because it was lost."""
    ended = [held for held in titles if held.tier is before and held.ended_on and held.ended_on <= last]
    return any(held.end_reason in _AWAY for held in ended)


class Change(NamedTuple):
    """What changed for one firm on one day; before and after are rungs by identifier, empty where there is none.

    POSITION: it moved from one rung to another. HOLDING: it came to hold the title of a rung, or ceased to; a firm on a
    higher rung may well hold the lower title still. FIRST: it was given that title for the first time. GRANTED: it was
    given it, first or again.
    """

    on: date
    kind: ChangeKind
    before: str
    after: str


def changes_of(titles: Iterable[Held]) -> list[Change]:
    """Everything the records tell, ends of terms that are yet to come included; the oldest first.

    Summed up to a day the changes give what position and is_held give on it; a test holds it.
    """
    held = sorted(titles, key=lambda each: each.recognized_on)
    return sorted([*_position_changes(held), *_holding_changes(held), *_grants(held)])


def _turns(titles: Iterable[Held]) -> list[date]:
    """The days on which anything may begin or end."""
    days = set()
    for each in titles:
        ends = [each.valid_until + timedelta(days=1)] if each.valid_until else []
        days.update([each.recognized_on, *ends, *([each.ended_on] if each.ended_on else [])])
    return sorted(days)


def _position_changes(titles: Sequence[Held]) -> Iterator[Change]:
    before = Tier.PROSPECT
    for day in _turns(titles):
        after = position(titles, day)
        if after is not before:
            yield Change(day, ChangeKind.POSITION, before.value, after.value)
        before = after


def _holding_changes(titles: Sequence[Held]) -> Iterator[Change]:
    for tier in {each.tier for each in titles}:
        of_tier = [each for each in titles if each.tier is tier]
        held_before = False
        for day in _turns(of_tier):
            held = any(each.is_held(day) for each in of_tier)
            if held != held_before:
                yield Change(day, ChangeKind.HOLDING, *(("", tier.value) if held else (tier.value, "")))
            held_before = held


def _grants(titles: Sequence[Held]) -> Iterator[Change]:
    """titles: the oldest first. A firm given the same title twice on one day was given it once."""
    given: dict[Tier, set[date]] = {}
    for each in titles:
        days = given.setdefault(each.tier, set())
        if not days:
            yield Change(each.recognized_on, ChangeKind.FIRST, "", each.tier.value)
        if each.recognized_on not in days:
            yield Change(each.recognized_on, ChangeKind.GRANTED, "", each.tier.value)
        days.add(each.recognized_on)


@dataclass(frozen=True)
class Flow:
    """One rung between two days, in firms.

    opening + new + risen_in + lapsed_in − risen_out − lapsed − left = closing; a test holds it for every rung,
    township and stretch of days. risen_in: from a lower rung; lapsed_in: down from a higher one.
    """

    opening: int = 0
    new: int = 0
    risen_in: int = 0
    lapsed_in: int = 0
    risen_out: int = 0
    lapsed: int = 0
    left: int = 0
    closing: int = 0


_IN = {Movement.NEW: "new", Movement.PROMOTED: "risen_in", Movement.LAPSED: "lapsed_in", Movement.LEFT: "lapsed_in"}
_OUT = {Movement.PROMOTED: "risen_out", Movement.LAPSED: "lapsed", Movement.LEFT: "left", Movement.NEW: "risen_out"}
# What a number counts → which firms these are.
PARTS = ("opening", "new", "risen_in", "lapsed_in", "risen_out", "lapsed", "left", "closing")


def parts_of(moved: Move) -> tuple[tuple[Tier, str], ...]:
    """The numbers of the table in which this firm is counted: (rung, part)."""
    counted = [(moved.before, "opening"), (moved.after, "closing")]
    if moved.movement:
        counted += [(moved.before, _OUT[moved.movement]), (moved.after, _IN[moved.movement])]
    return tuple(counted)


def flows(moves: Iterable[Move]) -> dict[Tier, Flow]:
    counts = {tier: dict.fromkeys(PARTS, 0) for tier in Tier}
    for moved in moves:
        for tier, part in parts_of(moved):
            counts[tier][part] += 1
    return {tier: Flow(**parts) for tier, parts in counts.items()}
