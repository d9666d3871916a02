"""Firms that a new one may already be: a fragment beside the form, asked for while it is being typed."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm.forms.firm import TypedSoFar
from crm.permissions import requires
from crm.queries.duplicates import duplicates

blueprint = Blueprint("duplicates", __name__, url_prefix="/firms/duplicates")


@blueprint.get("")
@requires("firms.edit")
def index() -> str:
    typed = TypedSoFar(request.args, meta={"csrf": False})
    found = duplicates(typed.code, typed.plausible_name, current_user)
    return render_template("firms/_duplicates.html", found=found)
