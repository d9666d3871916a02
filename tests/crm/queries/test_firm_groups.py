"""A list by township, industry and owner, and the sums below its columns: each number is that of the list it opens."""

from datetime import date
from decimal import Decimal

import pytest

from crm.actions.standings import refresh_standings
from crm.queries.firm_filter import GROUPS, FirmFilter
from crm.queries.firm_groups import column_sums, firm_groups
from crm.queries.firms import firm_ids
from pipelines.vocabulary import Role
from tests.builders import WAN, a_firm, a_township, a_user, some_figures
from tests.crm.queries.test_firms import heard, whole_scans

TODAY = date(2026, 11, 23)


@pytest.fixture
def town(app):
    """Two firms in a township and its village, one elsewhere, one nowhere; the last has no figures of last year."""
    town = a_township("西塘镇")
    village, other = a_township("荷塘村", within=town), a_township("姚庄镇")
    owner = a_user(Role.OFFICER, name="小李")
    places = (town.id, village.id, other.id, None)
    for number, place in enumerate(places, 1):
        firm = a_firm(f"企业{number}", township_id=place, owner_id=owner.id if number < 3 else None)
        year = 2024 if number == 4 else 2025
        some_figures(firm, year, sales_revenue=Decimal(number * 100 * WAN), rd_spend=Decimal(number * WAN))
    refresh_standings(None, TODAY)
    return town


def shown(asked, viewer=None) -> list[tuple]:
    groups = firm_groups(asked, viewer, TODAY)
    for group in groups:
        assert len(firm_ids(group.asked, viewer, TODAY)) == group.firms
        assert FirmFilter.from_args(group.asked.to_args()) == group.asked
    return [(each.words, each.firms, each.sales_revenue and each.sales_revenue / WAN) for each in groups]


def test_township_counts_its_villages_and_last_years_figures(town):
    assert shown(FirmFilter(group="township")) == [("西塘镇", 2, 300), ("姚庄镇", 1, 300), ("未填镇街", 1, None)]


def test_owner_and_nobody(town):
    assert shown(FirmFilter(group="owner")) == [("小李", 2, 300), ("未分派", 2, 300)]


def test_groups_are_within_what_the_list_is_limited_to(town):
    asked = FirmFilter.from_args({"group": "township", "township": str(town.id), "q": "企业2"})
    terms = FirmFilter.from_args({"group": "township", "where": "name.contains.企业4,2:name.contains.企业1"})

    assert shown(asked) == [("西塘镇", 1, 200)]
    assert shown(terms) == [("西塘镇", 1, 100), ("未填镇街", 1, None)]


def test_township_officer_sees_the_own_area_in_counts_and_sums(town):
    officer = a_user(Role.TOWNSHIP_OFFICER, township_id=town.id)

    assert shown(FirmFilter(group="township"), officer) == [("西塘镇", 2, 300)]
    assert shown(FirmFilter(group="owner"), officer) == [("小李", 2, 300)]
    assert column_sums(FirmFilter(), officer, TODAY)["sales_revenue"] == 300 * WAN


def test_sums_are_of_the_whole_list_and_not_of_one_page(town):
    for _ in range(30):
        some_figures(a_firm(), 2025, sales_revenue=Decimal(WAN), rd_spend=None)
    refresh_standings(None, TODAY)

    sums = column_sums(FirmFilter(page=2, sums="yes"), None, TODAY)

    assert (sums["sales_revenue"], sums["rd_spend"]) == (1030 * WAN, 10 * WAN)


def test_nothing_known_has_no_sum(app):
    a_firm()
    refresh_standings(None, TODAY)

    assert column_sums(FirmFilter(), None, TODAY)["sales_revenue"] is None


@pytest.mark.parametrize("by", GROUPS)
def test_groups_take_the_same_number_of_questions_however_many_there_are(app, by):
    def asked():
        return heard(lambda: firm_groups(FirmFilter(group=by), None, TODAY))

    a_firm(township_id=a_township().id, owner_id=a_user().id)
    refresh_standings(None, TODAY)
    few = len(asked())
    for _ in range(5):
        a_firm(township_id=a_township().id, owner_id=a_user().id)
    refresh_standings(None, TODAY)
    many = asked()

    assert len(many) == few
    assert [step for statement, values in many for step in whole_scans(statement, values)] == []
