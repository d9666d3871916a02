"""口径设置: how the office reads what the documents leave open."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.readings import read_otherwise
from crm.actions.tasks import is_finished_soon, start_task
from crm.forms.reading import ReadingForm, reading_form
from crm.permissions import requires
from crm.queries.readings import newest_reading, readings_in_force
from pipelines.vocabulary import TaskKind

blueprint = Blueprint("readings", __name__, url_prefix="/policies/readings")


@blueprint.get("")
@requires("policies.manage")
def edit() -> str:
    return render_template("readings/edit.html", form=_form(), newest=newest_reading())


@blueprint.post("")
@requires("policies.manage")
def update() -> ResponseReturnValue:
    form, by = _form(), Author.of(current_user)
    if not (
        form.validate() and form.performs(lambda: read_otherwise(form.answers, form.note.data, form.last_seen, by))
    ):
        return render_template("readings/edit.html", form=form, newest=newest_reading()), form.http_status
    if not form.outcome:
        flash("没有改动。", "good")
        return redirect(url_for("policies.index"), 303)
    task = start_task(TaskKind.EVALUATE, {}, by)
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    flash("口径已改，全县已按新口径重新判断。", "good")
    return redirect(url_for("policies.index"), 303)


def _form() -> ReadingForm:
    newest = newest_reading()
    return reading_form(readings_in_force(), newest.id if newest else 0)
