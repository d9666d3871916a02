"""Whatever its size, seed and day: the rows of a county hold together."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from stdnum.cn import uscc

from pipelines.vocabulary import ApplicationResult, FirmStatus, IpKind, IpStatus
from seeds.county import county
from seeds.names import MARK
from tests.seeds.counties import TODAY, a_county

DAYS = [TODAY, date(2026, 1, 1), date(2027, 6, 30), date(2028, 2, 29)]
COUNTIES = [*((2_500, 2016, day) for day in DAYS), (20_000, 2016, TODAY)]


@pytest.fixture(params=COUNTIES, ids=lambda county: f"{county[0]} {county[1]} {county[2]}")
def some_county(request):
    return a_county(*request.param)


def test_county_is_as_large_as_asked():
    assert [len(a_county(size).firms) for size in (1, 100, 2_501)] == [1, 100, 2_501]
    assert {row["firm_id"] for row in a_county(100).annual_figures} <= set(range(1, 101))


def test_firms_are_the_same_in_a_small_and_in_a_large_county():
    small, large = a_county(100), a_county(2_500)

    assert small.firms == large.firms[:100]
    assert small.ip_rights == [row for row in large.ip_rights if row["firm_id"] <= 100]


def test_another_seed_is_another_county():
    assert a_county(100).firms != a_county(100, seed=7).firms


_DIGEST = """
import hashlib
from datetime import date
from seeds.county import county
digest = hashlib.sha256()
for chunk in county(2600, 2016, date(2026, 11, 24)):
    digest.update(repr(list(chunk.tables())).encode())
print(digest.hexdigest())
"""


def test_rows_are_the_same_in_another_process_another_zone_and_another_run():
    here = hashlib.sha256()
    for chunk in county(2_600, 2016, TODAY):
        here.update(repr(list(chunk.tables())).encode())

    environment = os.environ | {"TZ": "America/Anchorage", "PYTHONHASHSEED": "7", "PYTHONPATH": "."}
    there = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _DIGEST], env=environment, capture_output=True, text=True, check=True
    )

    assert there.stdout.strip() == here.hexdigest()


def test_codes_are_valid_and_names_twice_only_on_purpose(some_county):
    firms = some_county.firms

    names = Counter(firm["normalised_name"] for firm in firms)
    again = [firm for firm in firms if names[firm["normalised_name"]] > 1]
    assert [firm["uscc"] for firm in firms if not uscc.is_valid(firm["uscc"])] == []
    assert len({firm["uscc"] for firm in firms}) == len(firms)
    assert {firm["id"] for firm in again} == {
        number for firm in firms if firm["id"] % 1_250 == 777 for number in (firm["id"] - 1, firm["id"])
    }
    assert {firm["status"] for firm in again if firm["id"] % 1_250 == 776} <= {FirmStatus.DEREGISTERED}


def test_every_name_says_that_it_is_invented(some_county):
    named = [*some_county.firms, *some_county.former_names]

    assert [row["name"] for row in named if not row["name"].endswith(MARK)] == []
    assert [row["email"] for row in some_county.contacts if row["email"] and "@example.com" not in row["email"]] == []
    assert {phone[:5] for row in some_county.contacts if (phone := row["phone"])} <= {"13800", "0573-"}
    assert [firm["address"] for firm in some_county.firms if firm["address"] and "模拟" not in firm["address"]] == []


def test_nothing_lies_in_the_future(some_county):
    today = some_county.today
    for table, field in (
        ("firms", "founded_on"), ("annual_figures", "reported_on"), ("recognitions", "recognized_on"),
        ("recognitions", "ended_on"), ("applications", "submitted_on"), ("applications", "decided_on"),
        ("ip_rights", "applied_on"), ("ip_rights", "granted_on"), ("flags", "entered_on"), ("flags", "lifted_on"),
        ("former_names", "until_on"),
    ):  # fmt: skip
        assert [row for row in some_county.tables[table] if row[field] and row[field] > today] == []


def test_figures_are_of_the_last_nine_years_and_add_up(some_county):
    figures = some_county.annual_figures

    assert {row["year"] for row in figures} == set(range(some_county.today.year - 9, some_county.today.year))
    for row in figures:
        assert _ordered(row, "high_tech_revenue", "total_income")
        assert _ordered(row, "main_product_revenue", "high_tech_revenue")
        assert _ordered(row, "rd_spend_domestic", "rd_spend")
        assert _ordered(row, "tech_staff", "staff")
        if row["net_assets"] is not None:
            assert row["net_assets"] == row["total_assets"] - row["total_liabilities"]


def _ordered(row, smaller, larger):
    return row[smaller] is None or row[larger] is None or row[smaller] <= row[larger]


def test_keys_that_the_tables_hold_unique_are_unique(some_county):
    for table, *fields in (
        ("annual_figures", "firm_id", "year"),
        ("recognitions", "firm_id", "title", "recognized_on"),
        ("applications", "firm_id", "programme", "year"),
        ("ip_rights", "firm_id", "number"),
    ):
        keys = [tuple(row[field] for field in fields) for row in some_county.tables[table]]
        assert len(set(keys)) == len(keys)


def test_numbers_of_rights_and_certificates_are_given_once(some_county):
    rights = [row["number"] for row in some_county.ip_rights]
    certificates = [row["certificate_no"] for row in some_county.recognitions]

    assert len(set(rights)) == len(rights)
    assert len(set(certificates)) == len(certificates)


def test_rights_are_filed_after_the_firm_was_founded_and_spent_only_once_granted(some_county):
    founded = {firm["id"]: firm["founded_on"] for firm in some_county.firms}
    for row in some_county.ip_rights:
        assert founded[row["firm_id"]] is None or founded[row["firm_id"]] <= row["applied_on"]
        assert (row["status"] is IpStatus.PENDING) == (row["granted_on"] is None)
        if row["used_in_year"]:
            assert row["granted_on"].year <= row["used_in_year"]
            assert row["kind"] not in (IpKind.INVENTION, IpKind.TRADEMARK)


def test_nothing_tells_the_result_of_an_application_before_its_decision(some_county):
    passed = {
        (row["firm_id"], row["year"]) for row in some_county.applications if row["result"] is ApplicationResult.PASSED
    }
    kept_from = some_county.today.year - 6
    spent = {(row["firm_id"], row["used_in_year"]) for row in some_county.ip_rights if row["used_in_year"]}

    assert {key for key in spent if key[1] >= kept_from} - passed == set()


def test_certificate_follows_the_application_that_passed(some_county):
    passed = {
        (row["firm_id"], row["year"]) for row in some_county.applications if row["result"] is ApplicationResult.PASSED
    }
    certified = {
        (row["firm_id"], row["recognized_on"].year)
        for row in some_county.recognitions
        if row["title"].value == "high_tech"
    }
    gone = {firm["id"] for firm in some_county.firms if firm["status"] is not FirmStatus.ACTIVE}

    assert {key for key in passed - certified if key[0] not in gone} == set()


def test_application_brings_the_years_it_stands_on(some_county):
    first_year = some_county.today.year - 6
    known = {(row["firm_id"], row["year"]) for row in some_county.annual_figures}
    asked = {
        (row["firm_id"], row["year"] - back)
        for row in some_county.applications
        for back in (1, 2)
        if row["year"] - back >= first_year
    }
    founded = {firm["id"]: firm["founded_on"] for firm in some_county.firms}

    missing = [(firm, year) for firm, year in asked - known if founded[firm] and founded[firm].year <= year]
    assert missing == []


def test_score_is_above_seventy_exactly_where_the_score_was_not_the_reason(some_county):
    for row in some_county.applications:
        if row["expert_score"] is not None:
            short = row["reason"] == "创新能力评价未超过70分"
            assert (row["expert_score"] <= 70) == short
