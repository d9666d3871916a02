"""Everything of a leaving colleague, handed over in one step."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.follow_ups import reassign, undo_reassignment
from crm.forms.visit import ReassignmentForm
from crm.permissions import requires
from crm.queries.reassignments import recent_reassignments

blueprint = Blueprint("reassignments", __name__, url_prefix="/system/reassignments")


@blueprint.get("")
@requires("campaigns.manage")
def index() -> str:
    """giver: whose, for a link out of his account."""
    form = ReassignmentForm(data={"from_id": request.args.get("giver", type=int)})
    return render_template("reassignments/index.html", form=form, recent=recent_reassignments())


@blueprint.post("")
@requires("campaigns.manage")
def create() -> ResponseReturnValue:
    form, by = ReassignmentForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: reassign(form.from_id.data or 0, form.to_id.data or 0, by)):
        counts = {name: len(ids) for name, ids in form.outcome.rows.items()}
        flash("已移交：企业 {firms} 家，培育对象 {candidacies} 个，跟进 {follow_ups} 条。".format(**counts), "good")
        return redirect(url_for("reassignments.index"), 303)
    return render_template("reassignments/index.html", form=form, recent=recent_reassignments()), form.http_status


@blueprint.post("/<int:reassignment_id>/undoing")
@requires("campaigns.manage")
def undo(reassignment_id: int) -> ResponseReturnValue:
    flash(f"已撤销移交，退回 {undo_reassignment(reassignment_id, Author.of(current_user))} 项。", "good")
    return redirect(url_for("reassignments.index"), 303)
