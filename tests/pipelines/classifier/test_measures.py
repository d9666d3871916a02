"""Thresholds met exactly are met, what is not known stays unknown, and what comes later is not there."""

from datetime import date

import numpy as np
import pytest

from pipelines.classifier.examples import season
from pipelines.classifier.features import FEATURES, NAMES
from pipelines.classifier.measures import growth_points, measured, quantity_points, required_share
from pipelines.refusals import Refusal
from tests.pipelines.classifier.counties import a_ledger
from tests.pipelines.classifier.small import WAN, D, a_small_ledger, day, feature, figures


def test_features_have_a_name_a_label_and_a_sign_once():
    assert len({feature.name for feature in FEATURES}) == len({feature.label for feature in FEATURES}) == len(FEATURES)
    assert {feature.sign for feature in FEATURES} == {-1, 0, 1}


def test_required_share_at_the_edges_of_the_tiers():
    sales = np.array([5_000.00, 5_000.01, 20_000.00, 20_000.01]) * WAN

    assert required_share(sales).tolist() == [0.05, 0.04, 0.04, 0.03]


@pytest.mark.parametrize(
    ("rd", "short", "surplus", "bunch"),
    [(199.9999, -5e-7, 0, 1), (200, 0, 0, 1), (219.9999, 0, 0.0953, 1), (220.0001, 0, 0.0953, 0)],
)
def test_research_share_of_exactly_five_per_cent_is_not_short(rd, short, surplus, bunch):
    ledger = a_small_ledger(figures=[figures(rd=rd * WAN)])

    assert feature(ledger, "rd_short") == pytest.approx(short, abs=1e-7)
    assert feature(ledger, "rd_surplus") == pytest.approx(surplus, abs=1e-4)
    assert feature(ledger, "rd_bunch") == bunch


@pytest.mark.parametrize(("tech", "short"), [(9.99, True), (10, False)])
def test_staff_share_of_exactly_ten_per_cent_is_not_short(tech, short):
    ledger = a_small_ledger(figures=[figures(staff=100, tech_staff=tech)])

    assert (feature(ledger, "staff_short") < 0) is short


@pytest.mark.parametrize(("income", "short"), [(59.99, True), (60, False)])
def test_high_tech_share_of_exactly_sixty_per_cent_is_not_short(income, short):
    ledger = a_small_ledger(figures=[figures(income=100 * WAN, high_tech=income * WAN)])

    assert (feature(ledger, "ps_short") < -1e-12) is short


@pytest.mark.parametrize(("score", "gap"), [(70, -1), (71, 0), (40, -20), (95, 5)])
def test_last_score_is_counted_from_seventy_one(score, gap):
    ledger = a_small_ledger(results=[(0, day(2024, 12, 5), 2024, True, score >= 71, score)])

    assert feature(ledger, "last_score_gap") == gap


@pytest.mark.parametrize(("founded", "candidates"), [(D.toordinal(), 1), (D.toordinal() + 1, 0)])
def test_firm_founded_after_the_day_is_no_candidate_yet(founded, candidates):
    assert len(season(a_small_ledger(founded=founded), 2026).firm) == candidates


def test_points_follow_the_official_bands():
    assert quantity_points(np.array([0, 0, 0, 0, 0, 1]), np.array([0, 1, 2, 3, 5, 0])).tolist() == [
        0, 1.5, 1.5, 3.5, 5.5, 7.5,
    ]  # fmt: skip
    assert growth_points(np.array([0.35, 0.25, 0.15, 0.05, 0.001, 0.0, -0.2])).tolist() == [
        9.5, 7.5, 5.5, 3.5, 1.5, 0, 0,
    ]  # fmt: skip


def test_blank_is_unknown_and_flagged_never_zero():
    ledger = a_small_ledger(figures=[figures(rd=None)])

    assert np.isnan(feature(ledger, "rd_short"))
    assert (feature(ledger, "na_rd"), feature(ledger, "na_staff")) == (1, 1)


def test_research_counts_the_latest_three_years_that_have_both_figures():
    rows = [figures(year=2022, rd=900 * WAN), *(figures(year=year) for year in (2023, 2024, 2025))]

    assert feature(a_small_ledger(figures=rows), "rd_surplus") == pytest.approx(np.log(1.1))


def test_class_two_right_that_carried_an_application_counts_no_more():
    granted = day(2024)
    rows = [(0, granted - 300, False, granted - 300, granted, False, used, False) for used in (None, 2025)]

    assert feature(a_small_ledger(rights=rows), "ln_n2") == pytest.approx(np.log(2))


def test_what_became_known_after_the_day_changes_nothing():
    """The whole county with and without everything later than the day: the same numbers."""
    ledger = a_ledger()
    on = date(2024, 3, 31)
    kept = {
        name: {column: values[columns["known"] <= on.toordinal()] for column, values in columns.items()}
        for name, columns in ledger.tables.items()
    }
    cut = type(ledger)(ledger.ids, ledger.founded, ledger.sector_level, ledger.gone, ledger.today, kept, ledger.applied)

    np.testing.assert_array_equal(measured(ledger.on(on), 2024).values, measured(cut.on(on), 2024).values)
    assert len(kept["figures"]["firm"]) < len(ledger.tables["figures"]["firm"])


def test_result_of_the_same_year_never_reaches_a_feature():
    """Even one that was dated too early by mistake."""
    early = day(2026, 2)

    ledger = a_small_ledger(results=[(0, early, 2026, True, False, 40)])

    history = ("prev_fail", "fail_recent", "last_score_gap")
    without = [feature(a_small_ledger(), name) for name in history]
    np.testing.assert_array_equal([feature(ledger, name) for name in history], without)


def test_season_of_a_year_is_not_made_from_a_later_year():
    with pytest.raises(Refusal, match="日期已经过了申报年度"):
        season(a_small_ledger(), 2025, date(2026, 1, 1))


def test_holder_of_a_certificate_and_one_whose_certificate_ends_this_year_are_no_candidates():
    held = [(0, day(2023, 12), day(2026, 12), None), (1, day(2022, 12), day(2025, 12), None)]

    assert season(a_small_ledger(firms=3, certificates=held), 2026).firm.tolist() == [1, 2]


def test_answers_of_a_questionnaire_count_for_two_years():
    rows = [(0, day(2024, 3, 30), 1, True, False, 9, 5), (1, day(2024, 4, 2), 1, True, False, 9, 5)]
    ledger = a_small_ledger(firms=2, questionnaires=rows)

    assert [feature(ledger, "org_items", firm=firm) for firm in (0, 1)][1] == 5
    assert np.isnan(feature(ledger, "org_items", firm=0))


def test_columns_are_all_filled_somewhere_in_the_county():
    values = measured(a_ledger().on(D), 2026).values

    empty = {name for place, name in enumerate(NAMES) if np.isnan(values[:, place]).all()}
    assert empty == {"pre_score"}  # the demo office has not begun to mark firms on the form
