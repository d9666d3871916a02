from datetime import date
from decimal import Decimal

import pytest

from crm.actions.changes import Comparison, Conflict, Opened, compare, plain
from pipelines.vocabulary import Tier

WAS, MINE, THEIRS = "打开时", "我的", "别人的"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (Decimal("40000000.00"), "40000000"),
        (Decimal("0.10"), "0.1"),
        (Decimal("0"), "0"),
        (date(2026, 11, 23), "2026-11-23"),
        (Tier.HIGH_TECH, "high_tech"),
        (True, True),
        (3, 3),
        ("文字", "文字"),
    ],
)
def test_plain_value_survives_a_trip_through_an_event(value, kept):
    assert plain(value) == kept


@pytest.mark.parametrize(
    ("opened", "yours", "now", "expected"),
    [
        (WAS, WAS, WAS, Comparison((), (), ())),
        (WAS, MINE, WAS, Comparison(("f",), (), ())),
        (WAS, WAS, THEIRS, Comparison((), ("f",), ())),
        (WAS, THEIRS, THEIRS, Comparison((), (), ())),
        (WAS, None, WAS, Comparison(("f",), (), ())),
        (WAS, MINE, THEIRS, Comparison((), (), (Conflict("f", WAS, MINE, THEIRS),))),
        (WAS, None, THEIRS, Comparison((), (), (Conflict("f", WAS, None, THEIRS),))),
    ],
    ids=["nobody", "only I", "only another", "both the same", "I cleared it", "both", "I cleared what another changed"],
)
def test_comparison_tells_whose_change_is_whose(opened, yours, now, expected):
    assert compare(Opened({"f": opened}), {"f": yours}, {"f": now}) == expected


def test_form_that_forgot_what_it_was_opened_with_overwrites_nothing():
    asked = compare(Opened(), {"f": MINE}, {"f": THEIRS})

    assert asked == Comparison((), (), (Conflict("f", None, MINE, THEIRS),))


@pytest.mark.parametrize(("side", "written"), [("yours", ("f",)), ("now", ())])
def test_choice_settles_a_conflict(side, written):
    chosen = Opened({"f": WAS}, seen={"f": THEIRS}, chosen={"f": side})

    assert compare(chosen, {"f": MINE}, {"f": THEIRS}) == Comparison(written, (), ())


def test_choice_against_a_value_that_moved_again_is_asked_again():
    chosen = Opened({"f": WAS}, seen={"f": THEIRS}, chosen={"f": "yours"})

    asked = compare(chosen, {"f": MINE}, {"f": "第三人的"})

    assert asked.conflicts == (Conflict("f", WAS, MINE, "第三人的"),)
