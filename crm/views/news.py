"""动态: what changed since one last looked."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.news import mark_seen
from crm.permissions import requires
from crm.queries.news import news_for
from crm.queries.parameters import LARGEST_ID, SenselessError, whole_number

blueprint = Blueprint("news", __name__, url_prefix="/news")
_read_id = whole_number(0, LARGEST_ID)


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return render_template("news/index.html", news=news_for(current_user, clock.now()))


@blueprint.post("/seen")
@requires("firms.view")
def see() -> ResponseReturnValue:
    newest = news_for(current_user, clock.now()).newest
    try:
        shown = min(_read_id(request.form.get("newest", "")), newest)
    except SenselessError:
        flash("没有记下看到哪里，请在页面上再点一次。", "warn")
    else:
        mark_seen(current_user.id, shown)
        flash("已记下，之后只列新的变化。", "good")
    return redirect(url_for("news.index"), 303)
