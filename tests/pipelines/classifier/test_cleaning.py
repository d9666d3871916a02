import pytest

from pipelines.classifier.cleaning import DOUBT_WORDS, Doubt, Finding, cleaned
from tests.pipelines.classifier.small import WAN, D, a_small_ledger, day, figures


def clean(*rows):
    return cleaned(a_small_ledger(figures=list(rows)).on(D)["figures"], 1)


def test_sales_typed_in_the_wrong_unit_are_put_right_and_asked_about():
    values, found = clean(
        figures(year=2023), figures(year=2024), figures(year=2025, sales=4000 * WAN * WAN, rd=220 * WAN * WAN)
    )

    assert values["sales"].tolist() == [4000 * WAN] * 3
    assert values["rd"].tolist() == [220 * WAN] * 3
    assert found == [Finding(0, 2025, Doubt.TOO_LARGE)]


def test_sales_far_below_the_others_are_taken_as_wan_yuan():
    values, found = clean(figures(year=2023, sales=4000, rd=220), figures(year=2024), figures(year=2025))

    assert values["sales"].tolist() == [4000 * WAN] * 3
    assert found == [Finding(0, 2023, Doubt.TOO_SMALL)]


def test_one_year_alone_is_not_suspected():
    assert clean(figures(sales=8 * WAN, rd=WAN))[1] == []


def test_zero_research_is_not_known_and_asked_about():
    values, found = clean(figures(rd=0))

    assert str(values["rd"][0]) == "nan"
    assert found == [Finding(0, 2025, Doubt.ZERO_RESEARCH)]


@pytest.mark.parametrize("wrong", [{"rd": 4001 * WAN}, {"staff": 9, "tech_staff": 10}, {"income": 1, "high_tech": 2}])
def test_part_larger_than_the_whole_is_set_aside_and_asked_about(wrong):
    assert clean(figures(**wrong))[1] == [Finding(0, 2025, Doubt.SHARE_ABOVE_ONE)]


def test_later_filing_of_the_same_year_supersedes_the_earlier():
    first, second = figures(known=day(2026, 1), rd=1 * WAN), figures(known=day(2026, 2), rd=300 * WAN)

    assert clean(second, first)[0]["rd"].tolist() == [300 * WAN]


def test_every_doubt_has_its_sentence():
    assert set(DOUBT_WORDS) == set(Doubt)
