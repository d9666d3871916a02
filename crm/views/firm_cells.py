"""One entry of a firm, edited in its place in the list; without a script, on a small page of its own."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.changes import Saving
from crm.actions.events import Author
from crm.actions.firms import update_firm
from crm.actions.follow_ups import plan_next_step
from crm.actions.tags import set_firm_tags
from crm.forms.firm_cell import NextStepForm, OwnerCellForm, TagsCellForm
from crm.forms.opened import OpenedForm
from crm.models import Firm, FollowUp
from crm.permissions import requires
from crm.queries.next_steps import next_step_of
from crm.queries.scope import find_firm
from crm.queries.tags import tags_of

blueprint = Blueprint("firm_cells", __name__, url_prefix="/firms/<int:firm_id>/cells/<cell>")

_TITLES = {"owner": "责任人", "next": "下一步", "tags": "标签"}


@blueprint.get("")
@requires("firms.edit")
def edit(firm_id: int, cell: str) -> str:
    firm = _found(firm_id, cell)
    return _page(firm, cell, _opened(firm, cell))


@blueprint.post("")
@requires("firms.edit")
def update(firm_id: int, cell: str) -> ResponseReturnValue:
    firm = _found(firm_id, cell)
    form = _opened(firm, cell)
    if not form.validate() or not form.saves(_deed(firm_id, cell, form), firm_id):
        return _page(firm, cell, form), form.http_status
    if request.headers.get("HX-Request"):
        return render_template("firm_cells/_saved.html", told=form.told, values=_shown(firm_id, cell))
    flash(form.told, "good")
    return redirect(url_for("firms.show", firm_id=firm_id), 303)


def _found(firm_id: int, cell: str) -> Firm:
    return (find_firm(firm_id, current_user) if cell in _TITLES else None) or abort(404)


def _opened(firm: Firm, cell: str) -> Any:
    if cell == "owner":
        return OwnerCellForm.opened_with(firm)
    if cell == "next":
        return NextStepForm.opened_with(next_step_of(firm.id) or FollowUp())
    return TagsCellForm.opened_with(firm, firm_id=firm.id)


def _deed(firm_id: int, cell: str, form: OpenedForm) -> Callable[[], Saving]:
    by, values = Author.of(current_user), form.values
    if cell == "owner":
        return lambda: update_firm(firm_id, values, form.memory, by)
    if cell == "next":
        return lambda: plan_next_step(firm_id, values, form.memory, by)
    return lambda: set_firm_tags(firm_id, values["tags"], form.memory, by)


def _shown(firm_id: int, cell: str) -> dict[str, Any]:
    """Column of the list → what it says now."""
    if cell == "owner":
        firm = find_firm(firm_id, current_user)
        return {"owner": firm and firm.owner and firm.owner.name}
    if cell == "next":
        step = next_step_of(firm_id)
        return {"next_step": step and step.what, "next_on": step and step.due_on.isoformat()}
    return {"tags": "、".join(tag.name for tag in tags_of(firm_id))}


def _page(firm: Firm, cell: str, form: OpenedForm) -> str:
    return render_template("firm_cells/edit.html", firm=firm, cell=cell, title=_TITLES[cell], form=form)
