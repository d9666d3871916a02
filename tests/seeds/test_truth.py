"""The truth behind the county: it fits what is on record, and none of it is on record."""

import numpy as np

from pipelines.vocabulary import ApplicationKind, ApplicationResult
from seeds.county import FIELDS
from seeds.truth import truths
from tests.seeds.counties import TODAY, a_county


def the_truth():
    return {each.year: each for each in truths(2_500, 2016, TODAY)}


def test_results_on_record_are_those_of_the_truth():
    truth = the_truth()
    decided = [row for row in a_county().applications if row["kind"] is ApplicationKind.FIRST]
    passed = [(row["year"], row["firm_id"]) for row in decided if row["result"] is ApplicationResult.PASSED]
    failed = [(row["year"], row["firm_id"]) for row in decided if row["result"] is ApplicationResult.FAILED]

    assert all(truth[year].would_pass[firm - 1] for year, firm in passed)
    assert not any(truth[year].would_pass[firm - 1] for year, firm in failed)


def test_chances_come_true_on_the_average():
    rows = [each for each in the_truth().values() if each.year >= 2018]

    told = sum(each.chance[each.eligible].sum() for each in rows)
    came = sum(each.would_pass[each.eligible].sum() for each in rows)
    assert abs(told - came) < 0.05 * came


def test_who_applies_is_better_than_who_does_not():
    """Self-selection: why a model of applicants promises too much for everybody (CLASSIFIER §0)."""
    truth = the_truth()[2025]
    applied = np.zeros(2_500, dtype=bool)
    for row in a_county().applications:
        if row["year"] == 2025 and row["kind"] is ApplicationKind.FIRST:
            applied[row["firm_id"] - 1] = True

    others = truth.eligible & ~applied
    assert truth.would_pass[applied].mean() > 3 * truth.would_pass[others].mean() > 0


def test_nothing_of_the_truth_is_among_the_rows():
    fields = {field for names in FIELDS.values() for field in names}

    assert fields & {"quality", "management", "ambition", "chance", "would_pass", "rd_audited"} == set()
