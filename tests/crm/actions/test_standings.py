from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Firm, SearchText, Standing
from pipelines.vocabulary import FiguresState, IpKind, IpStatus, Tier, Title
from tests.builders import a_contact, a_firm, a_recognition, an_ip_right, some_figures

TODAY = date(2026, 11, 23)


def derived() -> list[tuple]:
    rows = db.session.execute(sa.select(Standing.__table__).order_by(Standing.firm_id)).all()
    return [*rows, *db.session.execute(sa.select(SearchText.__table__).order_by(SearchText.firm_id)).all()]


def test_recomputing_changes_nothing(app):
    for _ in range(3):
        firm = a_firm()
        some_figures(firm, 2025)
        a_contact(firm)
        a_recognition(firm, Title.HIGH_TECH, date(2024, 12, 6), valid_until=date(2027, 12, 6))
    refresh_standings(None, TODAY)
    first = derived()

    refreshed = refresh_standings(None, TODAY)

    assert refreshed == 0
    assert derived() == first


def test_only_rows_that_come_out_otherwise_are_written(app, queries):
    firms = [a_firm() for _ in range(3)]
    refresh_standings(None, TODAY)
    an_ip_right(firms[1])

    with queries() as statements:
        refreshed = refresh_standings(None, TODAY)

    written = [statement for statement in statements if statement.startswith(("INSERT", "DELETE", "UPDATE"))]
    assert refreshed == 1
    assert len(written) == 2


def test_only_the_named_firms_are_recomputed(app):
    named, other = a_firm(), a_firm()
    refresh_standings(None, TODAY)
    for firm in (named, other):
        an_ip_right(firm)

    refresh_standings([named.id], TODAY)

    assert dict(db.session.execute(sa.select(Standing.firm_id, Standing.class_one_ip)).all()) == {
        named.id: 1,
        other.id: 0,
    }


def test_rights_count_while_valid_and_trademarks_nowhere(app):
    firm = a_firm()
    an_ip_right(firm, IpKind.UTILITY_MODEL)
    an_ip_right(firm, IpKind.TRADEMARK)
    an_ip_right(firm, IpKind.INVENTION, status=IpStatus.PENDING)

    refresh_standings(None, TODAY)

    row = db.session.get_one(Standing, firm.id)
    assert (row.class_one_ip, row.class_two_ip) == (0, 1)


def test_what_is_not_known_stays_unknown(app):
    firm = a_firm(founded_on=None)

    refresh_standings(None, TODAY)

    row = db.session.get_one(Standing, firm.id)
    assert (row.sales_revenue, row.rd_ratio, row.staff, row.next_expiry_on, row.completeness) == (None,) * 4 + (0.0,)
    assert row.figures is FiguresState.NONE


def standing_after(firm: Firm, today: date = TODAY) -> Standing:
    refresh_standings([firm.id], today)
    return db.session.get_one(Standing, firm.id, populate_existing=True)


@pytest.mark.parametrize(
    ("year", "state"),
    [(2025, FiguresState.CURRENT), (2024, FiguresState.OLDER), (2016, FiguresState.OLDER), (2026, FiguresState.NONE)],
)
def test_the_list_speaks_of_the_last_full_year_whose_sales_are_known(app, year, state):
    firm = a_firm()
    some_figures(firm, year, staff=Decimal("12.50"))
    some_figures(firm, 2015)

    row = standing_after(firm) if year != 2026 else standing_after(firm, date(2015, 6, 1))

    assert row.figures is state
    assert (row.latest_year, row.staff) == ((year, Decimal("12.50")) if year != 2026 else (None, None))


def test_year_that_says_nothing_of_sales_is_passed_over(app):
    firm = a_firm()
    some_figures(firm, 2025, sales_revenue=None)
    some_figures(firm, 2024, sales_revenue=Decimal("100.01"))

    row = standing_after(firm)

    assert (row.latest_year, row.sales_revenue, row.figures) == (2024, Decimal("100.01"), FiguresState.OLDER)


def test_share_of_three_years_is_exact_and_leaves_out_years_with_a_gap(app):
    firm = a_firm()
    some_figures(firm, 2025, sales_revenue=Decimal(1000), rd_spend=Decimal(50))
    some_figures(firm, 2024, sales_revenue=Decimal(9999), rd_spend=None)
    some_figures(firm, 2023, sales_revenue=Decimal(2000), rd_spend=Decimal(100))
    some_figures(firm, 2022, sales_revenue=Decimal(1), rd_spend=Decimal(1))

    assert standing_after(firm).rd_ratio == 0.05


DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Title), DAYS, st.none() | DAYS, st.none() | DAYS), max_size=6))
def test_tier_and_expiry_follow_the_titles_that_are_valid(app, held):
    firm = a_firm()
    titles = [
        a_recognition(firm, title, given, valid_until=until, ended_on=ended)
        for title, given, until, ended in {row[:2]: row for row in held}.values()
    ]

    row = standing_after(firm)

    valid = [title for title in titles if title.is_valid(TODAY)]
    rungs = [tier for tier in Tier if tier.value in {title.title.value for title in valid}]
    ends = [title.valid_until for title in valid if title.valid_until]
    assert row.tier is (rungs[-1] if rungs else Tier.PROSPECT)
    assert row.next_expiry_on == min(ends, default=None)


def test_completeness_is_the_share_of_sixteen_things_that_should_be_known(app):
    firm = a_firm(founded_on=date(2015, 1, 1), main_products="灯具")
    a_contact(firm, phone="0573-84120000")
    some_figures(firm, 2025, sales_revenue=Decimal(1), rd_spend=None)

    assert standing_after(firm).completeness == 4 / 16


def test_numbers_are_searched_without_the_signs_between_their_parts(app):
    firm = a_firm(uscc="91330421589061235T")
    a_contact(firm, phone="(0573) 8412-0000")

    standing_after(firm)

    assert db.session.get_one(SearchText, firm.id).latin.endswith("\n91330421589061235t\n057384120000\n")
