"""Who may come in: new accounts, changed ones, unlocked ones."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.password_hashes import hashed, one_time_password
from crm.actions.password_rules import check_password
from crm.actions.sessions import end_sessions
from crm.extensions import begin_exclusive, db
from crm.models import User
from crm.queries.users import account_key, active_administrators, find_user
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Role

_FIELDS = ("name", "email", "role", "township_id", "active")


@dataclass(frozen=True)
class NewUser:
    user: User
    password: str


def create_user(by: Author, *, account: str, password: str | None = None, **values: Any) -> NewUser:
    """Without a password of the caller's, one that works once is made, and must be changed at the first sign-in."""
    key = account_key(account)
    if password is not None:
        check_password(password, key, values["name"])
    given = password or one_time_password()
    user = User(account=key, password_hash=hashed(given), must_change_password=password is None)
    _fill(user, values)
    db.session.add(user)
    _flush_unless_taken()
    record_event(EventKind.USER_SAVED, by, particulars=_particulars(user, {}))
    db.session.commit()
    return NewUser(user, given)


def update_user(user_id: int, by: Author, **values: Any) -> User:
    """Change name, mail, role, area or whether the account is in use; somebody put out is out at once."""
    begin_exclusive()  # two administrators demoting each other at one moment would leave none
    user = find_user(user_id)
    if user is None:
        raise Refusal("该账号不存在")
    before = _told(user)
    _fill(user, values)
    _flush_unless_taken()
    db.session.refresh(user, ["township"])
    if active_administrators() == 0:
        raise Refusal("至少应保留一个在用的管理员账号，请先另设一位管理员")
    if not user.active or user.role != before["role"]:
        end_sessions(user.id)
    record_event(EventKind.USER_SAVED, by, particulars=_particulars(user, before))
    db.session.commit()
    return user


def unlock_user(user: User, by: Author) -> None:
    """Failures until now no longer count."""
    user.unlocked_at = clock.now()
    record_event(EventKind.USER_UNLOCKED, by, particulars={"subject": f"{user.name}（{user.account}）"})
    db.session.commit()


def hide_first_steps(user: User) -> None:
    user.first_steps_hidden_at = clock.now()
    db.session.commit()


def _fill(user: User, values: dict[str, Any]) -> None:
    for field, value in values.items():
        if field not in _FIELDS:
            raise LookupError(f"not a field of an account that can be set: {field}")
        setattr(user, field, value)
    if user.role is Role.TOWNSHIP_OFFICER and user.township_id is None:
        raise Refusal("请选择镇街专干负责的镇街")
    if user.role is not Role.TOWNSHIP_OFFICER:
        user.township_id = None


def _flush_unless_taken() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        taken = "邮箱" if "email" in str(error.orig) else "账号"
        raise Refusal(f"该{taken}已被使用，请换一个") from error


def _told(user: User) -> dict[str, Any]:
    """The account as events keep it."""
    township = user.township.name if user.township else None
    return {"name": user.name, "email": user.email, "role": user.role, "township": township, "active": user.active}


def _particulars(user: User, before: dict[str, Any]) -> dict[str, Any]:
    now = _told(user)
    changes = [
        {"field": field, "old": before.get(field), "new": now[field]}
        for field in now
        if before.get(field) != now[field]
    ]
    return {"subject": f"{user.name}（{user.account}）", "changes": changes}
