"""备份: what is kept, one more at once, one taken away, and the proof that the newest can be restored."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.backups import record_download
from crm.actions.events import Author
from crm.actions.tasks import is_finished_soon, start_task
from crm.permissions import requires
from crm.queries.backups import backups_folder, find_backup, kept_backups, last_rehearsal
from pipelines.vocabulary import TaskKind, TaskStatus

blueprint = Blueprint("backups", __name__, url_prefix="/system/backups")


@blueprint.get("")
@requires("system.manage")
def index() -> str:
    return render_template(
        "backups/index.html",
        backups=kept_backups(),
        rehearsal=last_rehearsal(),
        folder=backups_folder(),
        second=current_app.config["BACKUP_SECOND_FOLDER"],
        days=current_app.config["BACKUP_DAYS"],
        weeks=current_app.config["BACKUP_WEEKS"],
    )


@blueprint.post("")
@requires("system.manage")
def create() -> ResponseReturnValue:
    return _done(TaskKind.MAKE_BACKUP)


@blueprint.post("/rehearsals")
@requires("system.manage")
def rehearse() -> ResponseReturnValue:
    return _done(TaskKind.REHEARSE_BACKUP)


@blueprint.post("/<name>/downloads")
@requires("system.manage")
def download(name: str) -> Response:
    """By POST, since it leaves a trace."""
    backup = find_backup(name) or abort(404)
    record_download(backup, Author.of(current_user))
    return send_file(backup.path, mimetype="application/zip", as_attachment=True, download_name=backup.name)


def _done(kind: TaskKind) -> ResponseReturnValue:
    task = start_task(kind, {}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    flash(task.message or "", "good" if task.status is TaskStatus.DONE else "bad")
    return redirect(url_for(".index"), 303)
