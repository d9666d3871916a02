from datetime import date

import sqlalchemy as sa

from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import SearchText, Standing
from pipelines.vocabulary import IpKind, IpStatus, Title
from tests.builders import a_contact, a_firm, a_recognition, an_ip_right, some_figures

TODAY = date(2026, 11, 23)


def derived() -> list[tuple]:
    columns = [column for column in Standing.__table__.c if column.name != "updated_at"]
    rows = db.session.execute(sa.select(*columns).order_by(Standing.firm_id)).all()
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

    assert refreshed == 3
    assert derived() == first


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
