"""The ladder: where a firm stands on a day, and how the county moved between two days.

A position is computed from recognitions, never kept; so a day that is past looks the same whatever is recorded later
with a later date. Titles beside the ladder (国科小, 专精特新) lift nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pipelines.vocabulary import Movement, RecognitionEnd, Tier, Title

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
