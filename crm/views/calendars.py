"""期限日历: the month, the yearly calls and their days, and calendar files."""

from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.calls import choose_audience, date_call, mute_kinds
from crm.actions.events import Author
from crm.calendar_files import calendar_file, feed_token, read_feed_token
from crm.extensions import db
from crm.forms.call import CallDateForm
from crm.forms.call_audience import CallAudienceForm
from crm.models import User
from crm.permissions import can, public, requires
from crm.queries.calendar import matters_of, month_of
from crm.queries.call_audiences import Audience, about_call, audience_choices, audiences
from crm.queries.call_offsets import offsets_in_force
from crm.queries.calls import DatedCall, dated_calls
from crm.queries.parameters import SenselessError, day
from crm.queries.reminder_rules import decisions_about
from pipelines.reminders.planning import rules

blueprint = Blueprint("calendars", __name__, url_prefix="/reminders/calendar")

_YEARS = range(2000, 2100)


@blueprint.get("")
@requires("reminders.view")
def index() -> str:
    today, mine = clock.today(), request.args.get("whose") == "mine"
    month = month_of(_month(today), current_user, today, mine=mine)
    return render_template("calendars/index.html", month=month, mine=mine, today=today)


@blueprint.get("/matter.ics")
@requires("reminders.view")
def matter() -> Response:
    """One deadline, for whoever wants it in his own calendar."""
    wanted = request.args.get("subject", "")
    found = [each for each in matters_of(current_user, clock.today(), mine=False) if each.subject == wanted]
    return _file(calendar_file(found), "期限.ics") if found else abort(404)


@blueprint.get("/feed/<token>")
@public
def feed(token: str) -> Response:
    """Opened by a calendar program, which cannot sign in: the address itself is the key, and only to this list."""
    meant = read_feed_token(token)
    user = db.session.get(User, meant[0]) if meant else None
    if meant is None or user is None or not user.active or user.calendar_key != meant[1]:
        abort(404)
    if not can(user, "reminders.view"):
        abort(404)
    return _file(calendar_file(matters_of(user, clock.today(), mine=True)), "雁阵.ics")


@blueprint.get("/mine")
@requires("reminders.view")
def mine() -> str:
    token = feed_token(current_user.id, current_user.calendar_key)
    allowed = [kind for kind, rule in rules().items() if rule.may_be_muted]
    address = url_for("calendars.feed", token=token, _external=True)
    return render_template("calendars/mine.html", address=address, kinds=allowed)


@blueprint.post("/mine")
@requires("reminders.view")
def keep_mine() -> ResponseReturnValue:
    told = set(request.form.getlist("told"))
    muted = {kind for kind, rule in rules().items() if rule.may_be_muted and kind.value not in told}
    mute_kinds(current_user.id, muted, Author.of(current_user))
    flash("已保存。", "good")
    return redirect(url_for("calendars.mine"), 303)


@blueprint.get("/calls")
@requires("reminders.view")
def calls() -> str:
    year = _year()
    return render_template(
        "calendars/calls.html", calls=dated_calls(year), year=year, audiences=audiences(), about=about_call,
        choices=audience_choices(), offsets=offsets_in_force(),
    )  # fmt: skip


@blueprint.get("/calls/<call_id>")
@requires("campaigns.manage")
def edit(call_id: str) -> str:
    dated = _call(call_id)
    return render_template("calendars/edit.html", dated=dated, form=CallDateForm.of(dated))


@blueprint.post("/calls/<call_id>")
@requires("campaigns.manage")
def update(call_id: str) -> ResponseReturnValue:
    dated, form, by = _call(call_id), CallDateForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: date_call(call_id, dated.year, form.values, by)):
        flash(f"已保存“{dated.call.label}”的日期。", "good")
        return redirect(url_for("calendars.calls", year=dated.year), 303)
    return render_template("calendars/edit.html", dated=dated, form=form), form.http_status


@blueprint.get("/calls/<call_id>/audience")
@requires("campaigns.manage")
def edit_audience(call_id: str) -> str:
    dated = _call(call_id)
    return _audience_page(dated, CallAudienceForm.of(audiences().get(about_call(call_id, dated.year))))


@blueprint.post("/calls/<call_id>/audience")
@requires("campaigns.manage")
def update_audience(call_id: str) -> ResponseReturnValue:
    dated, form, by = _call(call_id), CallAudienceForm(), Author.of(current_user)
    if form.validate() and form.performs(
        lambda: choose_audience(call_id, dated.year, form.audience(), form.values["reason"], by)
    ):
        flash(f"已保存“{dated.call.label}”告诉谁。" if form.outcome else "没有变化。", "good")
        return redirect(url_for("calendars.edit_audience", call_id=call_id, year=dated.year), 303)
    return _audience_page(dated, form), form.http_status


def _audience_page(dated: DatedCall, form: CallAudienceForm) -> str:
    about = about_call(dated.call.id, dated.year)
    known = audiences().get(about)
    return render_template(
        "calendars/audience.html", dated=dated, form=form, known=known, choices=audience_choices(),
        number=known.count(clock.today()) if known else None, history=decisions_about(about), audience=Audience,
    )  # fmt: skip


def _call(call_id: str) -> DatedCall:
    return next((each for each in dated_calls(_year()) if each.call.id == call_id), None) or abort(404)


def _year() -> int:
    year = request.args.get("year", clock.today().year, int)
    return year if year in _YEARS else clock.today().year


def _month(today: date) -> date:
    try:
        asked: date = day(f"{request.args.get('month', '')}-01")
    except SenselessError:
        return today
    return asked if asked.year in _YEARS else today


def _file(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
