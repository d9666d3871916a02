"""Shares, medians and stocks lie where CLASSIFIER §1 and §3 have them, on any day and at any size."""

from collections import Counter
from datetime import date, timedelta
from statistics import median

import pytest

from pipelines.vocabulary import ApplicationKind, ApplicationResult, FirmStatus, IpKind, IpStatus, Title
from tests.seeds.counties import TODAY, a_county

COUNTIES = [(2_500, 2016, TODAY), (2_500, 3, TODAY), (20_000, 2016, TODAY)]
DAYS = [date(2026, 1, 1), date(2027, 6, 30), date(2028, 2, 29), date(2027, 12, 4)]


@pytest.fixture(params=COUNTIES, ids=lambda county: f"{county[0]} {county[1]}")
def some_county(request):
    return a_county(*request.param)


@pytest.fixture(params=DAYS, ids=str)
def county_on_a_day(request):
    return a_county(2_500, 2016, request.param)


def within(low, value, high):
    return low <= value <= high


def stock(county, title):
    return county.per_default(len({row["firm_id"] for row in county.valid(title)}))


def test_stock_of_titles_is_that_of_the_county(some_county):
    assert within(660, stock(some_county, Title.HIGH_TECH), 820)
    assert within(1_130, stock(some_county, Title.TECH_SME), 1_350)
    assert within(750, stock(some_county, Title.NATIONAL_TECH_SME), 1_100)
    assert within(8, stock(some_county, Title.LITTLE_GIANT), 40)
    assert within(1, stock(some_county, Title.LEADING), 12)
    assert within(25, stock(some_county, Title.SRDI), 120)


def test_stock_is_alive_on_any_day(county_on_a_day):
    expiring = [
        row
        for row in county_on_a_day.valid(Title.HIGH_TECH)
        if row["valid_until"] <= county_on_a_day.today + timedelta(days=365)
    ]

    assert within(620, stock(county_on_a_day, Title.HIGH_TECH), 840)
    assert within(1_100, stock(county_on_a_day, Title.TECH_SME), 1_350)
    assert len(expiring) > 150


def test_last_year_comes_in_bit_by_bit(county_on_a_day):
    last = [row for row in county_on_a_day.annual_figures if row["year"] == county_on_a_day.today.year - 1]
    before = [row for row in county_on_a_day.annual_figures if row["year"] == county_on_a_day.today.year - 2]

    assert within(0.3, len(last) / len(before), 1.15)
    assert len(before) > 1_700


def test_applications_are_pending_between_their_filing_and_the_decision():
    results = {day: Counter(row["result"] for row in a_county(2_500, 2016, day).applications) for day in DAYS}

    pending = {day: counts[ApplicationResult.PENDING] for day, counts in results.items()}
    assert pending[date(2026, 1, 1)] == pending[date(2028, 2, 29)] == 0
    assert pending[date(2027, 6, 30)] > 80
    assert pending[date(2027, 12, 4)] > 250


def test_first_applications_pass_a_little_more_often_than_not_and_renewals_mostly(some_county):
    assert within(0.50, some_county.pass_rate(ApplicationKind.FIRST), 0.65)
    assert within(0.78, some_county.pass_rate(ApplicationKind.RENEWAL), 0.90)


def test_rounds_have_the_size_of_the_countys(some_county):
    first = Counter(row["year"] for row in some_county.decided(ApplicationKind.FIRST))

    assert len(first) == 6
    assert all(within(110, some_county.per_default(count), 270) for count in first.values())


def test_reasons_of_failure_are_those_that_offices_name(some_county):
    failed = [row for row in some_county.decided(ApplicationKind.FIRST) if row["result"] is ApplicationResult.FAILED]

    reasons = Counter(row["reason"] for row in failed)
    shares = [count / len(failed) for _, count in reasons.most_common(2)]
    assert [reason for reason, _ in reasons.most_common(2)] == [
        "创新能力评价未超过70分", "研发费用专项审计核减后占比不达标",
    ]  # fmt: skip
    assert within(0.2, shares[0], 0.42)
    assert within(0.14, shares[1], 0.32)


def required(sales):
    return 0.05 if sales <= 50_000_000 else 0.04 if sales <= 200_000_000 else 0.03


def test_research_shares_bunch_above_the_notch(some_county):
    nearness = [
        row["rd_spend"] / row["sales_revenue"] / required(row["sales_revenue"])
        for row in some_county.annual_figures
        if row["rd_spend"] and row["sales_revenue"]
    ]

    below, above = (sum(low <= share < low + 0.1 for share in nearness) for low in (0.9, 1.0))
    beyond = sum(1.2 <= share < 1.3 for share in nearness)
    assert above > 3 * below
    assert above > 2 * beyond


def test_the_four_research_figures_stand_in_their_usual_order(some_county):
    rows = [row for row in some_county.annual_figures if row["rd_spend"] and row["rd_spend_deduction"]]

    claimed = sum(row["rd_spend_deduction"] <= row["rd_spend"] for row in rows) / len(rows)
    booked = [row for row in some_county.annual_figures if row["rd_spend"] and row["rd_spend_accounting"]]
    accounted = sum(row["rd_spend_accounting"] >= row["rd_spend"] for row in booked) / len(booked)
    assert within(0.93, claimed, 0.995)
    assert within(0.93, accounted, 0.995)


def test_sales_are_log_normal_around_those_of_a_county_of_small_firms(some_county):
    last = [
        float(row["sales_revenue"])
        for row in some_county.annual_figures
        if row["year"] == TODAY.year - 1 and row["sales_revenue"]
    ]

    assert within(15_000_000, median(last), 28_000_000)
    assert sum(last) / len(last) > 1.5 * median(last)
    assert sum(sales > 200_000_000 for sales in last) / len(last) < 0.06


def test_blanks_are_many_and_zeros_few(some_county):
    figures = some_county.annual_figures

    def share(field, value):
        return sum(row[field] == value for row in figures) / len(figures)

    assert within(0.005, share("rd_spend", 0), 0.05)
    assert within(0.02, share("rd_spend", None), 0.15)
    assert within(0.1, share("high_tech_revenue", None), 0.5)


def test_firms_have_their_oddities(some_county):
    firms = some_county.firms

    def share(test):
        return sum(map(test, firms)) / len(firms)

    assert within(0.01, share(lambda firm: firm["township"] is None), 0.05)
    assert within(0.02, share(lambda firm: firm["industry_code"] is None), 0.06)
    assert within(0.02, share(lambda firm: firm["status"] is not FirmStatus.ACTIVE), 0.06)
    assert within(0.01, share(lambda firm: firm["archived_at"] is not None), 0.05)
    assert within(0.05, share(lambda firm: firm["owner"] is None), 0.2)
    assert within(0.03, len(some_county.former_names) / len(firms), 0.09)
    assert within(0.03, len(some_county.flags) / len(firms), 0.09)


def test_towns_are_known_for_what_they_are_known_for(some_county):
    buttons = Counter(firm["address"][3:6] for firm in some_county.firms if "纽扣" in firm["name"] and firm["address"])

    assert buttons.most_common(1)[0][0] == "西塘镇"


def test_rights_are_of_many_kinds_and_states(some_county):
    kinds = Counter(row["kind"] for row in some_county.ip_rights)
    states = Counter(row["status"] for row in some_county.ip_rights)

    assert kinds.most_common(1)[0][0] is IpKind.UTILITY_MODEL
    assert set(kinds) >= {IpKind.INVENTION, IpKind.DESIGN, IpKind.SOFTWARE, IpKind.TRADEMARK}
    assert all(states[state] > 0.02 * len(some_county.ip_rights) for state in IpStatus)
    assert within(
        0.15, sum(row["used_in_year"] is not None for row in some_county.ip_rights) / sum(kinds.values()), 0.6
    )
