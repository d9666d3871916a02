import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm
from crm.queries.scope import find_firm, visible_townships, within_scope
from pipelines.vocabulary import Role
from tests.builders import a_firm, a_township, a_user


def test_a_township_officer_sees_the_own_area_and_everything_below_it(app):
    own = a_township()
    village = a_township(within=own)
    estate = a_township(within=village)
    a_township()

    visible = visible_townships(a_user(Role.TOWNSHIP_OFFICER, township=own))

    assert visible == {own.id, village.id, estate.id}


def test_a_township_officer_without_an_area_sees_nothing(app):
    officer = a_user(Role.TOWNSHIP_OFFICER)
    firm = a_firm()

    assert visible_townships(officer) == frozenset()
    assert find_firm(firm.id, officer) is None


def test_everybody_else_and_the_command_line_see_all(app):
    firm = a_firm()

    assert visible_townships(a_user(Role.DIRECTOR)) is None
    assert find_firm(firm.id, a_user(Role.OFFICER)) is firm
    assert find_firm(firm.id, None) is firm


def test_a_firm_outside_the_area_looks_like_one_that_does_not_exist(app):
    own, other = a_township(), a_township()
    officer = a_user(Role.TOWNSHIP_OFFICER, township=own)
    inside, outside, nowhere = a_firm(township=own), a_firm(township=other), a_firm()

    assert find_firm(inside.id, officer) is inside
    assert find_firm(outside.id, officer) is None
    assert find_firm(nowhere.id, officer) is None
    assert find_firm(10**30, officer) is None
    assert find_firm(0, None) is None


def test_areas_that_lie_in_one_another_come_to_an_end(app):
    first = a_township()
    second = a_township(within=first)
    first.parent = second

    assert visible_townships(a_user(Role.TOWNSHIP_OFFICER, township=first)) == {first.id, second.id}


def test_a_statement_is_limited_to_the_area(app):
    own = a_township()
    inside = a_firm(township=own)
    a_firm(township=a_township())
    officer = a_user(Role.TOWNSHIP_OFFICER, township=own)

    statement = within_scope(sa.select(Firm.id), officer, Firm.township_id)

    assert db.session.scalars(statement).all() == [inside.id]
