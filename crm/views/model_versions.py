"""模型: what the versions say of themselves, compared; trained anew, put to use by a named person, and back again."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.models import use_model
from crm.actions.tasks import is_finished_soon, start_task
from crm.permissions import requires
from crm.queries.model_card import version_page
from crm.queries.model_history import results_by_year
from crm.queries.models import find_version, former_version, live_scoring, live_version, newest_version, versions
from pipelines.vocabulary import TaskKind

blueprint = Blueprint("model_versions", __name__, url_prefix="/candidates/models")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return render_template(
        "model_versions/index.html",
        versions=versions(),
        live=live_version(),
        former=former_version(),
        scoring=live_scoring(),
        history=results_by_year(),
    )


@blueprint.get("/<int:version_id>")
@requires("firms.view")
def show(version_id: int) -> str:
    version = find_version(version_id) or abort(404)
    return render_template("model_versions/show.html", page=version_page(version), live=live_version())


@blueprint.post("")
@requires("models.manage")
def create() -> ResponseReturnValue:
    task = start_task(TaskKind.TRAIN_MODEL, {}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    newest = newest_version()
    return redirect(url_for("model_versions.show", version_id=newest.id) if newest else url_for(".index"), 303)


@blueprint.post("/<int:version_id>/use")
@requires("models.manage")
def use(version_id: int) -> ResponseReturnValue:
    use_model(version_id, Author.of(current_user))
    return _scored(f"已启用模型 {version_id}，名单已按它重新排序。")


@blueprint.post("/scorings")
@requires("models.manage")
def score() -> ResponseReturnValue:
    return _scored("已按现在的数据重新排序。")


def _scored(told: str) -> ResponseReturnValue:
    task = start_task(TaskKind.SCORE_FIRMS, {}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    flash(told, "good")
    return redirect(url_for("model_versions.index"), 303)
