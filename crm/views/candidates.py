"""候选名单: the order of the model, the rules beside it, the planner above it."""

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.candidacies import open_candidacies
from crm.actions.candidate_exports import export_candidates, export_word
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.actions.office_templates import office_template
from crm.forms.pick import PickForm
from crm.permissions import requires
from crm.queries.campaigns import campaign_pairs
from crm.queries.candidate_filter import LISTS, STRICTNESS, CandidateFilter
from crm.queries.candidate_plan import plan
from crm.queries.candidates import (
    best_unpicked,
    biggest_gap,
    candidate_page,
    chance_words,
    gates_of,
    tier_words,
    visible_firms,
)
from crm.queries.list_choices import chips, filter_choices
from crm.queries.models import live_scoring
from crm.views.downloads import send_paper, send_workbook
from pipelines.papers.shipped import CANDIDATE_LIST
from pipelines.refusals import Refusal
from pipelines.vocabulary import Title

blueprint = Blueprint("candidates", __name__, url_prefix="/candidates")

_NO_MODEL = "还没有启用的模型，没有可用的候选名单。请先在“模型”里训练并启用。"


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked, scoring = CandidateFilter.from_args(request.args), live_scoring()
    if scoring is None:
        return render_template("candidates/empty.html", asked=asked)
    choices = filter_choices(current_user)
    return render_template(
        "candidates/index.html",
        asked=asked,
        scoring=scoring,
        page=candidate_page(asked, scoring, current_user, clock.today()),
        plan=plan(asked, scoring),
        words={"tier": tier_words, "chance": chance_words, "gap": biggest_gap, "gates": gates_of},
        choices=choices,
        chips=chips(asked.firms, choices),
        offered={"lists": LISTS, "strictness": STRICTNESS, "campaigns": campaign_pairs()},
    )


@blueprint.post("/picks")
@requires("firms.edit")
def pick() -> ResponseReturnValue:
    """Ticked firms, or the first so many of the list, become candidacies of a campaign in one step with a way back."""
    form, asked, scoring = PickForm(), CandidateFilter.from_args(request.form), live_scoring()
    if not form.validate() or scoring is None:
        raise Refusal(form.first_error or _NO_MODEL)
    if form.into.data is None:
        raise Refusal("请选择归入哪个批次；还没有批次时，先在“培育申报 › 申报批次”里新建。")
    chosen = visible_firms(form.ticked, current_user)
    if form.best:
        chosen = best_unpicked(asked, scoring, current_user, clock.today(), form.best)
    if not chosen:
        raise Refusal("请先勾选企业，或填写从名单前面起列入多少家。")
    values = {
        "target": Title.HIGH_TECH, "campaign_id": form.into.data, "owner_id": form.assignee.data,
        "due_on": form.due_on.data,
    }  # fmt: skip
    moved = open_candidacies(chosen, values, Author.of(current_user))
    if moved.moved:
        flash(f"已将 {moved.moved} 家列为培育对象。", "good")
    if moved.refused:
        flash(f"{len(moved.refused)} 家没有列入：{moved.refused[0][0]} {moved.refused[0][1]}", "warn")
    deed = moved.deed if moved.moved else None
    return redirect(url_for("candidates.index", campaign=form.into.data, moved=deed), 303)


@blueprint.post("/export-files")
@requires("exports.run")
def create() -> Response:
    """form "paper": word, or a workbook."""
    asked, scoring, content = CandidateFilter.from_args(_without_paper()), live_scoring(), BytesIO()
    if scoring is None:
        raise Refusal(_NO_MODEL)
    if request.form.get("paper") == "word":
        export_word(asked, scoring, current_user, Author.of(current_user), content)
        return send_paper(content, file_name(CANDIDATE_LIST).replace(".xlsx", ".docx"))
    export_candidates(asked, scoring, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(CANDIDATE_LIST))


@blueprint.get("/word-template")
@requires("exports.run")
def template() -> Response:
    """The file in the office's folder, to be edited in Word and put back there."""
    return send_paper(office_template(CANDIDATE_LIST), f"{CANDIDATE_LIST}模板.docx")


def _without_paper() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name not in ("paper", "csrf_token", "once")}
