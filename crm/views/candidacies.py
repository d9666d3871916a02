"""Candidacies: the board and the list, and one of them."""

from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.candidacies import open_candidacies, update_candidacy
from crm.actions.candidacy_exports import CANDIDACY_LIST, export_candidacies
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.forms.candidacy import CandidacyForm, NewCandidacyForm, StageMoveForm
from crm.permissions import requires
from crm.queries.campaigns import campaign_pairs
from crm.queries.candidacies import (
    LIST,
    ROUNDS,
    STATES,
    TARGETS,
    CandidacyFilter,
    board,
    candidacy_page,
    find_candidacy,
    papers_of,
    situation_of,
)
from crm.queries.firm_choices import owner_pairs, township_pairs
from crm.queries.scope import find_firm
from crm.views.downloads import send_workbook
from pipelines.funnel.stages import OPEN, days_in_stage, is_stale, moves_from
from pipelines.vocabulary import MaterialState, Stage

blueprint = Blueprint("candidacies", __name__, url_prefix="/candidacies")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked, today = CandidacyFilter.from_args(request.args), clock.today()
    is_list = asked.face == LIST
    return render_template(
        "candidacies/index.html",
        asked=asked,
        columns=() if is_list else board(asked, current_user, today),
        page=candidacy_page(asked, current_user, today) if is_list else None,
        choices={
            "campaign": campaign_pairs(),
            "township": township_pairs(current_user),
            "owner": owner_pairs(None),
            "target": [(each.value, each.label) for each in TARGETS],
            "stage": [(each.value, each.label) for each in Stage],
        },
        states=STATES,
        rounds=ROUNDS,
        stages=Stage,
        moves_from=moves_from,
        days=lambda row: days_in_stage(row.stage_since, today),
        is_stale=lambda row: is_stale(row.stage, row.active_on, today),
    )


@blueprint.post("/export-files")
@requires("exports.run")
def export() -> Response:
    asked, content = CandidacyFilter.from_args(request.form), BytesIO()
    export_candidacies(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(CANDIDACY_LIST))


@blueprint.get("/new")
@requires("firms.edit")
def new() -> str:
    firm = find_firm(request.args.get("firm", 0, int), current_user) or abort(404)
    form = NewCandidacyForm(data={"owner_id": firm.owner_id})
    return render_template("candidacies/new.html", firm=firm, form=form)


@blueprint.post("")
@requires("firms.edit")
def create() -> ResponseReturnValue:
    firm = find_firm(request.args.get("firm", 0, int), current_user) or abort(404)
    form, by = NewCandidacyForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: open_candidacies([firm.id], form.values, by)):
        if form.outcome.moved:
            flash("已新建培育对象，从培育库开始。", "good")
            return redirect(url_for("firms.show", firm_id=firm.id, tab="candidacies"), 303)
        form.form_errors.append(form.outcome.refused[0][1])
    return render_template("candidacies/new.html", firm=firm, form=form), 422


@blueprint.get("/<int:candidacy_id>")
@requires("firms.view")
def show(candidacy_id: int) -> str:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    return render_template(
        "candidacies/show.html",
        candidacy=candidacy,
        form=StageMoveForm.for_move(situation_of(candidacy), data={"moved_on": clock.today()}),
        papers=papers_of(candidacy),
        states=MaterialState,
        stages=[*OPEN, Stage.RECOGNIZED],
        days=days_in_stage(candidacy.stage_since, clock.today()),
        stale=is_stale(candidacy.stage, candidacy.active_on, clock.today()),
    )


@blueprint.get("/<int:candidacy_id>/edit")
@requires("firms.edit")
def edit(candidacy_id: int) -> str:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    form = CandidacyForm.opened_with(candidacy)
    return render_template("candidacies/edit.html", candidacy=candidacy, firm=candidacy.firm, form=form)


@blueprint.post("/<int:candidacy_id>/edit")
@requires("firms.edit")
def update(candidacy_id: int) -> ResponseReturnValue:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    form, by = CandidacyForm(obj=candidacy), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_candidacy(candidacy_id, form.values, form.memory, by), candidacy.firm_id, candidacy_id
    ):
        flash(form.told, "good")
        return redirect(url_for("candidacies.show", candidacy_id=candidacy_id), 303)
    return render_template(
        "candidacies/edit.html", candidacy=candidacy, firm=candidacy.firm, form=form
    ), form.http_status
