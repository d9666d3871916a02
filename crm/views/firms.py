"""The register of firms: its list, and one firm."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm import clock
from crm.actions.events import Author
from crm.actions.firms import create_firm, update_firm
from crm.forms.firm import FirmForm, NewFirmForm
from crm.permissions import can, requires
from crm.queries.bulk_deeds import just_done
from crm.queries.decisions import decided_word
from crm.queries.firm_choices import Pairs, owner_pairs
from crm.queries.firm_filter import ALL, DENSITIES, GROUPS, WIDTHS, FirmFilter
from crm.queries.firm_groups import column_sums, firm_groups
from crm.queries.firm_page import firm_page as page_of_one
from crm.queries.firms import firm_page
from crm.queries.high_risk import risks_of_firms
from crm.queries.list_choices import chips, filter_choices
from crm.queries.list_columns import LIST_COLUMNS, shown_columns
from crm.queries.list_terms import COMPARISONS, FIELDS, TYPED, comparison_words, typed_term, years_offered
from crm.queries.preferences import as_preferred
from crm.queries.saved_views import first_view, is_changeable, tabs_of, view_args
from crm.queries.scope import find_firm
from crm.queries.tags import tags_of

blueprint = Blueprint("firms", __name__, url_prefix="/firms")


@blueprint.get("")
@requires("firms.view")
def index() -> ResponseReturnValue:
    """To a request of the list itself only what has changed is answered; the frame stays."""
    if not request.args and (first := first_view(current_user)):
        return redirect(url_for("firms.index", **view_args(first)))
    asked, choices = _asked(), filter_choices(current_user)
    typed = typed_term(request.args, asked.where, choices)
    if typed and typed.term:
        return redirect(f"{url_for('firms.index')}?{urlencode(asked.with_term(typed.term).to_args())}")
    response = make_response(render_template("firms/index.html", typed=typed, **_listed(asked, choices)))
    response.vary.add("HX-Request")
    return response


def _asked() -> FirmFilter:
    """What the address asks for, without the condition that is just being typed."""
    return FirmFilter.from_args(
        MultiDict((name, text) for name, text in request.args.items(multi=True) if name not in TYPED)
    )


def _listed(asked: FirmFilter, choices: dict[str, Pairs]) -> dict[str, Any]:
    today, shown = clock.today(), as_preferred(asked, current_user)
    tabs, page = tabs_of(asked, current_user, today), firm_page(shown, current_user, today)
    return {
        "asked": asked,
        "shown": shown,
        "args": {"view": ALL} | asked.to_args(),
        "page": page,
        "risks": risks_of_firms([row.id for row in page.rows], today),
        "groups": firm_groups(asked, current_user, today) if asked.group else [],
        "sums": column_sums(asked, current_user, today) if asked.sums else None,
        "choices": choices,
        "chips": chips(asked, choices),
        "just_done": just_done(current_user),
        "tabs": tabs,
        "is_ours": tabs.opened and is_changeable(tabs.opened, current_user, can(current_user, "views.share")),
        "opened_args": tabs.opened and view_args(tabs.opened),
        "state": shown.state(),
        "columns": shown_columns(shown.cols),
        "widths": shown.column_widths,
        "choosable": LIST_COLUMNS,
        "offered_widths": WIDTHS,
        "densities": DENSITIES,
        "group_words": GROUPS,
        "term_fields": FIELDS,
        "term_years": years_offered(today),
        "comparisons": [(name, comparison_words(name)) for name in COMPARISONS],
    }


@blueprint.get("/new")
@requires("firms.edit")
def new() -> str:
    return render_template("firms/new.html", form=NewFirmForm())


@blueprint.post("")
@requires("firms.edit")
def create() -> ResponseReturnValue:
    form, by = NewFirmForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: create_firm(form.values, by)):
        flash(f"已新增企业“{form.outcome.name}”。", "good")
        return redirect(url_for("firms.show", firm_id=form.outcome.id), 303)
    return render_template("firms/new.html", form=form), form.http_status


@blueprint.get("/<int:firm_id>")
@requires("firms.view")
def show(firm_id: int) -> ResponseReturnValue:
    """The page of an entry that was merged is that of the firm it was found to be."""
    page = page_of_one(firm_id, current_user, clock.today(), request.args) or abort(404)
    if page.firm.merged_into_id:
        flash(f"“{page.firm.name}”（{page.firm.uscc}）已合并到本企业。")
        return redirect(url_for("firms.show", firm_id=page.firm.merged_into_id), 303)
    return render_template(
        "firms/show.html",
        page=page,
        tab=request.args.get("tab"),
        tags=tags_of(firm_id),
        decided_word=decided_word,
        colleagues=owner_pairs(None),
    )


@blueprint.get("/<int:firm_id>/edit")
@requires("firms.edit")
def edit(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("firms/edit.html", firm=firm, form=FirmForm.opened_with(firm))


@blueprint.post("/<int:firm_id>/edit")
@requires("firms.edit")
def update(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form = FirmForm(obj=firm)
    by = Author.of(current_user)
    if form.validate() and form.saves(lambda: update_firm(firm_id, form.values, form.memory, by), firm_id):
        flash(form.told, "good")
        return redirect(url_for("firms.show", firm_id=firm_id), 303)
    return render_template("firms/edit.html", firm=firm, form=form), form.http_status
