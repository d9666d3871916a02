"""The palette: firms, colleagues, pages and deeds, found by a few letters. And the sheet of the keys."""

from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import can, requires
from crm.queries.palette import found_firms, found_people, is_named
from pipelines.names import cleaned

blueprint = Blueprint("palettes", __name__, url_prefix="/palette")

_LONGEST_SEARCH = 100
_PLACES_SHOWN = 8


class Place(NamedTuple):
    """A page or the beginning of a deed; shown to those who have the ability."""

    name: str
    endpoint: str
    ability: str
    is_deed: bool = False


PLACES = (
    Place("今日", "home.index", "firms.edit"),
    Place("企业库", "firms.index", "firms.view"),
    Place("培育申报", "candidacies.index", "firms.view"),
    Place("候选名单", "candidates.index", "firms.view"),
    Place("走访跟进", "visits.index", "firms.view"),
    Place("跟进", "follow_ups.index", "firms.view"),
    Place("期限提醒", "reminders.index", "reminders.view"),
    Place("看板", "dashboards.index", "firms.view"),
    Place("目标", "targets.index", "firms.view"),
    Place("简报", "reports.index", "reports.view"),
    Place("层级漏斗", "funnel.index", "firms.view"),
    Place("差距分析", "gaps.index", "firms.view"),
    Place("研发机构", "institutions.index", "firms.view"),
    Place("科技项目", "projects.index", "firms.view"),
    Place("申报批次", "campaigns.index", "firms.view"),
    Place("政策规则", "policies.index", "policies.view"),
    Place("疑似重复的企业", "suspected_pairs.index", "firms.merge"),
    Place("批量办理", "bulk_deeds.index", "firms.edit"),
    Place("企业标签", "tags.index", "tags.manage"),
    Place("导入记录", "imports.index", "imports.run"),
    Place("任务", "tasks.index", "tasks.view"),
    Place("操作记录", "events.index", "events.view"),
    Place("账号", "users.index", "users.manage"),
    Place("备份", "backups.index", "system.manage"),
    Place("系统状态", "checks.index", "system.manage"),
    Place("系统管理", "system.index", "account.own"),
    Place("快捷键", "palettes.keys", "account.own"),
    Place("新增企业", "firms.new", "firms.edit", is_deed=True),
    Place("导入台账", "imports.new", "imports.run", is_deed=True),
    Place("移交工作", "reassignments.index", "campaigns.manage", is_deed=True),
    Place("修改口令", "passwords.edit", "account.own", is_deed=True),
)


@blueprint.get("")
@requires("account.own")
def show() -> str:
    sought = cleaned(request.args.get("q", ""))[:_LONGEST_SEARCH]
    sees_firms = bool(sought) and can(current_user, "firms.view")
    places = [
        each for each in PLACES if can(current_user, each.ability) and (not sought or is_named(each.name, sought))
    ]
    return render_template(
        "palettes/show.html",
        sought=sought,
        firms=found_firms(sought, current_user, clock.today()) if sees_firms else [],
        people=found_people(sought) if sees_firms else [],
        pages=[each for each in places if not each.is_deed][:_PLACES_SHOWN],
        deeds=[each for each in places if each.is_deed][:_PLACES_SHOWN],
    )


@blueprint.get("/keys")
@requires("account.own")
def keys() -> str:
    return render_template("palettes/keys.html")
