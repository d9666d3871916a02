"""The annual figures of a firm."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.figures import update_figures
from crm.forms.annual_figures import FiguresForm
from crm.permissions import requires
from crm.queries.scope import find_firm

blueprint = Blueprint("annual_figures", __name__, url_prefix="/firms/<int:firm_id>/figures")


@blueprint.get("")
@requires("firms.view")
def index(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id, tab="figures", years=request.args.get("years")), 303)


@blueprint.get("/edit")
@requires("firms.edit")
def edit(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("annual_figures/edit.html", firm=firm, form=FiguresForm(firm, clock.today(), request.args))


@blueprint.post("/pasting")
@requires("firms.edit")
def paste(firm_id: int) -> str:
    """The same page with a block out of Excel laid into it, to be looked at and saved there."""
    firm = find_firm(firm_id, current_user) or abort(404)
    form = FiguresForm(firm, clock.today(), request.args, typed=request.form)
    form.paste(request.form)
    return render_template("annual_figures/edit.html", firm=firm, form=form)


@blueprint.post("/edit")
@requires("firms.edit")
def update(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form = FiguresForm(firm, clock.today(), request.args, typed=request.form)
    if form.saves(lambda: update_figures(firm_id, form.values, form.memory, Author.of(current_user))):
        for kind, sentence in form.told:
            flash(sentence, kind)
        return index(firm_id)
    return render_template("annual_figures/edit.html", firm=firm, form=form), form.http_status
