from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Opened
from crm.actions.events import Author
from crm.actions.figures import Cell, update_figures
from crm.extensions import db
from crm.models import Event
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind
from tests.builders import WAN, a_firm, some_figures

BY = Author("王科员", "form", None)


def events() -> list[tuple[EventKind, dict]]:
    return [(event.kind, event.particulars) for event in db.session.scalars(sa.select(Event).order_by(Event.id))]


def test_typed_cell_is_written_with_its_source_and_told(app):
    firm = a_firm()
    row = some_figures(
        firm, 2024, rd_spend=Decimal(200 * WAN), sources={"rd_spend": "import:3", "sales_revenue": "demo"}
    )
    db.session.commit()

    update_figures(firm.id, {Cell("rd_spend", 2024): Decimal("2100000.5")}, Opened({"rd_spend-2024": "2000000"}), BY)

    assert row.rd_spend == Decimal("2100000.5")
    assert row.sources == {"rd_spend": "form", "sales_revenue": "demo"}
    assert events() == [
        (
            EventKind.FIGURES_UPDATED,
            {"changes": [{"field": "rd_spend", "year": 2024, "old": "2000000", "new": "2100000.5"}]},
        )
    ]


def test_year_without_a_row_gets_one_only_when_something_is_known(app):
    firm = a_firm()
    db.session.commit()
    cells = {Cell("staff", 2023): Decimal("12.5"), Cell("staff", 2022): None}

    update_figures(firm.id, cells, Opened({"staff-2023": None, "staff-2022": None}), BY)

    assert [(row.year, row.staff) for row in firm.annual_figures] == [(2023, Decimal("12.5"))]


def test_cleared_cell_becomes_unknown_and_forgets_its_source(app):
    firm = a_firm()
    row = some_figures(firm, 2024, rd_spend=Decimal(200 * WAN), sources={"rd_spend": "import:3"})
    db.session.commit()

    update_figures(firm.id, {Cell("rd_spend", 2024): None}, Opened({"rd_spend-2024": "2000000"}), BY)

    assert (row.rd_spend, row.sources) == (None, {})


def test_zero_is_a_value(app):
    firm = a_firm()
    row = some_figures(firm, 2024, rd_spend=None)
    db.session.commit()

    update_figures(firm.id, {Cell("rd_spend", 2024): Decimal(0)}, Opened({"rd_spend-2024": None}), BY)

    assert row.rd_spend == 0
    assert events()[0][1]["changes"] == [{"field": "rd_spend", "year": 2024, "old": None, "new": "0"}]


def test_same_cell_changed_by_two_is_asked_and_nothing_written(app):
    firm = a_firm()
    row = some_figures(firm, 2024, rd_spend=Decimal(200 * WAN), staff=Decimal(10))
    db.session.commit()
    opened = Opened({"rd_spend-2024": "2000000", "staff-2024": "10"})
    update_figures(firm.id, {Cell("rd_spend", 2024): Decimal(210 * WAN)}, opened, Author("李科员", "form"))

    mine = {Cell("rd_spend", 2024): Decimal(220 * WAN), Cell("staff", 2024): Decimal(11)}
    saving = update_figures(firm.id, mine, opened, BY)

    assert [(each.field, each.opened, each.yours, each.now) for each in saving.conflicts] == [
        ("rd_spend-2024", "2000000", "2200000", "2100000")
    ]
    assert (row.rd_spend, row.staff) == (Decimal(210 * WAN), Decimal(10))


def test_different_cells_changed_by_two_are_both_kept(app):
    firm = a_firm()
    row = some_figures(firm, 2024, rd_spend=Decimal(200 * WAN), staff=Decimal(10))
    db.session.commit()
    opened = Opened({"rd_spend-2024": "2000000", "staff-2024": "10"})
    update_figures(firm.id, {Cell("rd_spend", 2024): Decimal(210 * WAN)}, opened, Author("李科员", "form"))

    mine = {Cell("rd_spend", 2024): Decimal(200 * WAN), Cell("staff", 2024): Decimal(11)}
    saving = update_figures(firm.id, mine, opened, BY)

    assert (row.rd_spend, row.staff) == (Decimal(210 * WAN), Decimal(11))
    assert saving.kept == ("rd_spend-2024",)


def test_figures_of_an_archived_firm_are_refused(app):
    firm = a_firm(archived_at=clock.now())
    db.session.commit()

    with pytest.raises(Refusal, match="已归档"):
        update_figures(firm.id, {Cell("staff", 2024): Decimal(1)}, Opened({"staff-2024": None}), BY)
