"""What stands around every page: the menu, the banner of the demo county, who is signed in."""

from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask, current_app, url_for
from flask_login import current_user

from crm import clock
from crm.actions import sessions
from crm.actions.reminders import is_quiet
from crm.permissions import can
from crm.queries.backups import backup_is_old
from crm.queries.export_requests import waiting_for
from crm.queries.frame import is_demo_county, previous_sign_in
from crm.queries.reminders import is_mail_stuck, silence

_PATIENCE = timedelta(minutes=15)


class Entry(NamedTuple):
    """A page of the menu; shown to those who have the ability. `also`: further pages reached through it; key:
    the letter that leads there after a g."""

    blueprint: str
    label: str
    icon: str
    ability: str
    on_phone: bool = True
    also: tuple[str, ...] = ()
    key: str = ""

    @property
    def endpoint(self) -> str:
        return f"{self.blueprint}.index"

    def leads_to(self, path: str) -> bool:
        """Whether a page lies under this one: /firms/7/contacts belongs to /firms."""
        roots = (url_for(f"{name}.index") for name in (self.blueprint, *self.also))
        return any(f"{path}/".startswith(f"{root}/") for root in roots)


# At most nine, in the order of the working day; the first four of them stand in the bar of a phone.
MENU = (
    Entry("home", "今日", "calendar-check", "firms.edit", key="h"),
    Entry("firms", "企业库", "buildings", "firms.view", also=("imports", "merges", "bulk_deeds"), key="f"),
    Entry(
        "candidacies", "培育申报", "bar-chart-steps", "firms.view", also=("funnel", "institutions", "projects"), key="c"
    ),
    Entry("candidates", "候选名单", "list-ol", "firms.view", on_phone=False, also=("gaps",), key="l"),
    Entry("visits", "走访跟进", "geo-alt", "firms.view", key="v"),
    Entry("reminders", "期限提醒", "bell", "reminders.view", on_phone=False, key="r"),
    Entry("dashboards", "看板统计", "speedometer2", "firms.view", also=("targets", "reports", "news"), key="d"),
    Entry("policies", "政策规则", "book", "policies.view", on_phone=False, key="p"),
    Entry("system", "系统管理", "gear", "account.own", on_phone=False, also=("tasks", "events", "users"), key="s"),
)


def register(app: Flask) -> None:
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    return {
        "menu": MENU,
        "is_demo_county": is_demo_county,
        "clock_is_silent": lambda: silence(clock.now()) is not None,
        "mail_is_stuck": _mail_is_stuck,
        "backup_is_missing": lambda: current_app.config["MODE"] != "demo" and backup_is_old(),
        "idle_seconds": sessions.idle_seconds,
        "exports_to_decide": lambda: waiting_for(current_user) if can(current_user, "exports.approve") else 0,
        "last_sign_in": lambda: previous_sign_in(current_user.account),
    }


def _mail_is_stuck() -> bool:
    """Mail goes out in office hours: nothing is late before they have lasted as long as one has patience."""
    now = clock.now()
    return not is_quiet(now) and not is_quiet(now - _PATIENCE) and is_mail_stuck(now - _PATIENCE)
