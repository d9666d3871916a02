"""The model: signs that hold, no looking ahead, the same numbers for the same data, a file that shows a touch."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from pipelines.classifier.features import (
    FEATURES,
    FLAGS,
    NAMES,
    SIGNS,
    Case,
    LaterRowError,
    Tried,
    features,
)
from pipelines.classifier.measures import auc, measured
from pipelines.classifier.potential import digest, fit, read_model, reasons
from pipelines.facts import FirmFacts, YearFigures

WAN = 10_000
ON = date(2026, 3, 31)


def a_case(
    sales: int = 4000, rd: str = "200", staff: int = 100, tech_staff: str = "10", high_tech: str = "2400", **more
):
    figures = YearFigures(
        sales_revenue=Decimal(sales * WAN), total_income=Decimal(sales * WAN), rd_spend=Decimal(rd) * WAN,
        staff=Decimal(staff), tech_staff=Decimal(tech_staff), high_tech_revenue=Decimal(high_tech) * WAN,
    )  # fmt: skip
    facts = FirmFacts(as_of=ON, annual=dict.fromkeys((2023, 2024, 2025), figures), founded_on=date(2015, 1, 1), **more)
    return Case(facts, (), 60.0)


def value(case: Case, name: str) -> float:
    return features(case)[NAMES.index(name)]


@pytest.fixture(scope="module")
def rows():
    """Four hundred applicants whose result hangs on the first feature and on luck."""
    chance = np.random.RandomState(5)
    x = chance.standard_normal((400, len(NAMES)))
    passed = (x[:, 0] + x[:, 8] + chance.standard_normal(400) > 0).astype(float)
    years = np.repeat([2022, 2023, 2024, 2025], 100).astype(float)
    return x, passed, years


def fitted(rows, refits: int = 5):
    x, passed, years = rows
    return fit(x, passed, years, x, (x[:, 1] > 0).astype(float), 2026, refits)


@pytest.mark.parametrize(
    ("case", "short", "surplus"),
    [
        (a_case(rd="200"), 0.0, 0.0),  # exactly 5 %
        (a_case(sales=5000, rd="250"), 0.0, 0.0),  # 5000 万 is still 5 %
        (a_case(sales=20000, rd="800", high_tech="12000"), 0.0, 0.0),  # 2 亿 is still 4 %
    ],
)
def test_a_firm_exactly_on_its_line_is_neither_short_nor_above(case, short, surplus):
    assert value(case, "rd_short") == pytest.approx(short, abs=1e-12)
    assert value(case, "rd_surplus") == pytest.approx(surplus, abs=1e-12)


def test_the_lines_of_staff_and_share_are_met_exactly():
    assert [value(a_case(), name) for name in ("staff_short", "staff_surplus")] == pytest.approx([0, 0], abs=1e-12)
    assert [value(a_case(), name) for name in ("ps_short", "ps_surplus")] == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize(("rd", "bunched"), [("200", 1.0), ("219", 1.0), ("221", 0.0), ("199", 0.0)])
def test_hardly_above_the_line_is_told(rd, bunched):
    assert value(a_case(rd=rd), "rd_bunch") == bunched


def test_what_is_not_known_is_no_zero_and_has_a_flag():
    case = Case(FirmFacts(as_of=ON, annual={}), (), None)

    assert np.isnan(value(case, "rd_short"))
    assert all(value(case, f"no_{name}") == 1.0 for name in FLAGS)


@pytest.mark.parametrize("late", [2026, 2027])
def test_what_became_known_later_is_refused(late):
    case = a_case()
    figures = {**case.facts.annual, late: YearFigures()}
    with pytest.raises(LaterRowError):
        features(replace(case, facts=FirmFacts(as_of=ON, annual=figures)))
    with pytest.raises(LaterRowError):
        features(replace(case, tried=(Tried(late, True, None),)))


def test_worsening_a_signed_feature_never_raises_the_probability(rows):
    model, (x, *_) = fitted(rows), rows
    for place, sign in enumerate(SIGNS):
        if sign:
            worse = x.copy()
            worse[:, place] -= sign
            assert (model.passing.probability(worse) <= model.passing.probability(x) + 1e-12).all(), NAMES[place]


def test_a_worse_research_share_never_helps(rows):
    model = fitted(rows)
    shares = [model.passing.probability(np.array([features(a_case(rd=str(rd)))]))[0] for rd in range(100, 200, 10)]

    assert shares == sorted(shares)


def test_the_same_data_give_the_same_file(rows):
    assert fitted(rows).as_json() == fitted(rows).as_json()


def test_a_file_read_back_says_the_same(rows):
    model, (x, *_) = fitted(rows), rows
    text = model.as_json()

    read = read_model(text, digest(text))

    assert np.allclose(read.scores(x).potential, model.scores(x).potential, atol=1e-9)


def test_a_touched_file_is_refused(rows):
    text = fitted(rows).as_json()

    with pytest.raises(ValueError, match="digest"):
        read_model(text.replace("2026", "2027").replace('"gamma": 0.5', '"gamma": 0.6'), digest(text))


def test_a_band_holds_its_probability(rows):
    scores = fitted(rows, 20).scores(rows[0])

    assert ((scores.low <= scores.p_pass) & (scores.p_pass <= scores.high)).all()


def test_it_learns_what_is_there_and_nothing_from_shuffled_labels(rows):
    x, passed, years = rows
    train, test = years < 2025, years == 2025
    found = []
    for seed in range(6):
        labels = passed if seed == 0 else np.random.RandomState(seed).permutation(passed)
        model = fit(x[train], labels[train], years[train], x[train], labels[train], 2025, 0)
        found.append(auc(model.passing.probability(x[test]), labels[test]))

    assert found[0] > 0.75
    assert 0.4 < np.mean(found[1:]) < 0.6


def test_reasons_are_measured_from_a_firm_on_every_line(rows):
    model = fitted(rows)
    on_the_line = np.array([model.passing.median[place] if each.reference is None else each.reference
                            for place, each in enumerate(FEATURES)] + [0.0] * len(FLAGS))  # fmt: skip

    assert reasons(model, on_the_line) == []


@pytest.mark.parametrize(
    ("score", "outcome", "area"),
    [
        ([3, 2, 1], [1, 1, 0], 1.0),
        ([1, 2, 3], [1, 1, 0], 0.0),
        ([1, 1, 1], [1, 0, 1], 0.5),
        ([2, 1, 2], [1, 0, 0], 0.75),
    ],
)
def test_auc_counts_pairs_and_halves_ties(score, outcome, area):
    assert auc(np.array(score, float), np.array(outcome, float)) == area


def test_an_ordering_that_is_no_probability_has_no_brier():
    told = measured("x", np.array([3.0, 1.0, 2.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]), is_probability=False)

    assert (told.brier, told.auc, told.precision) == (None, 1.0, 1.0)
