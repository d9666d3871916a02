"""Moves of candidacies: one at a time, many at a time, and back again."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.candidacies import Moved, move_many, move_stage, undo_moves
from crm.actions.events import Author
from crm.forms.candidacy import StageMoveForm
from crm.own_paths import own_path
from crm.permissions import requires
from crm.queries.candidacies import find_candidacy, situation_of, within_reach
from pipelines.funnel.stages import needs_reason
from pipelines.refusals import Refusal
from pipelines.vocabulary import Stage

blueprint = Blueprint("stage_moves", __name__)

_TOLD_AT_MOST = 5


@blueprint.get("/candidacies/<int:candidacy_id>/stage-moves/new")
@requires("firms.edit")
def new(candidacy_id: int) -> str:
    """Where a move leads that needs more than a click."""
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    values = {"moved_on": clock.today(), "to": _stage(request.args.get("to"))}
    form = StageMoveForm.for_move(situation_of(candidacy), data=values)
    return render_template("stage_moves/new.html", candidacy=candidacy, form=form)


@blueprint.post("/candidacies/<int:candidacy_id>/stage-moves")
@requires("firms.edit")
def create(candidacy_id: int) -> ResponseReturnValue:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    situation, to, by = situation_of(candidacy), _stage(request.form.get("to")), Author.of(current_user)
    if "moved_on" not in request.form:  # from a card or its menu: today, unless something is to be asked
        if to and (to is Stage.RECOGNIZED or needs_reason(situation.stage, to)):
            return redirect(url_for("stage_moves.new", candidacy_id=candidacy_id, to=to.value), 303)
        return _done(candidacy_id, to, by)
    form = StageMoveForm.for_move(situation)
    if form.validate() and form.performs(
        lambda: move_stage(candidacy_id, form.to.data, form.day, form.reason.data, by, form.certificate)
    ):
        flash(f"已移至“{form.to.data.label}”。", "good")
        return redirect(url_for("candidacies.show", candidacy_id=candidacy_id), 303)
    return render_template("stage_moves/new.html", candidacy=candidacy, form=form), form.http_status


@blueprint.post("/stage-moves")
@requires("firms.edit")
def create_many() -> ResponseReturnValue:
    to = _stage(request.form.get("to"))
    chosen = [int(text) for text in request.form.getlist("candidacy") if text.isascii() and text.isdigit()][:1000]
    if to is None or not chosen:
        raise Refusal("请先勾选培育对象，再选择移至哪个阶段。")
    moved = move_many(
        within_reach(chosen, current_user), to, clock.today(), request.form.get("reason"), Author.of(current_user)
    )
    _tell(moved, to)
    return redirect(_back(moved.deed if moved.moved else None), 303)


@blueprint.post("/stage-moves/<deed>/undoing")
@requires("firms.edit")
def undo(deed: str) -> ResponseReturnValue:
    undone = undo_moves(deed[:32], Author.of(current_user))
    flash(f"已撤销 {undone} 个移动。", "good")
    return redirect(_back(None), 303)


def _done(candidacy_id: int, to: Stage | None, by: Author) -> ResponseReturnValue:
    if to is None:
        raise Refusal("请选择移至哪个阶段。")
    deed = move_stage(candidacy_id, to, clock.today(), None, by)
    flash(f"已移至“{to.label}”。", "good")
    return redirect(_back(deed), 303)


def _tell(moved: Moved, to: Stage) -> None:
    if moved.moved:
        flash(f"已将 {moved.moved} 家移至“{to.label}”。", "good")
    for name, why in moved.refused[:_TOLD_AT_MOST]:
        flash(f"{name} 没有移动：{why}", "warn")
    if (further := len(moved.refused) - _TOLD_AT_MOST) > 0:
        flash(f"另有 {further} 家没有移动。", "warn")


def _back(deed: str | None) -> str:
    """The page one came from; with the deed, so that the page can offer to undo it."""
    path = own_path(request.form.get("back")) or url_for("candidacies.index")
    path = "&".join(part for part in path.replace("?", "&").split("&") if not part.startswith("moved="))
    path = path.replace("&", "?", 1)
    return path if deed is None else f"{path}{'&' if '?' in path else '?'}moved={deed}"


def _stage(text: str | None) -> Stage | None:
    return next((stage for stage in Stage if stage.value == text), None)
