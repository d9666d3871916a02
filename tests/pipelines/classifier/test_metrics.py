import numpy as np
import pytest
from sklearn import metrics as reference

from pipelines.classifier.metrics import (
    auc,
    auc_interval,
    average_precision,
    brier,
    calibration_slope,
    log_loss,
    precision_at,
    recall_at,
    resampled,
    surprise,
    with_interval,
)

CHANCE = np.random.RandomState(1)
SCORES = np.round(CHANCE.random_sample(200), 2)  # with ties
LABELS = (CHANCE.random_sample(200) < SCORES).astype(float)


def test_measures_are_those_of_scikit_learn():
    untied = SCORES + np.arange(200) * 1e-9
    chances = np.clip(SCORES, 0.01, 0.99)

    assert auc(LABELS, SCORES) == pytest.approx(reference.roc_auc_score(LABELS, SCORES))
    assert average_precision(LABELS, untied) == pytest.approx(reference.average_precision_score(LABELS, untied))
    assert brier(LABELS, SCORES) == pytest.approx(reference.brier_score_loss(LABELS, SCORES))
    assert log_loss(LABELS, chances) == pytest.approx(reference.log_loss(LABELS, chances))


def test_precision_and_recall_count_the_top():
    labels, scores = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])

    assert (precision_at(labels, scores, 2), recall_at(labels, scores, 3)) == (0.5, 1.0)


def test_auc_of_one_kind_of_result_is_no_number():
    assert np.isnan(auc(np.ones(5), SCORES[:5]))
    assert np.isnan(auc_interval(np.ones(5), SCORES[:5], resampled(5, 10)).value)


def test_intervals_of_both_ways_agree():
    draws = resampled(200, 300)

    quick, slow = auc_interval(LABELS, SCORES, draws), with_interval(auc, LABELS, SCORES, draws)

    assert quick == pytest.approx(slow)


def test_slope_of_chances_that_are_twice_too_sure_is_a_half():
    logits = CHANCE.standard_normal(20_000)
    labels = (CHANCE.random_sample(20_000) < 1 / (1 + np.exp(-logits))).astype(float)

    assert calibration_slope(labels, 1 / (1 + np.exp(-2 * logits))) == pytest.approx(0.5, abs=0.03)


def test_slope_of_chances_near_nought_and_one_is_still_a_number():
    labels = np.array([1.0, 1, 0, 0, 1, 0] * 20)
    chances = np.array([1 - 1e-9, 0.999, 1e-9, 0.001, 0.5, 0.6] * 20)

    assert 0.3 < calibration_slope(labels, chances) < 3


def test_surprise_is_in_standard_deviations():
    chances = np.full(100, 0.5)

    assert surprise(np.append(np.ones(60), np.zeros(40)), chances) == pytest.approx(2.0)
    assert surprise(np.append(np.ones(60), np.zeros(40)), chances, tau=0.25) == pytest.approx(10 / np.hypot(5, 6.25))
