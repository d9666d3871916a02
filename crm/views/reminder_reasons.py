"""为什么没有提醒: what became of each reminder about a firm, or to a colleague, and what stands in its way."""

from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from crm import clock
from crm.extensions import db
from crm.models import User
from crm.permissions import requires
from crm.queries.firm_choices import owner_pairs
from crm.queries.parameters import LARGEST_ID
from crm.queries.reminder_reasons import explained, firms_named, skipped
from crm.queries.reminder_stops import stop_of
from crm.queries.scope import find_firm
from pipelines.names import cleaned

blueprint = Blueprint("reminder_reasons", __name__, url_prefix="/reminders/why")

_LONGEST = 100
_LOOKED_BACK = timedelta(days=60)


@blueprint.get("")
@requires("reminders.view")
def index() -> str:
    today, firm_id, user_id = clock.today(), _id("firm"), _id("user")
    sought = cleaned(request.args.get("q", ""))[:_LONGEST]
    firm = (find_firm(firm_id, current_user) or abort(404)) if firm_id else None
    user = (db.session.get(User, user_id) or abort(404)) if user_id and not firm else None
    return render_template(
        "reminder_reasons/index.html", firm=firm, user=user, sought=sought, people=owner_pairs(None), today=today,
        stop=stop_of(firm.id, today) if firm else None,
        explained=explained(today, firm and firm.id, user and user.id) if firm or user else [],
        skipped=skipped(today - _LOOKED_BACK, firm and firm.id, user and user.id) if firm or user else [],
        firms=firms_named(sought) if sought and not firm and not user else [],
    )  # fmt: skip


def _id(name: str) -> int | None:
    number = request.args.get(name, 0, int)
    return number if 0 < number <= LARGEST_ID else None
