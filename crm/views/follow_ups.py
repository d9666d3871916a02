"""What is owed: set, finished, put off, handed over, taken back."""

from datetime import date, timedelta
from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.follow_ups import (
    finish_follow_up,
    hand_over_follow_up,
    postpone_follow_up,
    set_follow_up,
    undo_follow_up,
)
from crm.actions.list_exports import file_name
from crm.actions.visit_exports import FOLLOW_UP_LIST, export_follow_ups
from crm.forms.visit import FollowUpForm
from crm.models import FollowUp
from crm.own_paths import own_path
from crm.permissions import requires
from crm.queries.firm_choices import owner_pairs, township_pairs
from crm.queries.follow_ups import WHICH, find_follow_up, follow_up_page
from crm.queries.scope import find_firm
from crm.queries.work_filter import WorkFilter
from crm.views.downloads import send_workbook
from pipelines.names import cleaned
from pipelines.refusals import Refusal

blueprint = Blueprint("follow_ups", __name__)

_LATER = {"1": "明天", "3": "三天后", "7": "一周后", "30": "一个月后"}
_LONGEST = 300


@blueprint.get("/visits/follow-ups")
@requires("firms.view")
def index() -> str:
    asked = WorkFilter.of(request.args, WHICH)
    return render_template(
        "follow_ups/index.html",
        asked=asked,
        page=follow_up_page(asked, current_user, clock.today()),
        which=WHICH,
        townships=township_pairs(current_user),
        colleagues=owner_pairs(None),
    )


@blueprint.post("/visits/follow-ups/export-files")
@requires("exports.run")
def export() -> Response:
    asked, content = WorkFilter.of(request.form, WHICH), BytesIO()
    export_follow_ups(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(FOLLOW_UP_LIST))


@blueprint.get("/firms/<int:firm_id>/follow-ups/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    values = {"due_on": clock.today() + timedelta(days=7), "owner_id": current_user.id}
    return render_template("follow_ups/new.html", firm=firm, form=FollowUpForm(data=values))


@blueprint.post("/firms/<int:firm_id>/follow-ups")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = FollowUpForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: set_follow_up(firm_id, form.values, by)):
        flash("已设跟进。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="visits"), 303)
    return render_template("follow_ups/new.html", firm=firm, form=form), form.http_status


@blueprint.post("/follow-ups/<int:follow_up_id>/finishing")
@requires("firms.edit")
def finish(follow_up_id: int) -> ResponseReturnValue:
    _find(follow_up_id)
    outcome = cleaned(request.form.get("outcome", ""))[:_LONGEST] or None
    return _back(finish_follow_up(follow_up_id, outcome, Author.of(current_user)), "已办结")


@blueprint.post("/follow-ups/<int:follow_up_id>/postponement")
@requires("firms.edit")
def postpone(follow_up_id: int) -> ResponseReturnValue:
    _find(follow_up_id)
    days = request.form.get("days", "")
    if days not in _LATER:
        raise Refusal("请选择推迟到什么时候。")
    later: date = clock.today() + timedelta(days=int(days))
    return _back(postpone_follow_up(follow_up_id, later, Author.of(current_user)), f"已推迟到 {later}")


@blueprint.post("/follow-ups/<int:follow_up_id>/hand-over")
@requires("firms.edit")
def hand_over(follow_up_id: int) -> ResponseReturnValue:
    _find(follow_up_id)
    owner_id = request.form.get("owner_id", 0, int)
    return _back(hand_over_follow_up(follow_up_id, owner_id, Author.of(current_user)), "已转交")


@blueprint.post("/follow-ups/<int:follow_up_id>/undoing")
@requires("firms.edit")
def undo(follow_up_id: int) -> ResponseReturnValue:
    _find(follow_up_id)
    undo_follow_up(follow_up_id, Author.of(current_user))
    flash("已撤销。", "good")
    return redirect(own_path(request.form.get("back")) or url_for("home.index"), 303)


def _find(follow_up_id: int) -> FollowUp:
    return find_follow_up(follow_up_id, current_user) or abort(404)


def _back(follow_up: FollowUp, told: str) -> ResponseReturnValue:
    """To the page one came from, which offers to take the deed back."""
    flash(f"{told}：{follow_up.what}", "good")
    path = (own_path(request.form.get("back")) or url_for("home.index")).partition("?")
    kept = [part for part in path[2].split("&") if part and not part.startswith("done=")]
    return redirect(f"{path[0]}?{'&'.join([*kept, f'done={follow_up.id}'])}", 303)
