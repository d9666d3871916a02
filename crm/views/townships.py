"""Townships and the areas inside them: what firms lie in and what an officer of a township is responsible for."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions import reference
from crm.actions.events import Author
from crm.forms.reference import TownshipForm
from crm.models import Township
from crm.permissions import requires
from crm.queries.reference import find_township, hanging_on_township, township_rows

blueprint = Blueprint("townships", __name__, url_prefix="/system/townships")


@blueprint.get("")
@requires("users.manage")
def index() -> ResponseReturnValue:
    return render_template("townships/index.html", rows=township_rows())


@blueprint.get("/new")
@requires("users.manage")
def new() -> str:
    return render_template("townships/edit.html", form=TownshipForm(), township=None)


@blueprint.post("")
@requires("users.manage")
def create() -> ResponseReturnValue:
    form, by = TownshipForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: reference.add_township(**form.values, by=by)):
        flash(f"已新增“{form.outcome.name}”。", "good")
        return redirect(url_for("townships.index"), 303)
    return render_template("townships/edit.html", form=form, township=None), form.http_status


@blueprint.get("/<int:township_id>/edit")
@requires("users.manage")
def edit(township_id: int) -> str:
    township = find_township(township_id) or abort(404)
    return _page(township, TownshipForm(township))


@blueprint.post("/<int:township_id>/edit")
@requires("users.manage")
def update(township_id: int) -> ResponseReturnValue:
    township = find_township(township_id) or abort(404)
    form, by = TownshipForm(township), Author.of(current_user)
    if form.validate() and form.performs(lambda: reference.update_township(township_id, **form.values, by=by)):
        flash(f"已保存“{form.outcome.name}”。", "good")
        return redirect(url_for("townships.index"), 303)
    return _page(township, form), form.http_status


@blueprint.post("/<int:township_id>/voiding")
@requires("users.manage")
def void(township_id: int) -> ResponseReturnValue:
    township = reference.void_township(township_id, Author.of(current_user))
    flash(f"已作废“{township.name}”：不再供选择，名下的企业和人员不变，可以恢复。", "good")
    return redirect(url_for("townships.index"), 303)


@blueprint.post("/<int:township_id>/restoring")
@requires("users.manage")
def restore(township_id: int) -> ResponseReturnValue:
    township = reference.restore_township(township_id, Author.of(current_user))
    flash(f"已恢复“{township.name}”。", "good")
    return redirect(url_for("townships.index"), 303)


def _page(township: Township, form: TownshipForm) -> str:
    return render_template(
        "townships/edit.html", township=township, form=form, hanging=hanging_on_township(township.id)
    )
