"""An earlier value of a firm put back, out of its timeline: by the same deed, and the same event, as if typed again."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.changes import Opened, Saving, plain
from crm.actions.events import Author
from crm.actions.figures import Cell, update_figures
from crm.actions.firms import update_firm
from crm.forms.opened import memory_of, remembered
from crm.models import Firm
from crm.permissions import requires
from crm.queries.restorable import Restorable, find_restorable, standing_value, standing_words
from crm.queries.scope import find_firm

_ADDRESS = "/firms/<int:firm_id>/events/<int:event_id>/restorings/<int:place>"
blueprint = Blueprint("restorings", __name__, url_prefix=_ADDRESS)


@blueprint.get("")
@requires("firms.edit")
def new(firm_id: int, event_id: int, place: int) -> str:
    return _page(*_found(firm_id, event_id, place))


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int, event_id: int, place: int) -> ResponseReturnValue:
    """What stood on the page that was agreed to must still stand: otherwise the page is shown again."""
    firm, which = _found(firm_id, event_id, place)
    saving = _put_back(firm, which)
    if saving.conflicts:
        return _page(firm, which, changed_meanwhile=True), 409
    flash(f"已把“{which.label}”恢复为 {which.before}。" if saving.changes else "现在的值就是这个，未作修改。", "good")
    return redirect(url_for("firms.show", firm_id=firm.id, tab="timeline"), 303)


def _put_back(firm: Firm, which: Restorable) -> Saving:
    value, by = which.value(firm, current_user), Author.of(current_user, "restoring")
    opened = Opened(remembered(request.form.get("opened")))
    if which.year is None:
        return update_firm(firm.id, {which.field: value}, opened, by)
    return update_figures(firm.id, {Cell(which.field, which.year): value}, opened, by)


def _found(firm_id: int, event_id: int, place: int) -> tuple[Firm, Restorable]:
    firm = find_firm(firm_id, current_user) or abort(404)
    return firm, find_restorable(firm_id, event_id, place) or abort(404)


def _page(firm: Firm, which: Restorable, changed_meanwhile: bool = False) -> str:
    value = standing_value(firm, which)
    key = which.field if which.year is None else Cell(which.field, which.year).key
    return render_template(
        "restorings/new.html",
        firm=firm,
        which=which,
        standing=standing_words(firm, which, plain(value)),
        opened=memory_of({key: plain(value)}),
        changed_meanwhile=changed_meanwhile,
    )
