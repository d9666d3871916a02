"""The small forms on a firm: contacts, intellectual property, titles, flags, archiving."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm import clock
from crm.extensions import db
from crm.models import Contact, Event, Flag, IpRight, Recognition
from pipelines.vocabulary import EventKind, IpKind, Role, Title
from tests.builders import a_contact, a_firm, a_flag, a_recognition, a_township, a_user, an_ip_right
from tests.pages import form_of

TOMORROW = (clock.today() + timedelta(days=1)).isoformat()
FORMS = {
    "contacts": {"name": "李工", "role": "rd", "phone": "0573-84021234转8001", "email": "ligong@example.com"},
    "ip-rights": {"kind": "invention", "number": "ZL202310000001.2", "status": "valid", "granted_on": "2024-05-01"},
    "recognitions": {"title": "high_tech", "recognized_on": "2023-12-08", "valid_until": "2026-12-07"},
    "flags": {"kind": "safety_accident", "entered_on": "2024-01-01", "note": "<b>通报</b>"},
}
MODELS = {"contacts": Contact, "ip-rights": IpRight, "recognitions": Recognition, "flags": Flag}


def rows(resource: str) -> list:
    return list(db.session.scalars(sa.select(MODELS[resource])))


@pytest.mark.parametrize("resource", FORMS)
def test_part_is_entered_and_shown(signed_in, resource):
    firm = a_firm()
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/{resource}/new").text, next(iter(FORMS[resource])))

    answer = client.post(f"/firms/{firm.id}/{resource}", data=form | FORMS[resource], follow_redirects=True)

    assert (answer.status_code, len(rows(resource))) == (200, 1)
    assert 'class="notice notice-good"' in answer.text
    assert "<b>通报</b>" not in answer.text


@pytest.mark.parametrize(
    ("resource", "field", "typed", "kept"),
    [
        ("contacts", "phone", "０５７３-84021234转8001", "0573-84021234转8001"),
        ("contacts", "name", " 李\u202e工\u200b ", "李工"),
        ("ip-rights", "number", "ｚｌ 2023 1 0000001.2", "ZL202310000001.2"),
        ("recognitions", "certificate_no", "  GR2023  33000001 ", "GR2023 33000001"),
    ],
)
def test_value_is_kept_as_a_person_meant_it(signed_in, resource, field, typed, kept):
    firm = a_firm()

    signed_in(Role.OFFICER).post(f"/firms/{firm.id}/{resource}", data=FORMS[resource] | {field: typed})

    assert [getattr(row, field) for row in rows(resource)] == [kept]


@pytest.mark.parametrize("resource", FORMS)
def test_empty_form_is_told_what_to_fill_in(signed_in, resource):
    firm = a_firm()

    answer = signed_in(Role.OFFICER).post(f"/firms/{firm.id}/{resource}", data={})

    assert (answer.status_code, rows(resource)) == (422, [])
    assert "填写的内容都还在" in answer.text


@pytest.mark.parametrize("resource", FORMS)
def test_list_of_parts_leads_to_its_section(signed_in, resource):
    firm = a_firm()
    tab = "overview" if resource == "flags" else resource

    assert signed_in(Role.OFFICER).get(f"/firms/{firm.id}/{resource}").location == f"/firms/{firm.id}?tab={tab}"


@pytest.mark.parametrize(
    ("resource", "field", "typed", "sentence"),
    [
        ("contacts", "name", "", "请填写姓名"),
        ("contacts", "name", "长" * 61, "姓名应为60个字以内"),
        ("contacts", "phone", "打给老张", "电话应为电话号码"),
        ("contacts", "phone", "12", "电话应为电话号码"),
        ("contacts", "email", "a@b.cn\r\nBcc: c@d.cn", "邮箱应为一个电子邮箱地址"),
        ("contacts", "role", "boss", "请选择角色"),
        ("ip-rights", "kind", "", "请选择类型"),
        ("ip-rights", "number", "\u200b", "请填写编号"),
        ("ip-rights", "granted_on", TOMORROW, "授权日期应为不晚于今天的日期"),
        ("ip-rights", "applied_on", "2024-06-01", "授权日期不能早于申请日期"),
        ("ip-rights", "status", "pending", "申请中的知识产权没有授权日期"),
        ("ip-rights", "used_in_year", "-5", "应为不小于0的数"),
        ("ip-rights", "used_in_year", "1999", "应为 2008 至"),
        ("ip-rights", "used_in_year", "2e9", "应为数字"),
        ("recognitions", "valid_until", "2023-12-07", "有效期至不能早于认定日期"),
        ("recognitions", "recognized_on", TOMORROW, "认定日期应为不晚于今天的日期"),
        ("recognitions", "certificate_no", "长" * 41, "证书编号应为40个字以内"),
        ("flags", "entered_on", TOMORROW, "列入日期应为不晚于今天的日期"),
        ("flags", "kind", "<x>", "请选择事项"),
    ],
)
def test_what_cannot_be_is_told_and_everything_typed_is_kept(signed_in, resource, field, typed, sentence):
    firm = a_firm()
    form = FORMS[resource] | {field: typed}

    answer = signed_in(Role.OFFICER).post(f"/firms/{firm.id}/{resource}", data=form)

    assert (answer.status_code, rows(resource)) == (422, [])
    assert sentence in answer.text
    others = [name for name in form if name != field]
    kept = form_of(answer.text, others[0])
    assert {name: kept[name] for name in others} == {name: form[name] for name in others}


@pytest.mark.parametrize("resource", FORMS)
def test_parts_of_a_firm_elsewhere_are_not_found(signed_in, resource):
    firm = a_firm(township=a_township())
    client = signed_in(Role.TOWNSHIP_OFFICER)

    answers = [client.get(f"/firms/{firm.id}/{resource}/new"), client.post(f"/firms/{firm.id}/{resource}", data={})]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("resource", FORMS)
def test_reader_enters_no_parts(signed_in, resource):
    firm = a_firm()
    client = signed_in(Role.DIRECTOR)

    answers = [client.get(f"/firms/{firm.id}/{resource}/new"), client.post(f"/firms/{firm.id}/{resource}", data={})]

    assert [answer.status_code for answer in answers] == [403, 403]


def edit_path(resource: str, firm, of=None) -> str:
    builders = {
        "contacts": a_contact,
        "ip-rights": an_ip_right,
        "recognitions": lambda firm: a_recognition(firm, Title.HIGH_TECH, clock.today()),
    }
    part = builders[resource](of or firm)
    return f"/firms/{firm.id}/{resource}/{part.id}/edit"


@pytest.mark.parametrize("resource", ["contacts", "ip-rights", "recognitions"])
def test_part_sent_back_unchanged_changes_nothing(signed_in, resource):
    path = edit_path(resource, a_firm())
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(path).text, "opened")

    page = client.post(path, data=form, follow_redirects=True).text

    told = db.session.scalars(sa.select(Event.kind).where(Event.firm_id.is_not(None))).all()
    assert "内容没有变化，未作修改。" in page
    assert told == []


@pytest.mark.parametrize("resource", ["contacts", "ip-rights", "recognitions"])
def test_part_under_the_number_of_another_firm_is_not_found(signed_in, resource):
    path = edit_path(resource, a_firm(), of=a_firm())
    client = signed_in(Role.OFFICER)

    assert [client.get(path).status_code, client.post(path, data={}).status_code] == [404, 404]


@pytest.mark.parametrize(
    ("resource", "field", "first", "second"),
    [
        ("contacts", "position", "经理", "主任"),
        ("contacts", "phone", "13700000001", "13700000002"),
        ("ip-rights", "name", "一种电池", "两种电池"),
        ("recognitions", "batch", "第一批", "第二批"),
    ],
)
def test_part_that_two_people_change_is_asked_about(sign_in, resource, field, first, second):
    path = edit_path(resource, a_firm())
    early, late = sign_in(a_user(name="先来者")), sign_in(a_user(name="后来者"))
    forms = [form_of(client.get(path).text, "opened") for client in (early, late)]
    early.post(path, data=forms[0] | {field: first})

    asked = late.post(path, data=forms[1] | {field: second})
    saved = late.post(path, data=form_of(asked.text, "opened") | {f"take-{field}": "yours"})

    assert (asked.status_code, saved.status_code) == (409, 303)
    assert getattr(rows(resource)[0], field) == second
    assert "<td>先来者 " in asked.text
    assert ("13700000001" in asked.text, "13800000001" in asked.text) == (False, False)


def test_phone_left_empty_stays_and_struck_out_goes(signed_in):
    firm = a_firm()
    contact = a_contact(firm, phone="13912345678", email="ligong@example.com")
    path = f"/firms/{firm.id}/contacts/{contact.id}/edit"
    client = signed_in(Role.OFFICER)
    page = client.get(path).text

    client.post(path, data=form_of(page, "opened") | {"name": "李四", "without_email": "y"})

    db.session.refresh(contact)
    assert (contact.name, contact.phone, contact.email) == ("李四", "13912345678", None)
    assert ("139****5678" in page, "13912345678" in page, "ligong@" in page) == (True, False, False)


def test_phone_cannot_be_typed_and_struck_out_at_once(signed_in):
    firm = a_firm()
    contact = a_contact(firm)
    path = f"/firms/{firm.id}/contacts/{contact.id}/edit"
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(path).text, "opened")

    answer = client.post(path, data=form | {"phone": "13912345678", "without_phone": "y"})

    assert answer.status_code == 422
    assert "不要再勾选删去电话" in answer.text


def test_contact_is_removed_once_and_the_second_press_is_not_found(signed_in):
    firm = a_firm()
    contact = a_contact(firm, name="张三")
    client = signed_in(Role.OFFICER)
    path = f"/firms/{firm.id}/contacts/{contact.id}/removal"

    first, second = client.post(path, follow_redirects=True), client.post(path)

    assert "已移除联系人“张三”" in first.text
    assert (rows("contacts"), second.status_code) == ([], 404)


def test_right_of_a_taken_number_is_refused_with_a_sentence(signed_in):
    firm = a_firm()
    an_ip_right(firm, IpKind.DESIGN, number="ZL2023100000012")

    answer = signed_in(Role.OFFICER).post(
        f"/firms/{firm.id}/ip-rights", data=FORMS["ip-rights"] | {"number": "zl 2023 1000000 12"}
    )

    assert answer.status_code == 422
    assert "该企业已有编号为 ZL2023100000012 的知识产权" in answer.text
    assert form_of(answer.text, "number")["granted_on"] == "2024-05-01"


def test_title_is_ended_with_its_reason(signed_in):
    firm = a_firm()
    recognition = a_recognition(firm, Title.HIGH_TECH, clock.today() - timedelta(days=100))
    path = f"/firms/{firm.id}/recognitions/{recognition.id}/ending"
    client = signed_in(Role.OFFICER)

    shown = client.get(path)
    empty = client.post(path, data={})
    early = client.post(path, data={"ended_on": "2001-01-01", "end_reason": "expired"})
    ended = client.post(path, data={"ended_on": clock.today().isoformat(), "end_reason": "moved_away"})

    assert [page.status_code for page in (shown, empty, early, ended)] == [200, 422, 422, 303]
    db.session.refresh(recognition)
    assert (recognition.ended_on, recognition.end_reason.label) == (clock.today(), "迁出")
    assert f"{clock.today()} 迁出" in client.get(f"/firms/{firm.id}?tab=recognitions").text


def test_flag_is_lifted(signed_in):
    firm = a_firm()
    flag = a_flag(firm)
    path = f"/firms/{firm.id}/flags/{flag.id}/lifting"
    client = signed_in(Role.OFFICER)

    answers = [client.get(path), client.post(path, data={}), client.post(path, data={"lifted_on": "2024-06-01"})]

    assert [answer.status_code for answer in answers] == [200, 422, 303]
    db.session.refresh(flag)
    assert flag.lifted_on.isoformat() == "2024-06-01"


def test_firm_is_archived_and_restored_with_reasons(signed_in):
    firm = a_firm()
    client = signed_in(Role.SECTION_CHIEF)
    path = f"/firms/{firm.id}/archiving"

    answers = [
        client.get(path),
        client.post(path, data={"reason": " "}),
        client.post(path, data={"reason": "已注销"}),
        client.post(path, data={"reason": "已注销"}),
        client.get(path),
        client.post(f"{path}/removal", data={"reason": "误归档"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 422, 303, 422, 200, 303]
    told = db.session.execute(sa.select(Event.kind, Event.particulars).where(Event.firm_id == firm.id)).all()
    assert [tuple(row) for row in told] == [
        (EventKind.FIRM_ARCHIVED, {"reason": "已注销"}),
        (EventKind.FIRM_RESTORED, {"reason": "误归档"}),
    ]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TOWNSHIP_OFFICER, Role.DIRECTOR])
def test_only_the_chief_archives(signed_in, role):
    firm = a_firm()
    client = signed_in(role)

    answers = [
        client.get(f"/firms/{firm.id}/archiving"),
        client.post(f"/firms/{firm.id}/archiving", data={"reason": "x"}),
        client.post(f"/firms/{firm.id}/archiving/removal", data={"reason": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
