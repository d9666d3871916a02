"""Two requests in the same moment, each in a thread and a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import sqlalchemy as sa

from crm.actions.changes import Opened, plain
from crm.actions.contacts import add_contact
from crm.actions.events import Author
from crm.actions.figures import Cell, update_figures
from crm.actions.firms import create_firm, update_firm
from crm.extensions import db
from crm.models import AnnualFigures, Contact, Firm
from pipelines.refusals import Refusal
from pipelines.vocabulary import ContactRole
from tests.builders import a_firm, a_uscc

FIRST, SECOND = Author("王科员", "form"), Author("李科员", "form")


def at_once(app, *deeds: Callable[[], object]) -> list[object]:
    """What each deed answered, as a plain value read before its session closed; a refusal is its answer."""
    start = Barrier(len(deeds))

    def in_own_request(deed: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return deed()
            except Refusal as refusal:
                return str(refusal)

    db.session.commit()
    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(in_own_request, deeds))


def number_of(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_one_of_two_saves_of_a_field_wins_and_the_other_is_told(app):
    firm = a_firm(address="旧址")
    firm_id, opened = firm.id, Opened({"address": plain(firm.address)})

    told = at_once(
        app,
        lambda: len(update_firm(firm_id, {"address": "甲"}, opened, FIRST).conflicts),
        lambda: len(update_firm(firm_id, {"address": "乙"}, opened, SECOND).conflicts),
    )

    db.session.expire_all()
    assert sorted(told) == [0, 1]
    assert firm.address == ("甲" if told[0] == 0 else "乙")


def test_two_saves_of_different_fields_both_hold(app):
    firm = a_firm(address="旧址", liaison="老张")
    opened = Opened({"address": "旧址", "liaison": "老张"})
    firm_id = firm.id

    at_once(
        app,
        lambda: len(update_firm(firm_id, {"address": "新址", "liaison": "老张"}, opened, FIRST).conflicts),
        lambda: len(update_firm(firm_id, {"address": "旧址", "liaison": "小王"}, opened, SECOND).conflicts),
    )

    db.session.expire_all()
    assert (firm.address, firm.liaison, firm.version) == ("新址", "小王", 3)


def test_first_figures_of_a_year_typed_by_two_become_one_row(app):
    firm_id = a_firm().id
    opened = Opened({"staff-2024": None, "tech_staff-2024": None})

    at_once(
        app,
        lambda: len(update_figures(firm_id, {Cell("staff", 2024): Decimal(10)}, opened, FIRST).changes),
        lambda: len(update_figures(firm_id, {Cell("tech_staff", 2024): Decimal(3)}, opened, SECOND).changes),
    )

    row = db.session.scalars(sa.select(AnnualFigures)).one()
    assert (row.staff, row.tech_staff) == (10, 3)


def test_two_who_enter_the_same_firm_enter_it_once(app):
    values = {"name": "嘉善兰钧有限公司", "uscc": a_uscc()}

    answers = at_once(app, lambda: create_firm(values, FIRST).name, lambda: create_firm(values, SECOND).name)

    assert sorted(answers) == ["嘉善兰钧有限公司", "该统一社会信用代码的企业已在库，未重复新增。"]
    assert number_of(Firm) == 1


def test_double_click_enters_one_contact(app):
    firm_id = a_firm().id
    values = {"name": "李工", "role": ContactRole.RD, "position": None, "phone": None, "email": None}

    answers = at_once(app, *[lambda: add_contact(firm_id, values, FIRST).id] * 2)

    assert (answers[0], number_of(Contact)) == (answers[1], 1)
