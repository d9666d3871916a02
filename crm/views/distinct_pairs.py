"""Two firms that look alike are said to be two, or that is taken back."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.distinct_pairs import reopen_pair, settle_pair
from crm.actions.events import Author
from crm.extensions import db
from crm.forms.merge import firm_number
from crm.models import DistinctPair
from crm.permissions import requires
from crm.queries.scope import find_firm

blueprint = Blueprint("distinct_pairs", __name__, url_prefix="/firms/distinct-pairs")


@blueprint.post("")
@requires("firms.merge")
def create() -> ResponseReturnValue:
    one, other = (_firm(firm_number(request.form.get(name))) for name in ("first", "second"))
    settle_pair(one, other, Author.of(current_user))
    flash("已标记为两家不同的企业，不再列出。", "good")
    return redirect(url_for("suspected_pairs.index"), 303)


@blueprint.post("/<int:pair_id>/removal")
@requires("firms.merge")
def destroy(pair_id: int) -> ResponseReturnValue:
    if pair := db.session.get(DistinctPair, pair_id):
        _firm(pair.first_id)
        _firm(pair.second_id)
    reopen_pair(pair_id, Author.of(current_user))
    flash("已撤回标记，这一对会重新列出。", "good")
    return redirect(url_for("suspected_pairs.index", which="settled"), 303)


def _firm(firm_id: int) -> int:
    return (find_firm(firm_id, current_user) or abort(404)).id
