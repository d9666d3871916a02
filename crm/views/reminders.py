"""期限提醒: what went out, what waits, what comes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock, once
from crm.actions.events import Author
from crm.actions.reminders import as_mail, cancel_held, release_held, resend, send_test_mail
from crm.permissions import requires
from crm.queries.firm_choices import owner_pairs
from crm.queries.reminders import ReminderFilter, planned_ahead, reminder_page
from pipelines.refusals import Refusal
from pipelines.vocabulary import ReminderKind, ReminderStatus

blueprint = Blueprint("reminders", __name__, url_prefix="/reminders")


@blueprint.get("")
@requires("reminders.view")
def index() -> str:
    asked = ReminderFilter.from_args(request.args)
    return render_template(
        "reminders/index.html",
        asked=asked,
        page=reminder_page(asked),
        kinds=ReminderKind,
        statuses=ReminderStatus,
        people=owner_pairs(None),
    )


@blueprint.get("/ahead")
@requires("reminders.view")
def ahead() -> str:
    return render_template("reminders/ahead.html", planned=planned_ahead(clock.today()))


@blueprint.get("/preview")
@requires("reminders.view")
def preview() -> str:
    """The next mail to whoever looks, as things stand."""
    days = planned_ahead(clock.today()).days
    mine = {day: [each for each in due if each.to_id == current_user.id] for day, due in days.items()}
    day, due = next(((day, due) for day, due in mine.items() if due), (None, []))
    return render_template("reminders/preview.html", day=day, letter=as_mail(current_user, due) if due else None)


@blueprint.post("/held")
@requires("reminders.view")
def settle() -> ResponseReturnValue:
    by = Author.of(current_user)
    if request.form.get("deed") == "cancel":
        flash(f"已取消 {cancel_held(by)} 条提醒。", "good")
    else:
        flash(f"已确认 {release_held(by)} 条提醒，一分钟内发出。", "good")
    return redirect(url_for("reminders.index"), 303)


@blueprint.post("/<int:reminder_id>/resending")
@requires("reminders.view")
def send_again(reminder_id: int) -> ResponseReturnValue:
    resend(reminder_id, Author.of(current_user))
    flash("已放回待发，一分钟内发出。", "good")
    return redirect(url_for("reminders.index"), 303)


@blueprint.post("/test")
@requires("reminders.view")
def test() -> ResponseReturnValue:
    if not current_user.email:
        raise Refusal("您的账号没有登记邮箱，请先请管理员填写。")
    once.claim()
    send_test_mail(current_user.email)
    flash(f"测试邮件已发到 {current_user.email}。", "good")
    return redirect(url_for("reminders.index"), 303)
