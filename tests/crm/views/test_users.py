"""The administrator's pages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from crm import clock
from crm.actions.password_hashes import matches
from crm.actions.sessions import sign_in as try_door
from crm.extensions import db
from crm.models import SignIn, User
from crm.queries.users import user_by_account
from pipelines.refusals import Refusal
from pipelines.vocabulary import Role, SignInOutcome
from tests.builders import a_firm, a_township, a_user

TYPED = {"account": "wang", "name": "王芳", "role": "officer", "township_id": "", "email": ""}


@pytest.fixture
def chief(sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    return sign_in(a_user(Role.ADMINISTRATOR, account="chief", name="李强"))


def rows_of(page: str) -> list[list[str]]:
    body = BeautifulSoup(page, "html.parser").find("tbody")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in body.find_all("tr")]


def test_list_shows_role_area_and_state(chief: FlaskClient) -> None:
    a_user(Role.TOWNSHIP_OFFICER, account="xitang", name="赵敏", township=a_township("西塘镇"))
    a_user(account="gone", name="周进", active=False)
    locked = a_user(account="wang", name="王芳")
    db.session.commit()
    for _ in range(5):
        with pytest.raises(Refusal):
            try_door(locked.account, "wrong", "10.0.0.7")

    rows = rows_of(chief.get("/users").text)

    assert [row[:5] for row in rows] == [
        ["李强", "chief", "管理员", "—", "在用"],
        ["王芳", "wang", "科员", "—", "已锁定"],
        ["赵敏", "xitang", "镇街专干", "西塘镇", "在用"],
        ["周进", "gone", "科员", "—", "停用"],
    ]


@pytest.mark.parametrize(
    ("address", "accounts"),
    [
        ("/users?q=王", ["wang"]),
        ("/users?q=ＷＡＮＧ", ["wang"]),
        ("/users?q=%25", []),
        ("/users?role=officer&active=yes", ["wang"]),
        ("/users?active=no", ["gone"]),
        ("/users?role=root&active=maybe&page=-1&size=x&unknown=1", ["chief", "wang", "gone"]),
        ("/users?size=20&page=2", ["chief", "wang", "gone"]),
        ("/users?page=1000000000", ["chief", "wang", "gone"]),
        ("/users?page=%F0%9F%98%80", ["chief", "wang", "gone"]),
        ("/users?q=" + "a" * 4000, []),
        ("/users?q=%ff%fe", []),
    ],
)
def test_list_finds_and_filters_and_survives_nonsense(chief: FlaskClient, address: str, accounts: list[str]) -> None:
    a_user(account="wang", name="王芳")
    a_user(account="gone", name="周进", active=False)

    answer = chief.get(address)

    assert answer.status_code == 200
    assert ([row[1] for row in rows_of(answer.text)] if "<tbody>" in answer.text else []) == accounts


def test_accounts_that_nobody_has_used_for_ninety_days_are_found(chief: FlaskClient) -> None:
    now = clock.now()
    long_ago, lately = now - timedelta(days=91), now - timedelta(days=89)
    for account, made, came_in, active in (
        ("never", long_ago, None, True), ("once", long_ago, long_ago, True), ("lately", long_ago, lately, True),
        ("new", lately, None, True), ("gone", long_ago, None, False),
    ):  # fmt: skip
        a_user(account=account, created_at=made, active=active)
        if came_in:
            db.session.add(SignIn(account=account, address="::1", at=came_in, outcome=SignInOutcome.SUCCEEDED))

    assert [row[1] for row in rows_of(chief.get("/users?active=idle").text)] == ["never", "once"]


def test_list_asks_as_often_for_one_row_as_for_fifty(chief: FlaskClient) -> None:
    counted: list[int] = []
    for more in (0, 49):
        for _ in range(more):
            a_user(Role.TOWNSHIP_OFFICER, township=a_township())
        db.session.commit()
        statements: list[str] = []
        listener = lambda *given, into=statements: into.append(given[2])  # noqa: E731 - removed again below
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        chief.get("/users")
        sa.event.remove(db.engine, "before_cursor_execute", listener)
        counted.append(len(statements))

    assert counted[0] == counted[1]


def test_new_account_shows_its_password_once(chief: FlaskClient) -> None:
    answer = chief.post("/users", data=TYPED)

    password = re.search(r'class="one-time-password">([^<]+)<', answer.text)[1]
    user = user_by_account("wang")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (user.name, user.must_change_password, matches(user.password_hash, password)) == ("王芳", True, True)
    assert "Set-Cookie" not in answer.headers or password not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"account": ""}, "请填写账号"),
        ({"account": "a b"}, "账号应为2至30个字母、数字、汉字或 . _ - @"),
        ({"account": "x" * 65_536}, "账号应为2至30个字母、数字、汉字或 . _ - @"),
        ({"account": "chief"}, "该账号已被使用"),
        ({"role": "root"}, "请选择角色"),
        ({"role": "township_officer"}, "请选择镇街专干的负责镇街"),
        ({"township_id": "99999999999999999999"}, "请选择负责镇街"),
        ({"email": "wang@kjj.example\r\nBcc: x@y.z"}, "邮箱应为一个电子邮箱地址"),
        ({"name": "长" * 61}, "姓名应为60个字以内"),
    ],
)
def test_new_account_is_refused_and_keeps_what_was_typed(
    chief: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    answer = chief.post("/users", data=TYPED | typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(sa.select(User.account)).all() == ["chief"]


def test_fields_that_the_form_does_not_have_change_nothing(chief: FlaskClient) -> None:
    chief.post("/users", data=TYPED | {"password_hash": "x", "must_change_password": "", "id": "1", "active": ""})

    user = user_by_account("wang")
    assert (user.must_change_password, user.active, user.password_hash[:9]) == (True, True, "$argon2id")


def test_edit_changes_the_account(chief: FlaskClient) -> None:
    place = a_township("西塘镇")
    user = a_user(account="wang", name="王芳")

    answer = chief.post(
        f"/users/{user.id}/edit",
        data={"name": "王方", "role": "township_officer", "township_id": place.id, "email": "", "active": "y"},
    )

    assert (answer.status_code, answer.location) == (303, "/users")
    assert (user.name, user.role, user.township_id, user.active) == ("王方", Role.TOWNSHIP_OFFICER, place.id, True)


def test_edit_page_holds_what_is_known(chief: FlaskClient) -> None:
    user = a_user(Role.TOWNSHIP_OFFICER, name="赵敏", email="zhao@example.cn", township=a_township("西塘镇"))

    page = BeautifulSoup(chief.get(f"/users/{user.id}/edit").text, "html.parser")

    assert page.find(id="name")["value"] == "赵敏"
    assert page.find(id="township_id").find("option", selected=True).text == "西塘镇"
    assert page.find(id="active").has_attr("checked")


def test_last_administrator_cannot_put_himself_out(chief: FlaskClient) -> None:
    user = user_by_account("chief")

    answer = chief.post(f"/users/{user.id}/edit", data={"name": "李强", "role": "administrator", "township_id": ""})

    assert answer.status_code == 422
    assert "至少应保留一个在用的管理员账号" in answer.text
    assert user.active


def test_locked_account_is_opened_again(chief: FlaskClient) -> None:
    user = a_user(account="wang", name="王芳")
    db.session.commit()
    for _ in range(5):
        with pytest.raises(Refusal):
            try_door("wang", "wrong", "10.0.0.7")

    answer = chief.post(f"/users/{user.id}/unlockings")

    assert answer.location == "/users"
    with pytest.raises(Refusal, match="还可再试4次"):
        try_door("wang", "wrong", "10.0.0.7")


def test_reset_shows_a_new_password_once(chief: FlaskClient) -> None:
    user = a_user(account="wang", name="王芳")

    answer = chief.post(f"/users/{user.id}/password-resets")

    password = re.search(r'class="one-time-password">([^<]+)<', answer.text)[1]
    assert matches(user.password_hash, password)


@pytest.mark.parametrize("path", ["/users/999/edit", "/users/999/unlockings", "/users/999/password-resets"])
def test_account_that_is_none_is_not_found(chief: FlaskClient, path: str) -> None:
    assert chief.post(path).status_code == 404


def test_name_is_shown_as_text(chief: FlaskClient) -> None:
    a_user(account="wang", name="<script>alert(1)</script>")

    page = chief.get("/users").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_who_is_put_out_leaves_his_work_to_be_handed_over_even_afterwards(chief: FlaskClient) -> None:
    gone, heir = a_user(account="gone", name="周进"), a_user(name="王芳")
    firm = a_firm(owner=gone)
    typed = {"name": "周进", "role": "officer", "township_id": "", "email": ""}

    page = chief.get(f"/users/{gone.id}/edit").text
    out = chief.post(f"/users/{gone.id}/edit", data=typed)
    offered = chief.get(out.location).text
    chief.post("/system/reassignments", data={"from_id": str(gone.id), "to_id": str(heir.id)})
    again = chief.get("/system/reassignments").text

    assert "企业 1 家，培育对象 0 个，跟进 0 条" in page
    assert out.location == f"/system/reassignments?giver={gone.id}"
    assert "周进已停用，名下还有未了的企业" in offered
    assert f'<option selected value="{gone.id}">周进（已停用）</option>' in offered
    db.session.refresh(firm)
    assert firm.owner_id == heir.id
    assert f'value="{gone.id}"' not in again


def test_who_had_nothing_is_put_out_without_a_question(chief: FlaskClient) -> None:
    gone = a_user(name="周进")

    answer = chief.post(
        f"/users/{gone.id}/edit", data={"name": "周进", "role": "officer", "township_id": "", "email": ""}
    )

    assert answer.location == "/users"
    assert chief.get("/system/reassignments?giver=x%00").status_code == 400
    assert chief.get("/system/reassignments?giver=99999999999999999999").status_code == 200
