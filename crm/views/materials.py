"""The papers of a candidacy."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.campaigns import check_materials
from crm.actions.events import Author
from crm.permissions import requires
from crm.queries.candidacies import find_candidacy, papers_of
from pipelines.names import cleaned
from pipelines.vocabulary import MaterialState

blueprint = Blueprint("materials", __name__, url_prefix="/candidacies/<int:candidacy_id>/materials")

_LONGEST = 200


@blueprint.post("")
@requires("firms.edit")
def update(candidacy_id: int) -> ResponseReturnValue:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    given = {item.id: _given(item.id) for item, _ in papers_of(candidacy) if f"state-{item.id}" in request.form}
    checked = check_materials(candidacy_id, given, Author.of(current_user))
    flash(f"已更新 {checked} 项材料。" if checked else "没有改动。", "good")
    return redirect(url_for("candidacies.show", candidacy_id=candidacy_id), 303)


def _given(item_id: int) -> tuple[MaterialState, str | None]:
    typed = request.form[f"state-{item_id}"]
    state = next((each for each in MaterialState if each.value == typed), None) or abort(400)
    return state, cleaned(request.form.get(f"gap-{item_id}", ""))[:_LONGEST] or None
