"""New editions: uploaded or filled in, seen as a difference with what they change, then confirmed."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.editions import draft_edition, filled_text
from crm.actions.events import Author
from crm.actions.tasks import is_finished_soon, start_task
from crm.forms.edition import EditionForm, filling_form
from crm.permissions import requires
from crm.queries.editions_added import shown_draft
from crm.queries.policies import known_policies
from pipelines.qualification.policy import Policy
from pipelines.vocabulary import Programme, TaskKind

blueprint = Blueprint("editions", __name__, url_prefix="/editions")


@blueprint.get("/new")
@requires("policies.manage")
def new() -> str:
    return render_template("editions/new.html", form=EditionForm())


@blueprint.post("")
@requires("policies.manage")
def create() -> ResponseReturnValue:
    form, by = EditionForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: draft_edition(form.programme.data, form.content, by)):
        return _tried(form.outcome.id)
    return render_template("editions/new.html", form=form), form.http_status


@blueprint.get("/<int:edition_id>")
@requires("policies.manage")
def show(edition_id: int) -> str:
    return render_template("editions/show.html", shown=shown_draft(edition_id) or abort(404))


@blueprint.get("/filling/<programme>")
@requires("policies.manage")
def edit(programme: str) -> str:
    policy = _unconfirmed(programme)
    return render_template("editions/filling.html", policy=policy, form=filling_form(policy))


@blueprint.post("/filling/<programme>")
@requires("policies.manage")
def update(programme: str) -> ResponseReturnValue:
    policy, by = _unconfirmed(programme), Author.of(current_user)
    form, asked = filling_form(policy), next(each for each in Programme if each.value == programme)
    if form.validate() and form.performs(
        lambda: draft_edition(asked, filled_text(policy, form.numbers(), form.document_number.data or "", form.day), by)
    ):
        return _tried(form.outcome.id)
    return render_template("editions/filling.html", policy=policy, form=form), form.http_status


def _tried(edition_id: int) -> ResponseReturnValue:
    task = start_task(TaskKind.TRY_EDITION, {"edition_id": edition_id}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    return redirect(url_for("editions.show", edition_id=edition_id), 303)


def _unconfirmed(programme: str) -> Policy:
    """The latest edition of a programme, if it waits for the office's numbers."""
    editions = known_policies().editions(programme) or abort(404)
    latest = editions[-1]
    if latest.judges or latest.in_force_from > clock.today() or not latest.blanks:
        abort(404, "这个项目没有待填写的数字。")
    return latest
