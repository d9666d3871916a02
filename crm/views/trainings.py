"""Trainings (育管服) and who came."""

from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.actions.training_exports import ATTENDANCE_LIST, export_attendance
from crm.actions.trainings import note_attendance, remove_attendance, save_training
from crm.extensions import db
from crm.forms.pasted_firms import told
from crm.forms.training import AttendanceForm, TrainingForm
from crm.models import Training
from crm.permissions import requires
from crm.queries.scope import find_firm
from crm.queries.trainings import attendants, coverage, find_training, trainings
from crm.views.downloads import send_workbook

blueprint = Blueprint("trainings", __name__, url_prefix="/visits/trainings")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return render_template(
        "trainings/index.html", rows=trainings(current_user), reach=coverage(current_user, clock.today())
    )


@blueprint.get("/new")
@requires("campaigns.manage")
def new() -> str:
    return render_template("trainings/edit.html", training=None, form=TrainingForm(data={"held_on": clock.today()}))


@blueprint.post("")
@requires("campaigns.manage")
def create() -> ResponseReturnValue:
    return _saved(None)


@blueprint.get("/<int:training_id>")
@requires("firms.view")
def show(training_id: int) -> str:
    return _page(find_training(training_id) or abort(404), AttendanceForm())


@blueprint.get("/<int:training_id>/edit")
@requires("campaigns.manage")
def edit(training_id: int) -> str:
    training = find_training(training_id) or abort(404)
    return render_template("trainings/edit.html", training=training, form=TrainingForm(obj=training))


@blueprint.post("/<int:training_id>/edit")
@requires("campaigns.manage")
def update(training_id: int) -> ResponseReturnValue:
    return _saved(find_training(training_id) or abort(404))


@blueprint.post("/<int:training_id>/attendances")
@requires("firms.edit")
def attend(training_id: int) -> ResponseReturnValue:
    training = find_training(training_id) or abort(404)
    form, by = AttendanceForm(), Author.of(current_user)
    if not form.validate() or not form.performs(lambda: note_attendance(training_id, form.lines, current_user, by)):
        return _page(training, form), form.http_status
    noted = form.outcome
    if noted.unclear:
        form.keep_unclear(noted, "登记")
        return _page(training, form), 422
    flash(told(noted, "登记"), "good")
    return redirect(url_for("trainings.show", training_id=training_id), 303)


@blueprint.post("/<int:training_id>/attendances/<int:firm_id>/removal")
@requires("firms.edit")
def leave(training_id: int, firm_id: int) -> ResponseReturnValue:
    find_training(training_id) or abort(404)
    firm = find_firm(firm_id, current_user) or abort(404)
    remove_attendance(training_id, firm_id, Author.of(current_user))
    flash(f"已移出{firm.name}。", "good")
    return redirect(url_for("trainings.show", training_id=training_id), 303)


@blueprint.post("/<int:training_id>/export-files")
@requires("exports.run")
def export(training_id: int) -> Response:
    training, content = find_training(training_id) or abort(404), BytesIO()
    export_attendance(training, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(ATTENDANCE_LIST))


def _saved(training: Training | None) -> ResponseReturnValue:
    form, by = TrainingForm(), Author.of(current_user)
    key = training.id if training else None
    if form.validate() and form.performs(lambda: save_training(key, form.values, by)):
        flash(f"已保存“{form.outcome.subject}”。", "good")
        return redirect(url_for("trainings.show", training_id=form.outcome.id), 303)
    return render_template("trainings/edit.html", training=training, form=form), form.http_status


def _page(training: Training, form: AttendanceForm) -> str:
    rows = db.session.execute(attendants(training.id, current_user)).all()
    return render_template("trainings/show.html", training=training, rows=rows, form=form)
