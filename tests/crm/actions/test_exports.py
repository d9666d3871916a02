from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.events import Author
from crm.actions.exports import export_arguments, export_firms, exported_file, file_name
from crm.actions.standings import refresh_standings
from crm.actions.tasks import is_finished_soon, start_task
from crm.extensions import db
from crm.models import Event
from crm.queries.firm_filter import VIEWS, FirmFilter
from crm.queries.ledger import ledger_columns, listed_columns
from pipelines.vocabulary import EventKind, Role, TaskKind, Title
from tests.builders import WAN, a_contact, a_firm, a_recognition, a_township, a_user, some_figures

ALL = FirmFilter()


@pytest.fixture
def officer(app):
    return a_user(name="王科员")


def exported(wanted, columns, viewer) -> list[list]:
    """The lines of the file, as values."""
    refresh_standings(None, clock.today())
    content = BytesIO()
    export_firms(wanted, columns, viewer, Author.of(viewer), content)
    return [[cell.value for cell in line] for line in openpyxl.load_workbook(content).active.iter_rows()]


def test_list_leaves_with_every_row_and_says_how_many(officer):
    for number in range(3):
        a_firm(f"嘉善第{number}科技有限公司")

    lines = exported(ALL, listed_columns(), officer)

    assert [line[0] for line in lines[2:5]] == [f"嘉善第{number}科技有限公司" for number in range(3)]
    assert lines[6][0] == "共 3 家"
    assert lines[7][0].startswith("制表：王科员")


def test_list_leaves_as_it_is_filtered_and_ordered(officer):
    small, large = a_firm("嘉善小科技有限公司"), a_firm("嘉善大科技有限公司")
    a_firm("嘉善未报科技有限公司")
    year = clock.today().year - 1
    some_figures(small, year, sales_revenue=Decimal(500 * WAN))
    some_figures(large, year, sales_revenue=Decimal(9000 * WAN))

    wanted = FirmFilter.from_args({"revenue_min": "100", "sort": "-sales_revenue"})
    lines = exported(wanted, listed_columns(), officer)

    revenue = lines[1].index("销售收入(万元)")
    assert [(line[0], line[revenue]) for line in lines[2:4]] == [
        ("嘉善大科技有限公司", 9000),
        ("嘉善小科技有限公司", 500),
    ]
    assert lines[5][0] == "共 2 家"


def test_ledger_holds_figures_of_all_years_titles_and_contact(officer):
    firm = a_firm(township=a_township("西塘镇"))
    some_figures(firm, 2023, sales_revenue=Decimal(100 * WAN), rd_spend=None)
    some_figures(firm, 2024, sales_revenue=Decimal(200 * WAN), rd_spend=None)
    a_recognition(firm, Title.HIGH_TECH, date(2020, 12, 1), certificate_no="GR202033000001")
    a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8), certificate_no="GR202333000001")
    a_contact(firm, name="李四", phone="057300000001")

    lines = exported(ALL, ledger_columns(with_contacts=True), officer)

    row = dict(zip(lines[1], lines[2], strict=True))
    assert (row["2023年销售收入(万元)"], row["2024年销售收入(万元)"]) == (100, 200)
    assert (row["高企证书编号"], row["高企发证日期"].date()) == ("GR202333000001", date(2023, 12, 8))
    assert (row["联系人"], row["手机"], row["镇街"]) == ("李四", "057300000001", "西塘镇")
    assert "2023年研发费用(万元)" not in row


def test_numbers_of_contacts_stay_here_for_who_may_not_see_them(officer):
    a_contact(a_firm())

    lines = exported(ALL, ledger_columns(with_contacts=False), officer)

    assert "手机" not in lines[1]


def test_township_officer_takes_out_the_own_area_alone(app):
    here, there = a_township(), a_township()
    a_firm("嘉善本镇科技有限公司", township=here)
    a_firm("嘉善外镇科技有限公司", township=there)

    lines = exported(ALL, listed_columns(), a_user(Role.TOWNSHIP_OFFICER, township=here))

    assert [line[0] for line in lines[2:3]] == ["嘉善本镇科技有限公司"]
    assert lines[4][0] == "共 1 家"


def test_export_leaves_a_trace_with_filter_and_count(officer):
    a_firm()

    exported(FirmFilter.from_args({"tier": "prospect"}), listed_columns(), officer)

    event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.EXPORTED)).one()
    assert (event.by_name, event.particulars["filter"], event.particulars["count"]) == (
        "王科员",
        {"tier": "prospect"},
        1,
    )


def test_export_as_a_task_keeps_its_file_for_its_owner(officer):
    a_firm()
    refresh_standings(None, clock.today())
    db.session.commit()

    task = start_task(TaskKind.EXPORT, export_arguments(ALL, whole=False, with_contacts=False), Author.of(officer))

    assert is_finished_soon(task)
    assert task.message == "已导出 1 家。"
    assert exported_file(task).stat().st_mode & 0o777 == 0o600


def test_file_is_named_after_day_and_view():
    today = f"{clock.today():%Y%m%d}"

    names = [file_name(wanted) for wanted in (ALL, VIEWS["high_tech"][1], FirmFilter.from_args({"q": "兰钧"}))]

    assert names == [f"企业台账_{today}_{label}.xlsx" for label in ("全部", "高企", "筛选")]


def test_exported_columns_are_those_the_list_shows():
    chosen = ("uscc", "phone", "owner")

    fields = [column.field for column, _ in listed_columns(chosen, with_contacts=True)]
    without_phones = [column.field for column, _ in listed_columns(chosen, with_contacts=False)]

    assert fields == ["name", "uscc", "phone", "owner_id"]
    assert without_phones == ["name", "uscc", "owner_id"]
