"""Accounts: made, changed, and never all locked out."""

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.actions.events import COMMAND
from crm.actions.password_hashes import matches
from crm.actions.sessions import open_session, resume
from crm.actions.users import create_user, update_user
from crm.extensions import db
from crm.models import Event, User
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_township, a_user

pytestmark = pytest.mark.usefixtures("app")


def values_of(user: User, **others: object) -> dict[str, object]:
    fields = ("name", "email", "role", "township_id", "active")
    return {field: getattr(user, field) for field in fields} | others


@pytest.fixture
def chief(app: Flask) -> User:
    """The only administrator."""
    user = a_user(Role.ADMINISTRATOR, account="chief", name="李强")
    db.session.commit()
    return user


def test_new_account_gets_a_password_for_one_time() -> None:
    made = create_user(COMMAND, account=" Ｗang ", name="王芳", role=Role.OFFICER, email=None, township_id=None)

    assert (made.user.account, made.user.active, made.user.must_change_password) == ("wang", True, True)
    assert matches(made.user.password_hash, made.password)


def test_new_account_leaves_an_event_without_its_password() -> None:
    place = a_township("西塘镇")

    made = create_user(COMMAND, account="wang", name="王芳", role=Role.TOWNSHIP_OFFICER, township_id=place.id)

    event = db.session.scalars(sa.select(Event)).one()
    assert (event.kind, event.by_name, event.particulars["subject"]) == (EventKind.USER_SAVED, "命令行", "王芳（wang）")
    assert {"field": "township", "old": None, "new": "西塘镇"} in event.particulars["changes"]
    assert made.password not in str(event.particulars)


def test_account_is_taken_whatever_its_case() -> None:
    a_user(account="wang")

    with pytest.raises(Refusal, match="该账号已被使用"):
        create_user(COMMAND, account="WANG", name="王芳", role=Role.OFFICER)


def test_mail_address_is_taken() -> None:
    a_user(email="wang@kjj.example")

    with pytest.raises(Refusal, match="该邮箱已被使用"):
        create_user(COMMAND, account="wang2", name="王芳", role=Role.OFFICER, email="wang@kjj.example")


def test_township_officer_needs_a_township() -> None:
    with pytest.raises(Refusal, match="请选择镇街专干负责的镇街"):
        create_user(COMMAND, account="wang", name="王芳", role=Role.TOWNSHIP_OFFICER)


def test_other_roles_lose_their_township(chief: User) -> None:
    officer = a_user(Role.TOWNSHIP_OFFICER, township=a_township())
    db.session.commit()

    update_user(officer.id, COMMAND, **values_of(officer, role=Role.OFFICER))

    assert officer.township_id is None


def test_field_that_is_no_part_of_an_account_cannot_be_set(chief: User) -> None:
    with pytest.raises(LookupError):
        update_user(chief.id, COMMAND, password_hash="!")


def test_person_put_out_is_out_at_once_and_does_not_come_back_by_the_old_session(chief: User) -> None:
    officer = a_user()
    token = open_session(officer, "10.0.0.7")
    db.session.commit()

    update_user(officer.id, COMMAND, **values_of(officer, active=False))
    put_out = resume(token)
    update_user(officer.id, COMMAND, **values_of(officer, active=True))

    assert (put_out, resume(token)) == (None, None)


def test_new_role_ends_the_session_of_the_old_one(chief: User) -> None:
    officer = a_user()
    token = open_session(officer, "10.0.0.7")
    db.session.commit()

    update_user(officer.id, COMMAND, **values_of(officer, role=Role.DIRECTOR))

    assert resume(token) is None


def test_change_is_kept_old_and_new(chief: User) -> None:
    officer = a_user(name="王芳")
    db.session.commit()

    update_user(officer.id, COMMAND, **values_of(officer, name="王方"))

    event = db.session.scalars(sa.select(Event)).one()
    assert event.particulars["changes"] == [{"field": "name", "old": "王芳", "new": "王方"}]


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.OFFICER}])
def test_last_administrator_can_neither_be_put_out_nor_demoted(chief: User, change: dict[str, object]) -> None:
    a_user(Role.ADMINISTRATOR, active=False)
    db.session.commit()

    with pytest.raises(Refusal, match="至少应保留一个在用的管理员账号"):
        update_user(chief.id, COMMAND, **values_of(chief, **change))

    db.session.rollback()
    assert (chief.active, chief.role) == (True, Role.ADMINISTRATOR)


def test_one_of_two_administrators_can_go(chief: User) -> None:
    other = a_user(Role.ADMINISTRATOR)
    db.session.commit()

    update_user(other.id, COMMAND, **values_of(other, active=False))

    assert not other.active
