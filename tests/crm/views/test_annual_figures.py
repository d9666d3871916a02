from decimal import Decimal

import pytest

from crm import clock
from crm.extensions import db
from crm.queries.figures_grid import FIGURE_FIELDS
from pipelines.vocabulary import Role
from tests.builders import WAN, a_firm, a_township, some_figures
from tests.pages import form_of

LAST = clock.today().year - 1


def test_grid_shows_the_last_six_years_even_where_nothing_is_known(signed_in):
    firm = a_firm()

    form = form_of(signed_in(Role.OFFICER).get(f"/firms/{firm.id}/figures/edit").text, "opened")

    cells = {f"{field}-{year}" for field in FIGURE_FIELDS for year in range(LAST - 5, LAST + 1)}
    assert set(form) - {"opened", "seen"} == cells
    assert {form[cell] for cell in cells} == {""}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1,234.5", Decimal(12_345_000)),
        ("１，２３４．５", Decimal(12_345_000)),
        ("1234.5万", Decimal(12_345_000)),
        ("12345000元", Decimal(12_345_000)),
        ("0", Decimal(0)),
        ("0.000001", Decimal("0.01")),
        (" 12 ", Decimal(120_000)),
        ("", None),
        ("—", None),
    ],
)
def test_cell_is_read_as_the_import_reads_it(signed_in, typed, kept):
    firm = a_firm()
    row = some_figures(firm, LAST, rd_spend=Decimal(1))
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/figures/edit").text, "opened")

    answer = client.post(f"/firms/{firm.id}/figures/edit", data=form | {f"rd_spend-{LAST}": typed})

    db.session.refresh(row)
    assert (answer.status_code, row.rd_spend) == (303, kept)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("rd_spend", "abc", "应为数字"),
        ("rd_spend", "约1200", "只写了约数或范围"),
        ("rd_spend", "1e309", "大得不合理"),
        ("rd_spend", "NaN", "应为数字"),
        ("rd_spend", "9" * 59, "大得不合理"),
        ("rd_spend", "1" * 10**6, "应为数字"),
        ("rd_spend", "<script>alert(1)</script>", "请填写具体的数"),
        ("rd_spend", "#REF!", "公式没有结果"),
        ("staff", "-3", "不能为负"),
        ("conversions", "2.5", "应为整数"),
    ],
)
def test_cell_that_cannot_be_read_is_told_and_nothing_typed_is_lost(signed_in, field, typed, sentence):
    firm = a_firm()
    row = some_figures(firm, LAST)
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/figures/edit").text, "opened")

    answer = client.post(
        f"/firms/{firm.id}/figures/edit", data=form | {f"{field}-{LAST}": typed, f"sales_revenue-{LAST}": "5000"}
    )

    db.session.refresh(row)
    assert (answer.status_code, row.sales_revenue) == (422, Decimal(4000 * WAN))
    assert sentence in answer.text
    assert "<script>alert" not in answer.text
    kept = form_of(answer.text, "opened")
    assert (kept[f"{field}-{LAST}"], kept[f"sales_revenue-{LAST}"]) == (typed, "5000")


def test_form_sent_back_unchanged_changes_nothing(signed_in):
    firm = a_firm()
    row = some_figures(
        firm,
        LAST,
        sales_revenue=Decimal("12345678.90"),
        staff=Decimal("12.25"),
        net_profit=Decimal("-1.05"),
        conversions=3,
    )
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/figures/edit").text, "opened")

    page = client.post(f"/firms/{firm.id}/figures/edit", data=form, follow_redirects=True).text

    db.session.refresh(row)
    assert "内容没有变化，未作修改。" in page
    assert row.version == 1


def test_input_that_was_not_sent_is_not_a_cleared_one(signed_in):
    firm = a_firm()
    row = some_figures(firm, LAST)

    answer = signed_in(Role.OFFICER).post(f"/firms/{firm.id}/figures/edit", data={})

    db.session.refresh(row)
    assert (answer.status_code, row.sales_revenue) == (303, Decimal(4000 * WAN))


@pytest.mark.parametrize(
    "name",
    [f"rd_spend-{LAST + 2}", "rd_spend-0001", "version-2024", "firm_id-2024", "rd_spend--2024", "rd_spend-２０２４"],
)
def test_cells_that_are_not_in_the_grid_are_passed_over(signed_in, name):
    firm = a_firm()

    signed_in(Role.OFFICER).post(f"/firms/{firm.id}/figures/edit", data={name: "1"})

    assert firm.annual_figures == []


def test_figures_that_two_people_typed_are_asked_about(signed_in):
    firm = a_firm()
    row = some_figures(firm, LAST, rd_spend=Decimal(200 * WAN), staff=Decimal(10), tech_staff=None)
    path, cell = f"/firms/{firm.id}/figures/edit", f"rd_spend-{LAST}"
    early, late = signed_in(Role.OFFICER), signed_in(Role.OFFICER)
    forms = [form_of(client.get(path).text, "opened") for client in (early, late)]
    early.post(path, data=forms[0] | {cell: "210", f"staff-{LAST}": "11"})

    asked = late.post(path, data=forms[1] | {cell: "220", f"tech_staff-{LAST}": "3"})
    shown = form_of(asked.text, "opened")
    saved = late.post(path, data=shown | {f"take-{cell}": "yours"})

    assert (asked.status_code, saved.status_code) == (409, 303)
    for part in (f"{LAST}年研发费用", "200 万元", "210 万元", "220 万元", f"{LAST}年职工总数(年平均)"):
        assert part in asked.text
    assert (shown[cell], shown[f"staff-{LAST}"], shown[f"tech_staff-{LAST}"]) == ("220", "11", "3")
    db.session.refresh(row)
    assert (row.rd_spend, row.staff, row.tech_staff) == (Decimal(220 * WAN), Decimal(11), Decimal(3))


def test_doubtful_figure_is_saved_and_said(signed_in):
    firm = a_firm()
    row = some_figures(firm, LAST)
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/figures/edit").text, "opened")

    page = client.post(f"/firms/{firm.id}/figures/edit", data=form | {f"cost-{LAST}": "-5"}, follow_redirects=True).text

    db.session.refresh(row)
    assert row.cost == Decimal(-5 * WAN)
    assert f"{LAST}年成本费用总额为负数，请核对。" in page


def test_more_years_are_shown_on_request(signed_in):
    firm = a_firm()
    some_figures(firm, LAST - 8)
    path = f"/firms/{firm.id}?tab=figures"
    client = signed_in(Role.DIRECTOR)

    few, many = client.get(path).text, client.get(f"{path}&years=12").text

    assert ("更早的年份" in few, f">{LAST - 8}<" in few) == (True, False)
    assert f">{LAST - 8}<" in many


def test_one_year_can_be_typed_alone_and_leaves_the_others(signed_in):
    firm = a_firm()
    row, earlier = some_figures(firm, LAST), some_figures(firm, LAST - 1)
    path = f"/firms/{firm.id}/figures/edit?year={LAST}"
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(path).text, "opened")

    client.post(path, data=form | {f"rd_spend-{LAST}": ""})

    for figures in (row, earlier):
        db.session.refresh(figures)
    assert len(form) == len(FIGURE_FIELDS) + 2
    assert (row.rd_spend, earlier.rd_spend) == (None, Decimal(220 * WAN))


def test_figures_of_another_township_are_not_found(signed_in):
    firm = a_firm(township=a_township())
    client = signed_in(Role.TOWNSHIP_OFFICER)

    answers = [client.get(f"/firms/{firm.id}/figures/edit"), client.post(f"/firms/{firm.id}/figures/edit", data={})]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_reader_types_no_figures(signed_in):
    firm = a_firm()
    client = signed_in(Role.DIRECTOR)

    answers = [client.get(f"/firms/{firm.id}/figures/edit"), client.post(f"/firms/{firm.id}/figures/edit", data={})]

    assert [answer.status_code for answer in answers] == [403, 403]
