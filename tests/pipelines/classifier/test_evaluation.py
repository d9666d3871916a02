import json

import numpy as np
import pytest

from pipelines.classifier.evaluation import ORDERS, evaluated
from pipelines.classifier.examples import decided_years, seasons
from tests.pipelines.classifier.counties import a_ledger


@pytest.fixture(scope="module")
def lived():
    ledger = a_ledger()
    return seasons(ledger, decided_years(ledger)[-3:])


@pytest.fixture(scope="module")
def evaluation(lived):
    return evaluated(lived, {"half": lambda places: ["even" if place % 2 == 0 else "odd" for place in places.tolist()]})


def test_each_year_is_told_from_the_years_before_it(evaluation, lived):
    assert [year.year for year in evaluation.years] == [2024, 2025]
    assert [year.trained_on for year in evaluation.years] == [
        int(lived[0].decided.sum()), int(lived[0].decided.sum() + lived[1].decided.sum()),
    ]  # fmt: skip


def test_first_year_has_nothing_before_it(lived):
    assert evaluated(lived[:1]).years == []
    assert evaluated([]).as_data()["years"] == []


def test_model_is_held_against_the_rule_research_intensity_and_chance(evaluation):
    last = evaluation.years[-1].measures

    assert set(last) == set(ORDERS)
    assert last["model"].auc.value > last["rule"].auc.value > last["random"].auc.value
    assert all(each.auc.lo <= each.auc.value <= each.auc.hi for each in last.values())
    assert last["rule"].brier is None
    assert abs(last["model"].surprise) < 3


def test_groups_add_up_to_all_that_was_tested(evaluation):
    halves = evaluation.groups["half"]

    assert [group.name for group in halves] == ["even", "odd"]
    assert sum(group.decided for group in halves) == sum(year.decided for year in evaluation.years)
    assert sum(group.expected for group in halves) == pytest.approx(
        sum(year.measures["model"].expected for year in evaluation.years)
    )


def test_group_of_fewer_than_twenty_is_left_out(lived):
    found = evaluated(lived, {"one": lambda places: [str(place) for place in places.tolist()]})

    assert found.groups["one"] == []


def test_challenger_is_promoted_only_from_five_hundred_decisions_on(evaluation):
    assert evaluation.challenger["promoted"] is False
    assert evaluation.challenger["lo"] <= evaluation.challenger["gain"] <= evaluation.challenger["hi"]


def test_evaluation_can_be_kept_as_json(evaluation):
    data = json.loads(json.dumps(evaluation.as_data()))

    assert data["years"][0]["measures"]["model"]["auc"][0] == evaluation.years[0].measures["model"].auc.value
    assert np.isfinite(data["challenger"]["gain"])
