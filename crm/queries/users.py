"""Who may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import SignIn, User
from crm.queries.sign_ins import locked_accounts
from pipelines.names import folded
from pipelines.vocabulary import Role, SignInOutcome

_ACCOUNT_LENGTH = 60
_PAGE_SIZE = 50
_LAST_PAGE = 10_000


@dataclass(frozen=True)
class UserRow:
    user: User
    last_at: datetime | None
    is_locked: bool


@dataclass(frozen=True)
class UserPage:
    rows: list[UserRow]
    total: int
    number: int
    args: dict[str, str]
    size: int = _PAGE_SIZE
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


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


def user_page(args: Mapping[str, str], since: datetime, tries: int) -> UserPage:
    """args may hold q, role, active and page; what makes no sense is passed over. since, tries: what locks."""
    kept = {name: args[name].strip() for name in ("q", "role", "active") if args.get(name, "").strip()}
    conditions = _conditions(kept)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(User).where(*conditions)) or 0
    number = min(_page_number(args.get("page", "")), max(1, -(-total // _PAGE_SIZE)))
    last_at = (
        sa.select(SignIn.at)
        .where(SignIn.account == User.account, SignIn.outcome == SignInOutcome.SUCCEEDED)
        .order_by(SignIn.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    ordered = (
        sa.select(User, last_at)
        .where(*conditions)
        .options(joinedload(User.township))
        .order_by(User.active.desc(), User.role, User.account)
        .limit(_PAGE_SIZE)
        .offset((number - 1) * _PAGE_SIZE)
    )
    found = db.session.execute(ordered).all()
    locked = locked_accounts([user for user, _ in found], since, tries)
    rows = [UserRow(user, at, user.account in locked) for user, at in found]
    return UserPage(rows, total, number, kept)


def _conditions(kept: dict[str, str]) -> list[Any]:
    conditions: list[Any] = []
    if wanted := kept.get("q"):
        part = wanted[:_ACCOUNT_LENGTH]
        named = User.name.contains(part, autoescape=True)
        conditions.append(named | User.account.contains(account_key(part), autoescape=True))
    if kept.get("role") in set(Role):
        conditions.append(User.role == kept["role"])
    if kept.get("active") in ("yes", "no"):
        conditions.append(User.active.is_(kept["active"] == "yes"))
    return conditions


def _page_number(typed: str) -> int:
    return min(max(int(typed), 1), _LAST_PAGE) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 1
