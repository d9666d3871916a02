"""The audit page: who did what, readable, newest first, at one price whatever is asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from crm import clock
from crm.actions.event_seals import check_events, seal_events
from crm.actions.events import COMMAND
from crm.clock import OFFICE_ZONE
from crm.extensions import db
from crm.models import Event
from crm.queries.events import EventFilter, audit_page
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_user

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=OFFICE_ZONE)


def an_event(kind: EventKind = EventKind.FIRM_UPDATED, at: datetime = NOON, **values: object) -> Event:
    event = Event(**{"kind": kind, "at": at, "by_name": "王芳", "through": "form", "particulars": {}} | values)
    db.session.add(event)
    db.session.flush()
    return event


@pytest.fixture
def auditor(signed_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return signed_in(Role.AUDITOR)


def rows_of(page: str) -> list[list[str]]:
    body = BeautifulSoup(page, "html.parser").find("tbody")
    return (
        [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in body.find_all("tr")] if body else []
    )


def test_change_is_told_in_the_words_of_the_office(auditor: FlaskClient) -> None:
    firm = a_firm("嘉善兰钧科技有限公司")
    changes = [
        {"field": "sales_revenue", "year": 2025, "old": "40000000", "new": "42500000.5"},
        {"field": "founded_on", "old": None, "new": "2015-03-15"},
    ]
    an_event(EventKind.FIGURES_UPDATED, firm_id=firm.id, through="import:12", particulars={"changes": changes})

    assert rows_of(auditor.get("/events").text) == [
        [
            "2026-11-23 12:00", "修改年度数据", "王芳", "导入 #12", "嘉善兰钧科技有限公司",
            "2025年销售收入： 4,000 万元 → 4,250.00005 万元 成立日期：2015-03-15",
        ]
    ]  # fmt: skip


def test_account_change_names_role_and_person(auditor: FlaskClient) -> None:
    changes = [{"field": "role", "old": "officer", "new": "director"}, {"field": "active", "old": True, "new": False}]
    an_event(EventKind.USER_SAVED, particulars={"subject": "赵敏（zhao）", "changes": changes})

    told = rows_of(auditor.get("/events").text)[0][5]

    assert told == "赵敏（zhao） 角色： 科员 → 局领导 在用： 是 → 否"


def test_import_and_export_say_how_much(auditor: FlaskClient) -> None:
    counts = {"create": 3, "update": 5, "unchanged": 0}
    an_event(EventKind.IMPORT_APPLIED, particulars={"file_name": "台账<b>.xlsx", "counts": counts})

    page = auditor.get("/events").text

    assert rows_of(page)[0][5] == "文件：台账<b>.xlsx 新增3行，更新5行"
    assert "<b>.xlsx" not in page


def test_contact_is_masked_for_whoever_audits(auditor: FlaskClient) -> None:
    changes = [{"field": "phone", "old": None, "new": "13800000003"}]
    an_event(EventKind.CONTACT_SAVED, particulars={"changes": changes})

    page = auditor.get("/events").text

    assert ("13800000003" in page, "138****0003" in page) == (False, True)


def test_chief_goes_on_to_the_firm_and_the_auditor_does_not(
    signed_in: Callable[[Role], FlaskClient], auditor: FlaskClient
) -> None:
    firm = a_firm("嘉善兰钧科技有限公司")
    an_event(firm_id=firm.id)

    linked = [
        f'href="/firms/{firm.id}"' in signed.get("/events").text for signed in (signed_in(Role.SECTION_CHIEF), auditor)
    ]

    assert linked == [True, False]


@pytest.fixture
def five(auditor: FlaskClient) -> dict[str, object]:
    """Five deeds on three days, by two people and the system, on two firms."""
    wang, zhao = a_user(name="王芳"), a_user(name="赵敏")
    lan = a_firm("嘉善兰钧科技有限公司")
    yun = a_firm("嘉善云帆软件有限公司")
    an_event(
        EventKind.FIRM_CREATED, NOON - timedelta(days=2), firm_id=lan.id, by_id=wang.id, particulars={"subject": "1"}
    )
    an_event(
        EventKind.FIRM_UPDATED, NOON - timedelta(days=1), firm_id=lan.id, by_id=zhao.id, particulars={"subject": "2"}
    )
    an_event(
        EventKind.FIRM_UPDATED, NOON - timedelta(hours=12), firm_id=yun.id, by_id=wang.id, particulars={"subject": "3"}
    )
    an_event(EventKind.EXPORTED, NOON, by_id=zhao.id, address="10.0.0.7", particulars={"subject": "4"})
    an_event(EventKind.REFERENCE_LOADED, NOON, by_name="系统", through="system", particulars={"subject": "5"})
    return {"wang": wang.id, "lan_code": lan.uscc}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "54321"),
        ("kind=firm_updated", "32"),
        ("by={wang}", "31"),
        ("by=none", "5"),
        ("firm=嘉善兰钧", "21"),
        ("firm={lan_code}", "21"),
        ("firm=没有这家", ""),
        ("address=10.0.0.7", "4"),
        ("address=10.0.0", "54321"),
        ("since=2026-11-23", "543"),
        ("until=2026-11-22", "21"),
        ("since=2026-11-22&until=2026-11-22", "2"),
        ("kind=firm_updated&by={wang}&firm=嘉善云帆", "3"),
        ("kind=nonsense&by=x&since=yesterday&before=-1&page=1000000000&sort=evil", "54321"),
        ("by=99999999999999999999&before=99999999999999999999", "54321"),
        ("before=2000000000", "54321"),
        ("firm=%25", ""),
        ("firm=" + "a" * 5000, "54321"),
        ("since=0000-00-00&until=99999-01-01", "54321"),
        ("kind=%ff%fe&by=%F0%9F%98%80", "54321"),
    ],
)
def test_list_filters_and_survives_nonsense(
    auditor: FlaskClient, five: dict[str, object], query: str, found: str
) -> None:
    answer = auditor.get("/events?" + query.format(**five))

    assert answer.status_code == 200
    assert "".join(row[5] for row in rows_of(answer.text)) == found


def test_what_makes_no_sense_is_said(auditor: FlaskClient) -> None:
    page = auditor.get("/events?kind=nonsense&since=yesterday").text

    assert "没有这种操作，已按全部操作显示。" in page
    assert "起始日期应为日期，如 2026-11-23，已忽略。" in page


def test_older_pages_hold_every_event_once_even_those_of_one_moment(auditor: FlaskClient) -> None:
    for number in range(120):
        an_event(particulars={"subject": str(number)}, at=NOON + timedelta(minutes=number // 60))

    seen, address = [], "/events?kind=firm_updated"
    while address:
        page = auditor.get(address).text
        seen += [int(row[5]) for row in rows_of(page)]
        older = BeautifulSoup(page, "html.parser").find("a", rel="next")
        address = older and older["href"]

    assert seen == list(range(119, -1, -1))


def test_only_the_auditor_takes_the_log_out(
    signed_in: Callable[[Role], FlaskClient], five: dict[str, object], auditor: FlaskClient
) -> None:
    chief = signed_in(Role.SECTION_CHIEF)
    answers = [visitor.post("/events/export-files").status_code for visitor in (chief, auditor)]

    assert answers == [403, 200]
    assert ("导出 Excel" in chief.get("/events").text, "导出 Excel" in auditor.get("/events").text) == (False, True)


def test_export_holds_what_the_filter_finds_masked_and_stands_in_the_log(auditor: FlaskClient) -> None:
    changes = [{"field": "phone", "old": None, "new": "13800000003"}]
    an_event(EventKind.CONTACT_SAVED, address="10.0.0.7", particulars={"subject": "=1+1", "changes": changes})
    an_event(EventKind.SIGNED_IN)

    answer = auditor.post("/events/export-files", data={"kind": "contact_saved"})

    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=3)]
    export = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.EXPORTED)).one()
    assert rows[0] == ["编号", "时间", "操作", "操作人", "方式", "来源地址", "企业", "内容"]
    assert rows[1][1:] == [
        "2026-11-23 12:00:00", "修改联系人", "王芳", "手工", "10.0.0.7", None, "=1+1；电话：— → 138****0003"
    ]  # fmt: skip
    assert sheet["H3"].data_type == "s"
    assert sheet["A5"].value == "共 1 条"
    assert export.particulars == {"list": "操作记录", "filter": {"kind": "contact_saved"}, "count": 1}
    assert export.address == "127.0.0.1"


def test_export_of_too_much_is_refused_and_leaves_nothing_out(
    auditor: FlaskClient, five: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.actions.event_exports._MOST", 4)

    answer = auditor.post("/events/export-files")

    assert answer.status_code == 422
    assert "符合条件的记录有 5 条，一次最多导出 4 条。请缩小日期范围" in answer.text


def test_page_tells_of_the_last_check(auditor: FlaskClient) -> None:
    def told() -> str:
        return BeautifulSoup(auditor.get("/events").text, "html.parser").find("main").get_text(" ", strip=True)

    an_event()
    before = told()
    seal_events()
    check_events(COMMAND)
    whole = told()
    an_event(EventKind.AUDIT_CHECKED, clock.now(), particulars={
        "is_whole": False, "faults": ["记录 7 不见了。"], "fault_count": 1
    })  # fmt: skip
    broken = told()

    assert "上次核验 还没有核验过，每夜自动核验一次" in before
    assert "待封存 1 条，最早 2026-11-23 12:00" in before
    assert "完好 1 条 最新封印 第 1 枚" in whole
    assert ("发现记录与封印不一致" in broken, "记录 7 不见了。" in broken) == (True, True)


def test_list_asks_as_often_for_one_row_as_for_fifty(auditor: FlaskClient) -> None:
    counted = []
    for more in (1, 49):
        for _ in range(more):
            an_event(firm_id=a_firm().id, by_id=a_user().id)
        db.session.commit()
        statements: list[str] = []
        listener = lambda *given, into=statements: into.append(given[2])  # noqa: E731 - removed again below
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        auditor.get("/events")
        sa.event.remove(db.engine, "before_cursor_execute", listener)
        counted.append(len(statements))

    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    "args", [{}, {"kind": "exported"}, {"by": "1"}, {"by": "none"}, {"since": "2026-01-01"}, {"firm": "嘉"}]
)
def test_no_filter_reads_the_whole_table_or_sorts_it(auditor: FlaskClient, args: dict[str, str]) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite explains itself in these words")
    a_firm("嘉善兰钧科技有限公司")
    statements: list[tuple[str, object]] = []
    listener = lambda *given: statements.append((given[2], given[3]))  # noqa: E731 - removed again below
    sa.event.listen(db.engine, "before_cursor_execute", listener)
    audit_page(EventFilter.from_args(args))
    sa.event.remove(db.engine, "before_cursor_execute", listener)

    statement, parameters = statements[-1]
    plan = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
    steps = " / ".join(step[3] for step in plan)

    assert "USING INDEX" in steps
    assert "TEMP B-TREE" not in steps


def test_events_are_shown_and_never_changed(signed_in: Callable[[Role], FlaskClient]) -> None:
    chief = signed_in(Role.SECTION_CHIEF)

    assert [chief.open("/events", method=method).status_code for method in ("POST", "PUT", "DELETE")] == [405, 405, 405]
