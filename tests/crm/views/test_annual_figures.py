import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from crm import clock
from crm.extensions import db
from crm.models import Event
from crm.queries.figures_grid import FIGURE_FIELDS
from pipelines.vocabulary import EventKind, Role
from tests.builders import WAN, a_firm, a_township, some_figures
from tests.pages import form_of

LAST = clock.today().year - 1


def test_grid_shows_the_last_six_years_even_where_nothing_is_known(signed_in):
    firm = a_firm()

    form = form_of(signed_in(Role.OFFICER).get(f"/firms/{firm.id}/figures/edit").text, "opened")

    cells = {f"{field}-{year}" for field in FIGURE_FIELDS for year in range(LAST - 5, LAST + 1)}
    assert set(form) - {"opened", "seen", "block", "unit", "at"} == cells
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
    assert len([name for name in form if name.endswith(f"-{LAST}")]) == len(FIGURE_FIELDS)
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


BLOCK = f"单位：元\t{LAST - 1}\t{LAST}\n研发费用\t2200000\t3,000,000.50\n职工总数\t\t12\n利润率\t1%\t2%\n"


class TestBlockPasted:
    def test_is_laid_into_the_inputs_with_what_it_changes_and_saved_by_the_form_itself(self, signed_in):
        firm = a_firm()
        row, before = some_figures(firm, LAST, staff=Decimal(9)), some_figures(firm, LAST - 1)
        client = signed_in(Role.OFFICER)
        path = f"/firms/{firm.id}/figures"
        form = form_of(client.get(f"{path}/edit").text, "opened")

        preview = client.post(f"{path}/pasting", data=form | {"block": BLOCK, f"cost-{LAST}": "77"})
        db.session.refresh(row)
        untouched = (row.rd_spend, row.staff)
        laid = form_of(preview.text, "opened")
        saved = client.post(f"{path}/edit", data=laid)

        assert untouched == (Decimal(220 * WAN), Decimal(9))
        assert "粘贴的 3 格里有 2 格与现在不同，还没有保存" in preview.text
        assert "没有认出、没有填入的：利润率" in preview.text
        assert {name: laid[f"{name}-{LAST}"] for name in ("rd_spend", "staff", "cost")} == {
            "rd_spend": "300.00005", "staff": "12", "cost": "77",
        }  # fmt: skip
        db.session.refresh(row), db.session.refresh(before)
        event = db.session.scalars(sa.select(Event)).one()
        assert (saved.status_code, row.rd_spend, before.rd_spend) == (303, Decimal("3000000.50"), Decimal(220 * WAN))
        assert (event.kind, len(event.particulars["changes"])) == (EventKind.FIGURES_UPDATED, 3)

    def test_without_a_unit_is_asked_for_one_and_keeps_everything(self, signed_in):
        firm, client = a_firm(), signed_in(Role.OFFICER)
        path = f"/firms/{firm.id}/figures"
        form = form_of(client.get(f"{path}/edit").text, "opened")
        numbers = {"block": "1\t2\n3\t4", "at": f"sales_revenue-{LAST - 1}", f"staff-{LAST}": "8"}

        asked = client.post(f"{path}/pasting", data=form | numbers)
        kept = form_of(asked.text, "opened")
        laid = form_of(client.post(f"{path}/pasting", data=kept | {"unit": "元"}).text, "opened")

        assert "没有写明金额的单位" in asked.text
        assert {name: kept[name] for name in numbers} == numbers
        assert (laid[f"sales_revenue-{LAST}"], laid[f"operating_revenue-{LAST - 1}"]) == ("0.0002", "0.0003")
        assert (laid[f"staff-{LAST}"], laid["block"]) == ("8", "")

    def test_of_earlier_years_brings_them_into_view_and_overwrites_nothing_unseen(self, signed_in):
        firm, client = a_firm(), signed_in(Role.OFFICER)
        early = some_figures(firm, LAST - 8)
        path = f"/firms/{firm.id}/figures"
        form = form_of(client.get(f"{path}/edit").text, "opened")

        preview = client.post(f"{path}/pasting", data=form | {"block": f"年度\t研发费用(万元)\n{LAST - 8}\t1"})
        action = BeautifulSoup(preview.text, "html.parser").find(
            "form", method="post", action=re.compile("figures/edit")
        )
        saved = client.post(action["action"], data=form_of(preview.text, "opened"))

        db.session.refresh(early)
        assert '<del class="old">220</del> → <ins class="new">1</ins>' in preview.text
        assert (saved.status_code, early.rd_spend, early.sales_revenue) == (303, Decimal(WAN), Decimal(4000 * WAN))

    @pytest.mark.parametrize(
        ("block", "sentence"),
        [
            ("", "没有粘贴任何内容"),
            ("x" * 60_000, "这一块太大"),
            ("指标\t2031\n职工总数\t5", "2031 年不能填"),
            ("指标\t1950\n职工总数\t5", "1950 年不能填"),
            (f"指标\t{LAST}\n职工总数\t五个<b>", "应为"),
            ("\u202e\t\n<script>\t1", "没有认出表头"),
        ],
    )
    def test_of_a_wrong_shape_is_told_and_nothing_is_lost(self, signed_in, block, sentence):
        firm, client = a_firm(), signed_in(Role.OFFICER)
        path = f"/firms/{firm.id}/figures"
        form = form_of(client.get(f"{path}/edit").text, "opened") | {f"cost-{LAST}": "77", "unit": "万元"}

        answer = client.post(f"{path}/pasting", data=form | {"block": block})

        assert answer.status_code == 200
        assert sentence in answer.text
        assert form_of(answer.text, "opened")[f"cost-{LAST}"] == "77"
        assert db.session.scalars(sa.select(Event)).all() == []

    def test_is_nobodys_outside_the_own_area(self, signed_in):
        elsewhere = a_firm(township=a_township())

        answer = signed_in(Role.TOWNSHIP_OFFICER).post(f"/firms/{elsewhere.id}/figures/pasting", data={"block": BLOCK})

        assert answer.status_code == 404


def test_doubted_figures_are_marked_with_the_reason_and_a_trend_can_be_read_out(signed_in):
    firm = a_firm()
    some_figures(firm, LAST - 1, staff=Decimal(20))
    some_figures(firm, LAST, staff=Decimal(10), tech_staff=Decimal(12))

    page = BeautifulSoup(signed_in(Role.OFFICER).get(f"/firms/{firm.id}?tab=figures").text, "html.parser")

    marked = page.select("td.doubted")
    assert [cell["title"] for cell in marked] == ["存疑：科技人员多于职工总数"] * 2
    assert "（存疑：科技人员多于职工总数）" in marked[0].text
    labels = [drawn["aria-label"] for drawn in page.select("svg.trend")]
    assert f"职工总数(年平均)：{LAST - 1} 年 20，{LAST} 年 10" in labels
