import numpy as np
import pytest

from pipelines.classifier.examples import applicants, decided_years, seasons
from pipelines.classifier.logistic import fitted
from pipelines.classifier.quota import TAU, needed, outlook, passes, still_needed, tau_from
from tests.pipelines.classifier.counties import SEEDS, a_ledger


@pytest.mark.parametrize(
    ("chance", "by_tau"),
    [
        (0.50, [218, 229, 243, 251, 294]),
        (0.55, [198, 206, 217, 224, 259]),
        (0.60, [180, 187, 196, 201, 230]),
        (0.65, [166, 171, 178, 182, 205]),
        (0.70, [153, 157, 162, 166, 184]),
        (0.80, [132, 134, 137, 139, 149]),
    ],
)
def test_applicants_needed_for_a_hundred_are_those_of_the_study(chance, by_tau):
    assert [needed(chance, tau=tau) for tau in (0, 0.15, 0.25, 0.30, 0.50)] == by_tau


def test_passes_of_three_firms_are_exact_without_a_shared_shock():
    found = passes(np.array([0.5, 0.25, 1.0]), tau=0)

    assert found == pytest.approx([0, 0.375, 0.5, 0.125], abs=1e-8)


def test_shared_shock_widens_the_interval_and_leaves_the_middle():
    chances = np.full(185, 0.58)

    alone, shared = outlook(chances, tau=0), outlook(chances)

    assert (alone.lo, alone.hi) == (99, 116)
    assert (shared.lo, shared.hi) == (90, 124)
    assert shared.expected == pytest.approx(alone.expected, abs=0.5)


def test_passes_that_are_official_count_in_full():
    open_ones = np.full(40, 0.5)

    found = outlook(open_ones, target=100, already=90)

    assert found.expected == pytest.approx(110)
    assert found.lo > 100
    assert outlook(np.empty(0), target=100, already=100).reaches == 1


def test_a_stricter_panel_lowers_the_expectation():
    chances = np.full(196, 0.6)

    assert (
        outlook(chances, strictness=0.25).expected
        < outlook(chances).expected
        < outlook(chances, strictness=-0.25).expected
    )


def test_still_needed_is_the_least_number_that_reaches_the_confidence():
    picked, waiting = np.full(150, 0.6), np.full(100, 0.6)

    more = still_needed(picked, waiting)

    assert more == 46  # 196 in all
    assert outlook(np.full(195, 0.6)).reaches < 0.9 <= outlook(np.full(196, 0.6)).reaches


def test_still_needed_is_nothing_when_reached_and_unknown_when_all_are_too_few():
    assert still_needed(np.full(250, 0.6), np.full(10, 0.6)) == 0
    assert still_needed(np.full(20, 0.6), np.full(10, 0.6)) is None


def test_shared_shock_is_the_default_without_history_and_never_below_the_floor_with_little():
    quiet = (np.array([1.0, 0.0]), np.array([0.5, 0.5]))

    assert tau_from([]) == TAU
    assert tau_from([quiet, quiet]) == 0.20


def test_interval_holds_the_number_of_passes_in_about_eight_county_years_of_ten():
    """Row 5 of CLASSIFIER §7: 70–92 % over at least twenty county-years the model was not trained on."""
    inside = []
    for seed in (*SEEDS, 31, 32):
        ledger = a_ledger(seed)
        lived = seasons(ledger, decided_years(ledger))
        for place in range(2, len(lived)):
            learnt, now = applicants(lived[:place]), lived[place]
            head = fitted(learnt.values, learnt.labels, learnt.years)
            told = outlook(head.probabilities(now.measured.values[now.decided]))
            inside.append(told.lo <= np.nansum(now.outcome) <= told.hi)

    assert len(inside) >= 20
    assert 0.70 <= np.mean(inside) <= 0.92
