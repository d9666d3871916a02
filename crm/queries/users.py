"""Who may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm import clock
from crm.extensions import db
from crm.models import SignIn, User
from crm.queries.firms import Page
from crm.queries.sign_ins import locked_accounts
from pipelines.names import folded
from pipelines.vocabulary import Role, SignInOutcome

IDLE = timedelta(days=90)  # 等保 访问控制 c: accounts nobody needs any more are looked for
_ACCOUNT_LENGTH = 60
_SIZES = (50, 20, 100)
_LAST_PAGE = 10_000
_ROLES_IN_ORDER = sa.case({role.value: place for place, role in enumerate(Role)}, value=User.role)


@dataclass(frozen=True)
class UserRow:
    user: User
    last_at: datetime | None
    is_locked: bool


def account_key(typed: str) -> str:
    """An account as it is kept and compared: any width, any case; cut first, since anybody may type a book here."""
    return folded(typed[:_ACCOUNT_LENGTH])[:_ACCOUNT_LENGTH]


def user_by_account(key: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.account == key))


def find_user(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def active_administrators() -> int:
    """How many people could still let others in."""
    counted = sa.select(sa.func.count()).where(User.role == Role.ADMINISTRATOR, User.active)
    return db.session.scalar(counted) or 0


def sensible_args(args: Mapping[str, str]) -> dict[str, str]:
    """What the list of accounts understands of an address: q, role, active, page and size; the rest is passed over."""
    given = {name: args.get(name, "").strip() for name in ("q", "role", "active", "page", "size")}
    roles, sizes = {role.value for role in Role}, {str(size) for size in _SIZES}
    allowed = {"role": roles, "active": {"yes", "no", "idle"}, "size": sizes}
    return {name: typed for name, typed in given.items() if typed and typed in allowed.get(name, {typed})}


def user_page(asked: dict[str, str], since: datetime, tries: int) -> Page:
    """asked: see sensible_args; since, tries: what locks an account."""
    conditions, size = _conditions(asked), int(asked.get("size", _SIZES[0]))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(User).where(*conditions)) or 0
    number = min(_page_number(asked.get("page", "")), max(1, -(-total // size)))
    ordered = (
        sa.select(User, _last_sign_in())
        .where(*conditions)
        .options(joinedload(User.township))
        .order_by(User.active.desc(), _ROLES_IN_ORDER, User.account)
        .limit(size)
        .offset((number - 1) * size)
    )
    found = db.session.execute(ordered).all()
    locked = locked_accounts([user for user, _ in found], since, tries)
    rows = [UserRow(user, at, user.account in locked) for user, at in found]
    return Page(rows, total, total_is_capped=False, number=number, size=size)


def _last_sign_in() -> sa.ScalarSelect[datetime]:
    return (
        sa.select(SignIn.at)
        .where(SignIn.account == User.account, SignIn.outcome == SignInOutcome.SUCCEEDED)
        .order_by(SignIn.at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _conditions(asked: dict[str, str]) -> list[Any]:
    conditions: list[Any] = []
    if part := asked.get("q", "")[:_ACCOUNT_LENGTH]:
        named = User.name.contains(part, autoescape=True)
        conditions.append(named | User.account.contains(account_key(part), autoescape=True))
    if role := asked.get("role"):
        conditions.append(User.role == role)
    if active := asked.get("active"):
        conditions.append(User.active.is_(active != "no"))
    if active == "idle":
        long_ago = clock.now() - IDLE
        conditions += [User.created_at < long_ago, sa.func.coalesce(_last_sign_in(), User.created_at) < long_ago]
    return conditions


def _page_number(typed: str) -> int:
    return min(max(int(typed), 1), _LAST_PAGE) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 1
