from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.events import Author
from crm.actions.export_requests import approve_request, refuse_request
from crm.actions.export_templates import add_template, remove_template, update_template
from crm.actions.exports import (
    WHOLE,
    Disclosure,
    ask_export,
    export_arguments,
    export_firms,
    exported_file,
    file_name,
    plain_layout,
    template_layout,
)
from crm.actions.standings import refresh_standings
from crm.actions.tasks import is_finished_soon, start_task
from crm.extensions import db
from crm.models import Event, ExportRequest, ExportTemplate, Task
from crm.queries.export_columns import offers
from crm.queries.firm_filter import VIEWS, FirmFilter
from crm.queries.ledger import ledger_columns, listed_columns
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, ExportRequestStatus, Role, TaskKind, Title
from tests.builders import WAN, a_contact, a_firm, a_recognition, a_township, a_user, some_figures

ALL = FirmFilter()


@pytest.fixture
def officer(app):
    return a_user(name="王科员")


def exported(wanted, columns, viewer, disclosure=None) -> list[list]:
    """The lines of the file, as values."""
    refresh_standings(None, clock.today())
    content = BytesIO()
    export_firms(wanted, plain_layout(columns), viewer, Author.of(viewer), content, disclosure=disclosure)
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

    lines = exported(ALL, ledger_columns(), officer)

    row = dict(zip(lines[1], lines[2], strict=True))
    assert (row["2023年销售收入(万元)"], row["2024年销售收入(万元)"]) == (100, 200)
    assert (row["高企证书编号"], row["高企发证日期"].date()) == ("GR202333000001", date(2023, 12, 8))
    assert (row["联系人"], row["手机"], row["镇街"]) == ("李四", "057****0001", "西塘镇")
    assert "2023年研发费用(万元)" not in row


def test_numbers_of_contacts_are_masked_without_a_reason_and_whole_with_one(officer):
    a_contact(a_firm(), name="李四", phone="13800000003", email="lisi@example.com")
    before = db.session.scalar(sa.select(sa.func.count(Event.id)))

    masked = exported(ALL, ledger_columns(), officer)
    whole = exported(ALL, ledger_columns(), officer, Disclosure("通知高企申报培训"))

    assert {"138****0003", "l***@example.com"} <= set(masked[2])
    assert {"13800000003", "lisi@example.com"} <= set(whole[3])
    assert whole[0][0].startswith("含完整联系方式，仅限本次用途　导出：王科员　")
    assert whole[0][0].endswith("　事由：通知高企申报培训")
    first, second = db.session.scalars(sa.select(Event.particulars).order_by(Event.id).offset(before))
    assert "contacts" not in first
    assert (second["contacts"], second["reason"], second["count"]) == ("whole", "通知高企申报培训", 1)


def test_a_reason_for_a_list_without_numbers_is_no_disclosure(officer):
    a_contact(a_firm(), phone="13800000003")

    lines = exported(ALL, listed_columns(), officer, Disclosure("通知高企申报培训"))

    assert lines[0][0] == "单位：万元"


def test_more_whole_numbers_than_the_setting_allows_wait_for_a_second_person(app, monkeypatch, officer):
    monkeypatch.setitem(app.config, "EXPORT_APPROVAL_ROWS", 1)
    for _ in range(2):
        a_contact(a_firm(), phone="13800000003")
    refresh_standings(None, clock.today())
    db.session.commit()

    asked = ask_export(ALL, WHOLE, "通知高企申报培训", Author.of(officer))
    masked = ask_export(ALL, WHOLE, None, Author.of(officer))

    assert isinstance(asked, ExportRequest)
    assert (asked.count, asked.status) == (2, ExportRequestStatus.WAITING)
    assert isinstance(masked, Task)
    assert is_finished_soon(masked)


@pytest.fixture
def asked(app, monkeypatch, officer) -> ExportRequest:
    monkeypatch.setitem(app.config, "EXPORT_APPROVAL_ROWS", 0)
    a_contact(a_firm(), phone="13800000003")
    refresh_standings(None, clock.today())
    db.session.commit()
    return ask_export(ALL, WHOLE, "通知高企申报培训", Author.of(officer))


def test_what_a_second_person_approved_is_written_for_the_one_who_asked(asked, officer):
    chief = a_user(Role.SECTION_CHIEF, name="章科长")
    db.session.commit()
    approve_request(asked.id, True, Author.of(chief))

    task = db.session.get_one(Task, asked.task_id)
    assert is_finished_soon(task)
    assert (task.by_id, task.message) == (officer.id, "已导出 1 家。")
    lines = openpyxl.load_workbook(exported_file(task)).active
    assert lines["A1"].value.endswith("事由：通知高企申报培训　批准：章科长")
    kinds = list(db.session.scalars(sa.select(Event.kind).order_by(Event.id)))[-3:]
    assert kinds == [EventKind.EXPORT_ASKED, EventKind.EXPORT_APPROVED, EventKind.EXPORTED]


def test_nobody_approves_the_own_request_and_nobody_decides_twice(asked, officer):
    me, chief = Author.of(officer), Author.of(a_user(Role.SECTION_CHIEF))
    db.session.commit()
    with pytest.raises(Refusal, match="须由另一人批准"):
        approve_request(asked.id, True, me)
    db.session.rollback()
    with pytest.raises(Refusal, match="不能批准"):
        approve_request(asked.id, False, chief)
    db.session.rollback()
    refuse_request(asked.id, "名单太大，请按镇街分开", chief)
    with pytest.raises(Refusal, match="这份申请未批准，不必再处理"):
        approve_request(asked.id, True, chief)

    assert asked.task_id is None


def a_template(**values) -> ExportTemplate:
    db.session.commit()
    columns = [
        {"key": "firm.name", "heading": "单位"},
        {"key": "figures.sales_revenue:1", "heading": "{年}产值"},
        {"key": "figures.sales_revenue:2", "heading": ""},
        {"key": "contact.phone", "heading": ""},
    ]
    usual = {
        "name": "汇总表",
        "title": "高企申报汇总表",
        "columns": columns,
        "by_township": False,
        "names_maker": False,
    }
    return add_template(usual | values, Author("王科员", "form"))


def test_template_says_columns_order_headings_title_and_whether_the_maker_is_named(officer):
    firm, year = a_firm("嘉善甲科技有限公司"), clock.today().year
    some_figures(firm, year - 1, sales_revenue=Decimal(300 * WAN))
    some_figures(firm, year - 2, sales_revenue=Decimal(200 * WAN))
    a_contact(firm, phone="13800000003")
    refresh_standings(None, clock.today())
    content = BytesIO()

    export_firms(ALL, template_layout(a_template()), officer, Author.of(officer), content)

    lines = [[cell.value for cell in line] for line in openpyxl.load_workbook(content).active.iter_rows()]
    assert [line[0] for line in lines[:2]] == ["高企申报汇总表", "单位：万元"]
    assert lines[2] == ["单位", f"{year - 1}年产值", f"{year - 2}年销售收入(万元)", "手机"]
    assert lines[3] == ["嘉善甲科技有限公司", 300, 200, "138****0003"]
    assert [line[0] for line in lines[4:]] == [None, "共 1 家"]


def test_template_puts_every_township_on_a_sheet_of_its_own_in_the_order_of_the_county(officer):
    second, first = a_township("西塘镇"), a_township("罗星街道")
    second.position, first.position = 2, 1
    inside = a_township("智造园", within=second)
    a_firm("嘉善甲科技有限公司", township=second)
    a_firm("嘉善乙科技有限公司", township=first)
    a_firm("嘉善丙科技有限公司")
    a_firm("嘉善丁科技有限公司", township=inside)
    refresh_standings(None, clock.today())
    content = BytesIO()

    count = export_firms(ALL, template_layout(a_template(by_township=True)), officer, Author.of(officer), content)

    book = openpyxl.load_workbook(content)
    assert count == 4
    assert {sheet.title: [sheet.cell(row, 1).value for row in (4, 5, 6)] for sheet in book} == {
        "罗星街道": ["嘉善乙科技有限公司", None, "共 1 家"],
        "西塘镇": ["嘉善丁科技有限公司", "嘉善甲科技有限公司", None],
        "未填镇街": ["嘉善丙科技有限公司", None, "共 1 家"],
    }


def test_template_may_hold_every_column_there_is(officer):
    a_recognition(a_firm(), Title.HIGH_TECH, date(2023, 12, 8))
    refresh_standings(None, clock.today())
    keys = [offer.key for group in offers().values() for offer in group]
    columns = [{"key": key, "heading": ""} for key in keys]
    content = BytesIO()

    export_firms(ALL, template_layout(a_template(columns=columns)), officer, Author.of(officer), content)

    assert openpyxl.load_workbook(content).active.max_column == len(keys)


def test_template_with_a_column_that_is_gone_says_which(officer):
    a_template(columns=[{"key": "firm.name", "heading": ""}, {"key": "firm.horoscope", "heading": "星座"}])
    template = db.session.scalars(sa.select(ExportTemplate)).one()

    with pytest.raises(Refusal, match="模板“汇总表”中的列“星座”已不存在，没有导出"):
        template_layout(template)


def test_template_that_is_gone_says_so(officer):
    with pytest.raises(Refusal, match="已被移除"):
        ask_export(ALL, "template:99", None, Author.of(officer))


def test_template_saved_by_two_people_keeps_the_first_and_tells_the_second(app):
    template, by = a_template(), Author("王科员", "form")
    values = {"name": "汇总表", "title": "甲", "columns": template.columns, "by_township": True, "names_maker": True}
    update_template(template.id, values, 1, by)

    with pytest.raises(Refusal, match="另有人保存了这个模板"):
        update_template(template.id, values | {"title": "乙"}, 1, by)
    db.session.rollback()
    with pytest.raises(Refusal, match="已有名为“汇总表”的导出模板"):
        a_template()
    db.session.rollback()
    assert remove_template(template.id, by) == "汇总表"
    kinds = list(db.session.scalars(sa.select(Event.kind).order_by(Event.id)))
    assert kinds == [EventKind.EXPORT_TEMPLATE_SAVED] * 2 + [EventKind.EXPORT_TEMPLATE_REMOVED]


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

    task = start_task(TaskKind.EXPORT, export_arguments(ALL), Author.of(officer))

    assert is_finished_soon(task)
    assert task.message == "已导出 1 家。"
    assert exported_file(task).stat().st_mode & 0o777 == 0o600


def test_file_is_named_after_day_and_view():
    today = f"{clock.today():%Y%m%d}"

    names = [file_name(wanted) for wanted in (ALL, VIEWS["high_tech"][1], FirmFilter.from_args({"q": "兰钧"}))]

    assert names == [f"企业台账_{today}_{label}.xlsx" for label in ("全部", "高企", "筛选")]


def test_exported_columns_are_those_the_list_shows():
    fields = [column.field for column, _ in listed_columns(("uscc", "phone", "owner"))]

    assert fields == ["name", "uscc", "phone", "owner_id"]
