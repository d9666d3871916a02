from dataclasses import replace

import numpy as np
import pytest

from pipelines.classifier.examples import (
    Examples,
    applicants,
    candidates,
    decided_years,
    passes_only_years,
    season,
    seasons,
)
from pipelines.classifier.features import FEATURES, NAMES, PLACE
from pipelines.classifier.ledger import columns_of
from pipelines.classifier.potential import (
    digest,
    level_of,
    prior_head,
    read_model,
    stepped,
    trained,
)
from pipelines.refusals import Refusal
from pipelines.vocabulary import ModelLevel
from tests.pipelines.classifier.counties import a_ledger
from tests.pipelines.classifier.small import a_small_ledger, day


@pytest.fixture(scope="module")
def lived():
    ledger = a_ledger()
    return seasons(ledger, decided_years(ledger))


@pytest.fixture(scope="module")
def model(lived):
    return trained(lived)


@pytest.fixture(scope="module")
def now():
    return season(a_ledger(), 2026)


def test_worse_figures_never_raise_the_chance(model):
    """Row 11, on the records themselves: less research, staff, high-tech income, fewer results, documents, rights."""
    ledger = a_ledger()
    tables = dict(ledger.tables)
    figures = {name: values.copy() for name, values in tables["figures"].items()}
    worse = {
        "research": lambda: scaled(figures, ("rd", "deduction"), 0.8),
        "staff": lambda: scaled(figures, ("tech_staff",), 0.8),
        "high-tech income": lambda: scaled(figures, ("high_tech",), 0.8),
        "conversions": lambda: scaled(figures, ("conversions",), 0.5),
    }
    before = model.p_pass(season(ledger, 2026).measured.values)
    for what, make in worse.items():
        after = season(replace(ledger, tables=tables | {"figures": make()}), 2026)
        raised = model.p_pass(after.measured.values) - before
        assert raised.max() <= 1e-12, what
        assert (raised < 0).sum() > 100, what


def scaled(figures, names, by):
    return figures | {name: figures[name] * by for name in names}


@pytest.mark.parametrize("feature", [each for each in FEATURES if each.sign], ids=lambda each: each.name)
def test_feature_with_a_sign_never_moves_the_chance_the_other_way(model, now, feature):
    values = now.measured.values.copy()
    values[:, PLACE[feature.name]] += 0.3

    moved = model.p_pass(values) - model.p_pass(now.measured.values)

    assert (moved * feature.sign >= -1e-12)[~np.isnan(now.measured.values[:, PLACE[feature.name]])].all()


def test_same_data_give_the_same_model_and_the_same_numbers(lived, model, now):
    again = trained(lived)

    assert digest(again.as_json()) == digest(model.as_json())
    assert np.abs(again.score(now.measured.values).p_pass - model.score(now.measured.values).p_pass).max() <= 1e-9


def test_stored_model_scores_as_the_trained_one(model, now):
    text = model.as_json()

    read = read_model(text, digest(text), model.apply.kept, model.apply.sha256)

    for told, stored in zip(model.score(now.measured.values), read.score(now.measured.values), strict=True):
        assert np.abs(told - stored).max() <= 1e-9
    assert read.as_json() == text


def test_tampered_model_is_refused_by_its_digest(model):
    text = model.as_json()

    with pytest.raises(Refusal, match="指纹不一致"):
        read_model(text.replace('"gamma": 0.5', '"gamma": 0.9'), digest(text), model.apply.kept, model.apply.sha256)
    with pytest.raises(Refusal, match="指纹不一致"):
        read_model(text, digest(text), model.apply.kept[:-1] + b"x", model.apply.sha256)


def test_band_holds_the_chance_of_most_firms_and_is_not_a_point(model, now):
    scores = model.score(now.measured.values)

    assert ((scores.lo <= scores.p_pass) & (scores.p_pass <= scores.hi)).mean() > 0.9
    assert 0.03 < np.median(scores.hi - scores.lo) < 0.25


def test_potential_lies_between_its_two_ends(model, now):
    scores = model.score(now.measured.values)

    assert (scores.potential_lo <= scores.potential).all()
    assert (scores.potential <= scores.potential_hi).all()
    assert (scores.potential_hi <= scores.p_pass).all()


@pytest.mark.parametrize(
    ("decisions", "failures", "level"),
    [
        (29, 15, ModelLevel.RULES),
        (30, 9, ModelLevel.RULES),
        (30, 10, ModelLevel.SHRUNK),
        (499, 200, ModelLevel.SHRUNK),
        (500, 200, ModelLevel.LOCAL),
    ],
)
def test_level_follows_the_number_of_results(decisions, failures, level):
    assert level_of(decisions, failures) is level


def test_without_results_the_prior_stands_in_and_tells_no_percentages(now):
    model = trained([])

    assert model.level is ModelLevel.RULES
    assert not model.tells_percentages
    assert model.p_pass(now.measured.values) == pytest.approx(prior_head().probabilities(now.measured.values))


def test_few_results_are_drawn_towards_the_prior(lived):
    few = trained(lived[:2], refits=1)
    apart = np.abs((few.passing.weights - prior_head().weights) * few.passing.spreads)
    alone = np.abs(prior_head().weights * few.passing.spreads)

    assert few.level is ModelLevel.SHRUNK
    assert apart.sum() < alone.sum()


def test_single_year_counts_a_level_lower_for_nothing_can_test_it(lived):
    assert (len(applicants(lived[-1:])) >= 30, trained(lived[-1:], refits=1).level) == (True, ModelLevel.RULES)


def test_year_of_passes_only_is_no_training_data():
    passed = [(firm, day(2024, 12), 2024, True, True, None) for firm in range(40)]
    mixed = [(firm, day(2025, 12), 2025, True, firm % 2 == 0, None) for firm in range(40, 80)]
    ledger = a_small_ledger(firms=80, results=[*passed, *mixed])

    assert decided_years(ledger) == [2025]
    assert passes_only_years(ledger) == [2024]


def test_result_of_the_day_after_tomorrow_is_no_result_yet():
    ledger = a_small_ledger(firms=2, results=[(firm, day(2026, 12), 2026, True, firm == 0, None) for firm in (0, 1)])

    assert decided_years(ledger) == []


def test_column_that_is_no_feature_is_refused(lived):
    learnt = applicants(lived)
    leaking = np.column_stack([learnt.values, learnt.labels])

    with pytest.raises(Refusal, match="不允许使用的列：result"):
        Examples((*NAMES, "result"), leaking, learnt.labels, learnt.years, learnt.firm)


def test_withdrawn_and_pending_applications_are_no_labels_but_count_as_applying():
    ledger = a_small_ledger(firms=2, applied=[(0, 2025), (1, 2025)], results=[(1, day(2025, 12), 2025, True, True, 80)])
    lived = [season(ledger, 2025)]

    assert len(applicants(lived)) == 1
    assert candidates(lived).labels.tolist() == [1, 1]


def test_results_of_this_year_move_the_level_and_keep_the_order(model, now):
    values = now.measured.values
    chances = model.p_pass(values)
    labels = (np.random.RandomState(3).random_sample(len(chances)) < chances * 0.7).astype(float)

    shifted = model.shifted(labels, chances)

    assert shifted.p_pass(values).sum() == pytest.approx(labels.sum(), abs=0.01)
    assert (np.argsort(shifted.p_pass(values)) == np.argsort(chances)).all()


@pytest.mark.parametrize(("chance", "told"), [(0.004, 0.05), (0.62, 0.6), (0.63, 0.65), (0.99, 0.95)])
def test_chance_is_told_in_steps_of_five(chance, told):
    assert stepped(chance) == pytest.approx(told)


def test_scoring_fills_holes_with_the_medians(model):
    row = np.full((1, len(NAMES)), np.nan)

    assert model.p_pass(row) == pytest.approx(model.p_pass(model.passing.medians[None, :]))


def test_columns_of_no_rows_are_empty_columns():
    assert {name: len(values) for name, values in columns_of("incidents", []).items()} == {"firm": 0, "known": 0}
