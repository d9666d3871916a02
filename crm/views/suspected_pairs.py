"""Pairs of firms that may be one: looked at one after the other, merged or said to be two."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm.permissions import requires
from crm.queries.suspected_pairs import settled_pairs, suspects_page

blueprint = Blueprint("suspected_pairs", __name__, url_prefix="/firms/suspected-pairs")


@blueprint.get("")
@requires("firms.merge")
def index() -> str:
    page = request.args.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 10 else 1
    found = suspects_page(current_user, max(1, number))
    settled = settled_pairs(current_user) if request.args.get("which") == "settled" else None
    return render_template("suspected_pairs/index.html", found=found, settled=settled)
