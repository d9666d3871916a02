"""What stands around every page: the right entries, and a banner while the county is invented."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag

from crm import clock
from crm.extensions import db
from crm.frame import MENU
from crm.models import Reminder, SignIn
from pipelines.vocabulary import ReminderKind, ReminderStatus, Role, SignInOutcome
from tests.builders import a_firm, a_user

BANNER = ".demo-banner"


def frame(client) -> Tag:
    return BeautifulSoup(client.get("/password").data, "html.parser")


EVERY_ENTRY = ["今日", "企业库", "培育申报", "候选名单", "走访跟进", "期限提醒", "看板统计", "政策规则", "系统管理"]
PLACES = {
    Role.ADMINISTRATOR: [
        "导入记录", "任务", "导出申请", "导出模板", "移交工作", "批量办理", "口径设置", "新增政策版本",
        "开始使用", "账号", "镇街", "行业", "系统状态", "备份", "修改口令", "登录中的地方",
        "两步验证",
    ],
    Role.SECTION_CHIEF: [
        "导入记录", "任务", "导出申请", "导出模板", "移交工作", "批量办理", "企业标签", "口径设置",
        "新增政策版本", "操作记录", "修改口令", "登录中的地方", "两步验证",
    ],
    Role.TOWNSHIP_OFFICER: [
        "导入记录", "任务", "导出申请", "批量办理", "修改口令", "登录中的地方", "两步验证",
    ],
    Role.DIRECTOR: [
        "任务", "导出申请", "修改口令", "登录中的地方", "两步验证",
    ],
    Role.AUDITOR: [
        "操作记录", "修改口令", "登录中的地方", "两步验证",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("role", "places"), PLACES.items())
def test_system_page_offers_what_the_role_may_open(signed_in, role, places):
    page = BeautifulSoup(signed_in(role).get("/system").data, "html.parser")

    assert [link.get_text() for link in page.select(".places a")] == places


@pytest.mark.parametrize("path", ["/tasks", "/events"])
def test_menu_marks_the_entry_through_which_a_page_is_reached(signed_in, path):
    page = BeautifulSoup(signed_in(Role.SECTION_CHIEF).get(path).data, "html.parser")

    assert [link.get_text(strip=True) for link in page.select(".menu [aria-current]")] == ["系统管理"]


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (
            Role.ADMINISTRATOR,
            ["今日", "企业库", "培育申报", "候选名单", "走访跟进", "期限提醒", "看板统计", "政策规则", "系统管理"],
        ),
        (
            Role.SECTION_CHIEF,
            ["今日", "企业库", "培育申报", "候选名单", "走访跟进", "期限提醒", "看板统计", "政策规则", "系统管理"],
        ),
        (
            Role.TOWNSHIP_OFFICER,
            ["今日", "企业库", "培育申报", "候选名单", "走访跟进", "看板统计", "政策规则", "系统管理"],
        ),
        (Role.DIRECTOR, ["企业库", "培育申报", "候选名单", "走访跟进", "看板统计", "政策规则", "系统管理"]),
        (Role.AUDITOR, ["系统管理"]),
    ],
)
def test_menu_offers_what_the_role_may_open(signed_in, role, entries):
    page = frame(signed_in(role))

    assert [link.get_text(strip=True) for link in page.select(".menu a")] == entries
    assert [link.get_text(strip=True) for link in page.select(".drawer-menu a")] == entries


def test_menu_has_at_most_nine_entries_and_a_phone_at_most_four_of_a_role(signed_in):
    assert len(MENU) <= 9
    for role in Role:
        assert len(frame(signed_in(role)).select(".bottombar > a")) <= 4


def test_menu_marks_the_entry_that_a_page_belongs_to(signed_in):
    firm = a_firm()
    client = signed_in(Role.OFFICER)

    page = BeautifulSoup(client.get(f"/firms/{firm.id}/edit").data, "html.parser")

    assert [link.get_text(strip=True) for link in page.select(".menu [aria-current]")] == ["企业库"]


def test_search_is_offered_only_to_those_who_may_see_firms(signed_in):
    assert frame(signed_in(Role.AUDITOR)).select_one("[role=search]") is None


def test_banner_says_that_the_county_is_invented(signed_in):
    a_firm(is_demo=True)

    assert frame(signed_in(Role.OFFICER)).select_one(BANNER).get_text().startswith("演示数据")


def test_no_banner_over_real_firms(signed_in):
    a_firm()

    assert frame(signed_in(Role.OFFICER)).select_one(BANNER) is None


def test_no_banner_over_an_empty_county(signed_in):
    assert frame(signed_in(Role.OFFICER)).select_one(BANNER) is None


def test_last_sign_in_is_the_one_before_this(sign_in):
    user = a_user()
    for days in (0, 3, 9):
        at = clock.now() - timedelta(days=days)
        db.session.add(SignIn(account=user.account, address="", outcome=SignInOutcome.SUCCEEDED, at=at))

    page = frame(sign_in(user))

    before = (clock.now() - timedelta(days=3)).astimezone(clock.OFFICE_ZONE)
    assert page.select_one(".user-last").get_text() == f"上次登录 {before:%Y-%m-%d %H:%M}"


def test_who_looks_and_when_lies_across_every_page_where_the_office_wants_it(app, signed_in, monkeypatch):
    officer = signed_in(Role.OFFICER)
    assert not frame(officer).select(".watermark")

    monkeypatch.setitem(app.config, "PAGE_WATERMARK", True)
    across = frame(officer).select_one(".watermark span")

    assert across
    assert re.fullmatch(r".+ \d{4}-\d\d-\d\d \d\d:\d\d", across.text)


@pytest.mark.parametrize(
    ("waiting", "at", "is_told"),
    [
        ({}, "2026-06-15T10:20", True),
        ({}, "2026-06-15T10:10", False),  # not yet a quarter of an hour
        ({}, "2026-06-15T20:00", False),  # nothing goes out now
        ({"next_try_at": "2026-06-15T10:25", "error": "口令不对"}, "2026-06-15T10:10", True),
        ({"next_try_at": "2026-06-15T10:25", "error": "greylisted", "attempts": 1}, "2026-06-15T10:20", False),
        ({"status": ReminderStatus.HELD}, "2026-06-15T10:20", False),
    ],
)
def test_banner_says_when_mail_does_not_get_out(signed_in, waiting, at, is_told):
    usual = {"next_try_at": "2026-06-15T10:00", "status": ReminderStatus.PENDING}
    values = usual | waiting
    moment = _office_time(values.pop("next_try_at"))
    kind = ReminderKind.FOLLOW_UP_DUE
    day = moment.date()
    about = {"key": "k", "kind": kind, "user_id": a_user().id, "planned_on": day, "matter_on": day, "words": "事"}
    db.session.add(Reminder(path="/", next_try_at=moment, **about, **values))
    db.session.commit()

    with time_machine.travel(_office_time(at), tick=False):
        banner = frame(signed_in(Role.OFFICER)).select_one("[aria-label='提醒邮件']")

    assert bool(banner) is is_told


def _office_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.OFFICE_ZONE)
