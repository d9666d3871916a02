"""How an office begins: a page of steps, shown on the first page until they are done or put away."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.users import hide_first_steps
from crm.permissions import requires
from crm.queries.first_steps import first_steps

blueprint = Blueprint("first_steps", __name__, url_prefix="/system/first-steps")


@blueprint.get("")
@requires("users.manage")
def index() -> str:
    return render_template("first_steps/index.html", steps=first_steps())


@blueprint.post("/hiding")
@requires("users.manage")
def hide() -> ResponseReturnValue:
    hide_first_steps(current_user)
    flash("不再显示；需要时在“系统管理”的“开始使用”里看。", "good")
    return redirect(url_for("home.index"), 303)
