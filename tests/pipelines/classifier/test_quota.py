"""How many must apply so that a hundred pass: the table of the study, and the laws behind it."""

import numpy as np
import pytest

from pipelines.classifier.quota import distribution, needed, outlook


@pytest.mark.parametrize(
    ("p", "tau", "applicants"),
    [
        (0.60, 0.0, 180), (0.60, 0.15, 187), (0.60, 0.25, 196), (0.60, 0.50, 230), (0.50, 0.25, 243), (0.70, 0.25, 162),
        (0.80, 0.25, 137),
    ],
)  # fmt: skip
def test_applicants_for_nine_chances_in_ten_of_a_hundred(p, tau, applicants):
    assert needed([p] * 400, 100, tau=tau) == applicants


def test_a_list_that_is_too_short_is_never_enough():
    assert needed([0.9] * 99, 100) is None


def test_without_a_shock_it_is_the_binomial():
    chances = distribution(np.full(10, 0.5), tau=0.0)

    assert chances == pytest.approx([1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1] / np.float64(1024))


def test_the_chances_add_up_and_the_interval_holds_the_expectation():
    probabilities = np.random.RandomState(3).random_sample(200)
    seen = outlook(probabilities, 100)

    assert distribution(probabilities).sum() == pytest.approx(1.0)
    assert seen.low <= seen.expected <= seen.high


def test_a_shared_shock_widens_the_interval_and_moves_the_middle_little():
    alone, shared = (outlook([0.6] * 185, 100, tau) for tau in (0.0, 0.25))

    assert shared.high - shared.low > alone.high - alone.low
    assert abs(shared.expected - alone.expected) < 2


def test_the_interval_holds_the_truth_in_about_four_years_of_five():
    chance = np.random.RandomState(11)
    logits = chance.standard_normal(185) * 0.8 + 0.4
    hits = 0
    for _ in range(200):
        shock = 0.25 * chance.standard_normal()
        passed = (chance.random_sample(185) < 1 / (1 + np.exp(-(logits + shock)))).sum()
        seen = outlook(1 / (1 + np.exp(-logits)), 100)
        hits += seen.low <= passed <= seen.high

    assert 0.70 <= hits / 200 <= 0.92


def test_nobody_picked_brings_nothing():
    seen = outlook([], 100)

    assert (seen.firms, seen.expected, seen.low, seen.high, seen.sure) == (0, 0.0, 0, 0, 0.0)
