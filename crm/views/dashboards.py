"""看板: the county's numbers on a day, each with its list."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import requires
from crm.queries.dashboard import dashboard
from crm.queries.parameters import SenselessError, day

blueprint = Blueprint("dashboards", __name__, url_prefix="/dashboard")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    """A day that is none, or lies ahead, is today; it is told."""
    today, ignored = clock.today(), ""
    try:
        on = day(typed) if (typed := request.args.get("on", "").strip()) else today
    except SenselessError:
        on, ignored = today, "日期看不懂，显示的是今天。"
    if on > today:
        on, ignored = today, "这一天还没有到，显示的是今天。"
    return render_template(
        "dashboards/index.html", board=dashboard(on, current_user, today), today=today, ignored=ignored
    )
