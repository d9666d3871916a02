"""提醒规则: how many days before, and when the chief is told too; changed by the chief, with what it was before."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.reminder_rules import change_rule
from crm.forms.reminder_rule import RuleForm
from crm.permissions import requires
from crm.queries.reminder_rules import about_kind, decisions_about, rules_in_force
from pipelines.reminders.planning import COUNTED_UP, MARKED, is_told_late, rules
from pipelines.vocabulary import ReminderKind

blueprint = Blueprint("reminder_rules", __name__, url_prefix="/reminders/rules")


@blueprint.get("")
@requires("reminders.view")
def index() -> str:
    return render_template(
        "reminder_rules/index.html", rules=rules_in_force(), shipped=rules(), is_told_late=is_told_late,
        counted_up=COUNTED_UP, marked=MARKED,
    )  # fmt: skip


@blueprint.get("/<kind>")
@requires("reminders.manage")
def edit(kind: str) -> str:
    meant = _kind(kind)
    return _page(meant, RuleForm.of(meant, rules_in_force()[meant]))


@blueprint.post("/<kind>")
@requires("reminders.manage")
def update(kind: str) -> ResponseReturnValue:
    meant = _kind(kind)
    form, by = RuleForm().about(meant), Author.of(current_user)
    if form.validate() and form.performs(
        lambda: change_rule(meant, **form.steps(meant), reason=form.reason.data, by=by)
    ):
        flash(f"已保存“{meant.label}”的规则，从明天的计划起生效。" if form.outcome else "没有变化。", "good")
        return redirect(url_for("reminder_rules.index"), 303)
    return _page(meant, form), form.http_status


def _page(kind: ReminderKind, form: RuleForm) -> str:
    return render_template(
        "reminder_rules/edit.html", kind=kind, form=form, shipped=rules()[kind], rule=rules_in_force()[kind],
        history=decisions_about(about_kind(kind)), is_told_late=is_told_late(kind),
    )  # fmt: skip


def _kind(text: str) -> ReminderKind:
    return next((kind for kind in ReminderKind if kind.value == text and kind not in COUNTED_UP), None) or abort(404)
