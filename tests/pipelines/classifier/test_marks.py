"""The "must" column of CLASSIFIER §7, rows 1–7 and 12, on three fixed counties: trained up to 2024, told of 2025."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from pipelines.classifier.examples import Examples, Season, applicants, decided_years, seasons
from pipelines.classifier.logistic import fitted
from pipelines.classifier.metrics import auc, brier, log_loss, precision_at
from pipelines.classifier.potential import Model, Scores, trained
from tests.pipelines.classifier.counties import SEEDS, a_ledger, the_truth, would_pass
from tests.pipelines.classifier.marks import ORACLE_X


class LastYear(NamedTuple):
    lived: list[Season]
    model: Model
    now: Season
    scores: Scores
    would_pass: np.ndarray

    @property
    def labels(self):
        return self.now.outcome[self.now.decided]

    @property
    def chances(self):
        return self.scores.p_pass[self.now.decided]

    @property
    def rule(self):
        return self.now.measured.rule_score


@cache
def last_year(seed):
    ledger = a_ledger(seed)
    *lived, now = seasons(ledger, decided_years(ledger))
    model = trained(lived, refits=1)
    scores = model.score(now.measured.values)
    return LastYear(lived, model, now, scores, would_pass(ledger, now, the_truth(seed)[now.year]))


@pytest.fixture(params=SEEDS)
def county(request):
    return last_year(request.param), ORACLE_X[request.param]


def test_model_orders_applicants_better_than_the_rule_score(county):
    last, _ = county

    assert auc(last.labels, last.chances) - auc(last.labels, last.rule[last.now.decided]) >= 0.04


def test_model_reaches_three_quarters_of_what_can_be_known(county):
    last, best = county

    assert (auc(last.labels, last.chances) - 0.5) / (best.auc - 0.5) >= 0.75


def test_chances_are_as_good_as_promised(county):
    last, _ = county

    assert brier(last.labels, last.chances) <= 0.205
    assert log_loss(last.labels, last.chances) <= 0.60


def test_number_of_passes_is_close_to_the_expected_one(county):
    last, _ = county

    assert abs(last.chances.sum() - last.labels.sum()) <= 25


def test_outreach_finds_firms_that_would_pass(county):
    """Row 6: how much of the way from the rule's hundred to the best possible hundred."""
    last, best = county

    top, rule = (precision_at(last.would_pass, scores, 100) for scores in (last.scores.potential, last.rule))

    assert (top - rule) / (best.candidates_top - rule) >= 0.25


def test_potential_promises_no_more_than_comes_true(county):
    """Row 7; the chance of applicants shown for everybody would promise some fifteen points too much."""
    last, _ = county

    assert abs(last.scores.potential.mean() - last.would_pass.mean()) <= 0.05
    assert last.scores.p_pass.mean() - last.would_pass.mean() > 0.10


def test_shuffled_labels_teach_nothing():
    """Row 12: whatever the model finds must be in the labels."""
    last = last_year(2016)
    learnt = applicants(last.lived)
    values = last.now.measured.values[last.now.decided]
    found = []
    for shuffle in range(5):
        labels = np.random.RandomState(shuffle).permutation(learnt.labels)
        head = fitted(learnt.values, labels, learnt.years)
        found.append(auc(last.labels, head.probabilities(values)))

    assert 0.45 <= np.mean(found) <= 0.55


def test_rows_of_a_model_are_those_of_the_years_before():
    last = last_year(2016)
    examples = applicants(last.lived)

    assert isinstance(examples, Examples)
    assert set(examples.years.tolist()) == {2020, 2021, 2022, 2023, 2024}
    assert last.model.decisions == len(examples) > 800
