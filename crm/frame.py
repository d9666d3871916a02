"""What stands around every page: the menu, the banner of the demo county, who is signed in."""

from typing import Any, NamedTuple

from flask import Flask, current_app, url_for
from flask_login import current_user

from crm.queries.frame import is_demo_county, previous_sign_in


class Entry(NamedTuple):
    """A page of the menu; shown to those who have the ability."""

    blueprint: str
    label: str
    icon: str
    ability: str
    on_phone: bool = True

    @property
    def endpoint(self) -> str:
        return f"{self.blueprint}.index"

    def leads_to(self, path: str) -> bool:
        """Whether a page lies under this one: /firms/7/contacts belongs to /firms."""
        return f"{path}/".startswith(f"{url_for(self.endpoint)}/")


# At most nine, in the order of the working day; at most four stand in the bar of a phone.
MENU = (
    Entry("firms", "企业库", "buildings", "firms.view"),
    Entry("imports", "导入", "upload", "imports.run"),
    Entry("gaps", "差距清单", "rulers", "firms.view", on_phone=False),
    Entry("colours", "三色榜", "palette", "firms.view", on_phone=False),
    Entry("policies", "政策规则", "book", "policies.view", on_phone=False),
    Entry("tasks", "任务", "list-task", "tasks.view"),
    Entry("events", "操作记录", "journal-text", "events.view"),
    Entry("users", "账号", "people", "users.manage"),
)


def register(app: Flask) -> None:
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    return {
        "menu": [entry for entry in MENU if entry.endpoint in current_app.view_functions],
        "is_demo_county": is_demo_county,
        "last_sign_in": lambda: previous_sign_in(current_user.account),
    }
