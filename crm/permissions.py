"""Who may do what: one table. crm/doors.py enforces it on every request; area (镇街) is applied in the queries."""

from collections.abc import Callable
from typing import Any, TypeVar

from pipelines.vocabulary import Role

_View = TypeVar("_View", bound=Callable[..., Any])

_ROLES = (
    Role.ADMINISTRATOR, Role.SECTION_CHIEF, Role.OFFICER, Role.TOWNSHIP_OFFICER, Role.DIRECTOR, Role.AUDITOR,
)  # fmt: skip
_TABLE = {
    #                   管理员 科长 科员 镇街专干 局领导 审计员
    "firms.view":      "  ✓    ✓    ✓     ✓      ✓      ·  ",  # an auditor reads deeds, not the register
    "firms.edit":      "  ✓    ✓    ✓     ✓      ·      ·  ",  # 镇街专干: own area, see queries/scope.py
    "firms.archive":   "  ·    ✓    ·     ·      ·      ·  ",  # takes a firm out of every list: the chief decides
    "firms.merge":     "  ✓    ✓    ✓     ✓      ·      ·  ",  # both in one's own area; undone within thirty days
    "tags.manage":     "  ·    ✓    ·     ·      ·      ·  ",  # the office's words for firms
    "judgements.decide": "  ·    ✓    ·     ·      ·      ·  ",  # beside the computed one, with a reason: the chief
    "campaigns.manage": "  ✓    ✓    ✓     ·      ·      ·  ",
    "plans.manage":   "  ✓    ✓    ·     ·      ·      ·  ",  # the county plan, what is typed in for it, reports issued
    "reports.view":   "  ✓    ✓    ✓     ·      ✓      ·  ",  # they name firms of the whole county
    "reminders.view":  "  ✓    ✓    ✓     ·      ·      ·  ",  # what went out to whom, and sending it again
    "reminders.manage": "  ·    ✓    ·     ·      ·      ·  ",  # when, and whom beside the owner: the chief decides
    "models.manage":   "  ✓    ✓    ·     ·      ·      ·  ",  # a new model goes live by a named person
    "views.share":     "  ✓    ✓    ·     ·      ·      ·  ",  # a list everybody finds above the register
    "imports.run":     "  ✓    ✓    ✓     ✓      ·      ·  ",
    "imports.oversee": "  ✓    ✓    ·     ·      ·      ·  ",  # the history of all, and undoing what a colleague did
    "exports.run":     "  ✓    ✓    ✓     ✓      ✓      ·  ",
    "contacts.unmask": "  ·    ✓    ✓     ·      ·      ·  ",  # whole phone numbers: who calls firms, nobody else
    "contacts.export": "  ·    ✓    ✓     ·      ·      ·  ",  # whole phone numbers on a list: with a reason
    "exports.approve": "  ·    ✓    ·     ·      ✓      ·  ",  # of a colleague: long lists of phone numbers
    "exports.design":  "  ✓    ✓    ✓     ·      ·      ·  ",  # the templates by which all hand out lists
    "policies.view":   "  ✓    ✓    ✓     ✓      ✓      ·  ",
    "policies.manage": "  ✓    ✓    ·     ·      ·      ·  ",  # new editions; what has been in force is never edited
    "tasks.view":      "  ✓    ✓    ✓     ✓      ✓      ·  ",
    # 三员分立 (GB/T 22239 访问控制 d): who grants access does not read the audit, who audits changes nothing.
    "events.view":     "  ·    ✓    ·     ·      ·      ✓  ",
    "events.export":   "  ·    ·    ·     ·      ·      ✓  ",
    "users.manage":    "  ✓    ·    ·     ·      ·      ·  ",
    "system.manage":   "  ✓    ·    ·     ·      ·      ·  ",  # how the house is; backups, which hold everything
    "account.own":     "  ✓    ✓    ✓     ✓      ✓      ✓  ",  # home, own password, sign-out
}  # fmt: skip

ABILITIES: dict[Role, frozenset[str]] = {
    role: frozenset(ability for ability, row in _TABLE.items() if row.split()[column] == "✓")
    for column, role in enumerate(_ROLES)
}


def can(user: Any, ability: str) -> bool:
    """Whether somebody may do something; nobody signed in may do nothing."""
    _check_known(ability)
    return getattr(user, "is_authenticated", False) and ability in ABILITIES[user.role]


def requires(ability: str) -> Callable[[_View], _View]:
    """Mark a view with the ability it needs. The mark is all: doors.py looks at it before every request."""
    _check_known(ability)

    def mark(view: _View) -> _View:
        view._ability = ability  # type: ignore[attr-defined] # functions carry marks
        return view

    return mark


def public(view: _View) -> _View:
    """Mark one of the few views that anybody may open without having signed in."""
    view._public = True  # type: ignore[attr-defined] # functions carry marks
    return view


def ability_of(view: Callable[..., Any]) -> str | None:
    return getattr(view, "_ability", None)


def is_public(view: Callable[..., Any]) -> bool:
    return getattr(view, "_public", False)


def _check_known(ability: str) -> None:
    if ability not in _TABLE:
        raise LookupError(f"no such ability in the table: {ability}")
