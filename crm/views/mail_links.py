"""已处理 and 延后三天 out of a mail: nobody signs in, the link is the key to one follow-up and to nothing else."""

from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from crm import clock
from crm.actions.events import Author
from crm.actions.follow_ups import finish_follow_up, postpone_follow_up
from crm.extensions import db
from crm.mail_links import read_link
from crm.models import FollowUp, Reminder
from crm.permissions import public
from crm.queries.reminders import follow_up_of
from pipelines.names import cleaned
from pipelines.refusals import Refusal

blueprint = Blueprint("mail_links", __name__, url_prefix="/mail-links/<token>")

_LONGEST = 300
_LATER = timedelta(days=3)


@blueprint.get("")
@public
def show(token: str) -> str:
    """Opening it does nothing: programs that look through mails open every link."""
    reminder, follow_up = _meant(token)
    return render_template(
        "mail_links/show.html", token=token, follow_up=follow_up, is_over=_is_over(reminder, follow_up)
    )


@blueprint.post("")
@public
def act(token: str) -> ResponseReturnValue:
    reminder, follow_up = _meant(token)
    if _is_over(reminder, follow_up):
        return render_template("mail_links/show.html", token=token, follow_up=follow_up, is_over=True), 409
    by = Author(name=reminder.user.name, through="mail", user_id=reminder.user_id, address=request.remote_addr)
    try:
        if request.form.get("deed") == "postpone":
            postpone_follow_up(follow_up.id, clock.today() + _LATER, by)
        else:
            finish_follow_up(follow_up.id, cleaned(request.form.get("outcome", ""))[:_LONGEST] or None, by)
    except Refusal as refusal:
        page = render_template("mail_links/show.html", token=token, follow_up=follow_up, is_over=False, told=refusal)
        return page, 422
    return render_template("mail_links/show.html", token=token, follow_up=follow_up, is_over=True, is_done=True)


def _meant(token: str) -> tuple[Reminder, FollowUp]:
    reminder = db.session.get(Reminder, read_link(token) or 0)
    follow_up = follow_up_of(reminder) if reminder and reminder.user.active else None
    return (reminder, follow_up) if reminder and follow_up else abort(404)


def _is_over(reminder: Reminder, follow_up: FollowUp) -> bool:
    """Done, put off, or handed over since the mail: the link has had its time."""
    return (
        follow_up.done_on is not None
        or follow_up.due_on != reminder.matter_on
        or follow_up.owner_id not in (reminder.user_id, None)
    )
