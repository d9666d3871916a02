"""What an officer decides for rows that had a question."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.imports import answer_rows
from crm.permissions import requires
from crm.views.imports import own_batch

blueprint = Blueprint("import_answers", __name__, url_prefix="/imports/<int:batch_id>/answers")
_ANSWER = "answer:"


@blueprint.post("")
@requires("imports.run")
def create(batch_id: int) -> ResponseReturnValue:
    batch = own_batch(batch_id)
    given = {name.removeprefix(_ANSWER): text for name, text in request.form.items() if name.startswith(_ANSWER)}
    answer_rows(batch.id, given, Author.of(current_user))
    flash("已记下您的选择，预览已更新。", "good")
    return redirect(url_for("imports.show", batch_id=batch.id), 303)
