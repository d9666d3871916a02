"""提醒规则, 停用提醒 and 为什么没有提醒, as the office sees them."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.reminder_stops import stop_reminders
from crm.actions.reminders import plan_reminders
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import FollowUp, Reminder, ReminderStop
from crm.queries.reminder_rules import rules_in_force
from pipelines.reminders.planning import rules
from pipelines.vocabulary import ReminderKind, ReminderStatus, Role, Title
from tests.builders import a_firm, a_recognition, a_user

TODAY = date(2026, 6, 15)
RULE = "/reminders/rules/application_deadline"


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-15 09:00+08:00", tick=False):
        yield


def a_firm_with_a_follow_up(owner, due_on=TODAY, **values):
    firm = a_firm("嘉善缘由科技有限公司", owner_id=owner.id, **values)
    db.session.add(FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, due_on=due_on, by_name="某人"))
    db.session.commit()
    return firm


def test_the_chief_changes_the_days_and_everybody_reads_them(signed_in, sign_in):
    chief = signed_in(Role.SECTION_CHIEF)

    chief.post(RULE, data={"days_before": "7，45 1", "to_chief": "3", "reason": "材料多"})

    assert rules_in_force()[ReminderKind.APPLICATION_DEADLINE].days_before == (45, 7, 1)
    assert "45、7、1" in chief.get("/reminders/rules").text
    assert "材料多" in chief.get(RULE).text
    reader = sign_in(a_user(Role.OFFICER))
    assert "45、7、1" in reader.get("/reminders/rules").text
    assert reader.get(RULE).status_code == 403


def test_a_late_kind_keeps_its_days_after_the_day(signed_in):
    signed_in(Role.SECTION_CHIEF).post(
        "/reminders/rules/follow_up_due", data={"days_before": "3、0", "to_chief": "5", "reason": ""}
    )

    assert rules_in_force()[ReminderKind.FOLLOW_UP_DUE].to_chief == -5


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"days_before": "三十"}, "用顿号隔开"),
        ({"days_before": "-3"}, "用顿号隔开"),
        ({"days_before": "366"}, "应为 0 至 365 的天数"),
        ({"days_before": "、"}, "请填写提前几天提醒"),
        ({"days_before": "、".join(map(str, range(13)))}, "最多 12 个"),
        ({"days_before": "9" * 10_000}, "用顿号隔开"),
        ({"days_before": "7", "to_chief": "x"}, "应为数字"),
        ({"days_before": "7", "to_chief": "366"}, "应为 0 至 365，"),
    ],
)
def test_rubbish_is_told_and_changes_nothing(signed_in, typed, told):
    page = signed_in(Role.SECTION_CHIEF).post(RULE, data=typed)

    assert (page.status_code, told in page.text) == (422, True)
    assert rules_in_force() == rules()


def test_nothing_is_accepted_that_would_never_be_told(signed_in):
    chief = signed_in(Role.SECTION_CHIEF)

    late = chief.post("/reminders/rules/follow_up_due", data={"days_before": "0", "to_chief": "61"})
    renamed = chief.post("/reminders/rules/name_change_due", data={"days_before": "91", "to_chief": "7"})

    assert (late.status_code, "逾期几天抄送科长应为 0 至 60" in late.text) == (422, True)
    assert (renamed.status_code, "应为 0 至 90 的天数" in renamed.text) == (422, True)


@pytest.mark.parametrize("kind", ["weekly_digest", "nothing", "x" * 200])
def test_what_has_no_rule_to_change_is_not_found(signed_in, kind):
    assert signed_in(Role.SECTION_CHIEF).get(f"/reminders/rules/{kind}").status_code == 404


def test_a_firm_is_stopped_on_its_page_and_taken_back_by_one_click(signed_in):
    firm = a_firm_with_a_follow_up(a_user(Role.OFFICER))
    officer = signed_in(Role.OFFICER)

    officer.post(f"/firms/{firm.id}/reminder-stop", data={"reason": "企业要求", "until": "2026-12-31"})
    page = officer.get(f"/firms/{firm.id}?tab=contacts").text
    assert all(words in page for words in ("已停用提醒", "至 2026-12-31", "企业要求", "恢复提醒"))

    officer.post(f"/firms/{firm.id}/reminder-stop/removal", data={})
    assert "已停用提醒" not in officer.get(f"/firms/{firm.id}?tab=contacts").text


@pytest.mark.parametrize(
    "typed",
    [{}, {"reason": "x" * 10_000}, {"reason": "误", "until": "2026-02-30"}, {"reason": "误", "until": "2020-01-01"}],
)
def test_a_stop_without_sense_is_told(signed_in, typed):
    firm = a_firm_with_a_follow_up(a_user(Role.OFFICER))

    page = signed_in(Role.OFFICER).post(f"/firms/{firm.id}/reminder-stop", data=typed)

    assert page.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(ReminderStop.id))) == 0


def test_other_roles_neither_stop_nor_ask(signed_in):
    firm = a_firm_with_a_follow_up(a_user(Role.OFFICER))
    township = signed_in(Role.TOWNSHIP_OFFICER)

    assert township.post(f"/firms/{firm.id}/reminder-stop", data={"reason": "误"}).status_code in (403, 404)
    assert township.get(f"/reminders/why?firm={firm.id}").status_code == 403


@pytest.mark.parametrize("path", ["firm=99999999", "user=99999999"])
def test_nobody_is_not_found(signed_in, path):
    assert signed_in(Role.OFFICER).get(f"/reminders/why?{path}").status_code == 404


@pytest.mark.parametrize("rubbish", ["firm=x", "user=-1", "q=" + "x" * 10_000, "firm=", "q=%25"])
def test_rubbish_asks_anew(signed_in, rubbish):
    assert signed_in(Role.OFFICER).get(f"/reminders/why?{rubbish}").status_code == 200


def why(client, firm) -> str:
    return client.get(f"/reminders/why?firm={firm.id}").text


def test_it_says_why_nobody_was_told(signed_in):
    client, owner = signed_in(Role.OFFICER), a_user(Role.OFFICER, name="沈科员")
    firm = a_firm_with_a_follow_up(owner)
    assert "没有登记邮箱" in why(client, firm)

    owner.email = "shen@example.cn"
    db.session.commit()
    assert "今天计划" in why(client, firm)

    owner.active = False
    db.session.commit()
    assert "账号已停用" in why(client, firm)

    stop_reminders(firm.id, "企业要求", None, COMMAND)
    assert "企业已停用提醒（长期）：企业要求" in why(client, firm)


def test_it_says_what_became_of_what_was_planned(signed_in):
    client, owner = signed_in(Role.OFFICER), a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")
    firm = a_firm_with_a_follow_up(owner)
    plan_reminders(TODAY)
    assert "待发" in why(client, firm)

    reminder = db.session.scalars(sa.select(Reminder).filter_by(kind=ReminderKind.FOLLOW_UP_DUE)).one()
    reminder.status, reminder.error = ReminderStatus.FAILED, "550 没有这个信箱"
    db.session.commit()
    assert "发送失败：550 没有这个信箱" in why(client, firm)


def test_it_says_that_a_rule_came_later_and_what_was_too_late(signed_in):
    chief = signed_in(Role.SECTION_CHIEF)
    owner = a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")
    firm = a_firm("嘉善到期科技有限公司", owner_id=owner.id)
    a_recognition(firm, Title.HIGH_TECH, date(2023, 9, 13), valid_until=date(2026, 9, 13))
    db.session.commit()
    chief.post("/reminders/rules/certificate_expiring", data={"days_before": "270、100、30", "to_chief": "30"})

    page = why(chief, firm)

    assert "提醒规则里 100 天是后来加的，从 2026-06-16 起算，不补发" in page  # its day was the fifth of June
    assert "过了十天不补发" in page  # 270 days before, on a day before the firm was known here
    assert "到时提醒" in page


def test_what_was_missed_is_told_to_be_made_good_or_not(signed_in):
    client, owner = signed_in(Role.OFFICER), a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")
    a_user(Role.SECTION_CHIEF, name="章科长", email="zhang@example.cn")
    firm = a_firm_with_a_follow_up(owner, date(2026, 6, 9))  # a Tuesday; that it is late was to be told on Friday

    page = why(client, firm)

    assert page.count("下一个工作日补发") == 2  # the owner's, and the chief's that it is late


def test_what_was_missed_for_longer_than_ten_days_is_told_to_be_lost(signed_in):
    client, owner = signed_in(Role.OFFICER), a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")
    a_user(Role.SECTION_CHIEF, name="章科长", email="zhang@example.cn")
    firm = a_firm_with_a_follow_up(owner, date(2026, 5, 29))

    assert why(client, firm).count("过了十天不补发") == 2


def test_of_two_on_one_working_day_the_nearer_is_shown(signed_in):
    client, owner = signed_in(Role.OFFICER), a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")
    firm = a_firm(owner_id=owner.id)
    a_recognition(firm, Title.HIGH_TECH, date(2023, 10, 6), valid_until=date(2026, 10, 6))  # in the national holiday
    db.session.commit()
    signed_in(Role.SECTION_CHIEF).post("/reminders/rules/certificate_expiring", data={"days_before": "3、1"})

    assert why(client, firm).count("2026-09-30") == 1


def test_a_colleague_reads_his_own_matters_and_a_firm_is_found_by_its_name(signed_in):
    client, owner = signed_in(Role.OFFICER), a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")
    firm = a_firm_with_a_follow_up(owner)
    refresh_standings([firm.id], TODAY)
    db.session.commit()

    assert "嘉善缘由科技有限公司" in client.get(f"/reminders/why?user={owner.id}").text
    assert f"firm={firm.id}" in client.get("/reminders/why?q=缘由").text
    assert "没有找到这家企业" in client.get("/reminders/why?q=没有的").text
