"""Two entries of one firm: side by side, made one, and taken back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.merges import UNDONE_WITHIN, compared, merge_firms
from crm.forms.merge import MergeForm, firm_number
from crm.models import Firm
from crm.permissions import requires
from crm.queries.duplicates import duplicates
from crm.queries.merges import firms_meant, merges_of
from crm.queries.scope import find_firm

blueprint = Blueprint("merges", __name__, url_prefix="/merges")


@blueprint.get("")
@requires("firms.merge")
def index() -> str:
    oldest = clock.now() - UNDONE_WITHIN
    return render_template("merges/index.html", merges=merges_of(current_user), oldest=oldest, days=UNDONE_WITHIN.days)


@blueprint.get("/new")
@requires("firms.merge")
def new() -> str:
    """With one firm the other is looked for; with two they stand side by side."""
    kept = _firm(firm_number(request.args.get("kept")))
    if "gone" in request.args:
        gone = _firm(firm_number(request.args.get("gone")))
        side_by_side = compared(kept.id, gone.id)
        form = MergeForm(formdata=None, kept=kept.id, gone=gone.id, seen=side_by_side.seen)
        return render_template("merges/new.html", form=form, compared=side_by_side, chosen={}, days=UNDONE_WITHIN.days)
    words = request.args.get("other", "")[:120]
    meant = firms_meant(words, current_user, kept.id) if words.strip() else ()
    alike = duplicates(None, kept.name, current_user, leave_out=kept.id)
    return render_template("merges/choose.html", firm=kept, words=words, meant=meant, alike=alike)


@blueprint.post("")
@requires("firms.merge")
def create() -> ResponseReturnValue:
    form, by = MergeForm(), Author.of(current_user)
    kept, gone = (_firm(firm_id).id for firm_id in form.firm_ids)
    if form.performs(lambda: merge_firms(kept, gone, form.choices, form.seen.data or "", by)):
        flash(f"已把“{form.outcome.gone_name}”合并到本企业；{UNDONE_WITHIN.days} 天内可以撤销。", "good")
        return redirect(url_for("firms.show", firm_id=kept), 303)
    side_by_side = compared(kept, gone)
    form.seen.data = side_by_side.seen
    page = render_template(
        "merges/new.html", form=form, compared=side_by_side, chosen=form.choices, days=UNDONE_WITHIN.days
    )
    return page, form.http_status


def _firm(firm_id: int) -> Firm:
    return find_firm(firm_id, current_user) or abort(404)
