"""候选名单: the county's candidates in order, how many certificates they bring, and the model behind it."""

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.candidacies import open_candidacies
from crm.actions.candidate_exports import CANDIDATE_LIST, export_candidates
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.actions.models import use_model
from crm.actions.tasks import is_finished_soon, start_task
from crm.permissions import requires
from crm.queries.campaigns import campaign_pairs
from crm.queries.candidates import (
    CandidateFilter,
    candidate_page,
    live_version,
    plan,
    steps,
    tier_of,
    versions,
    visible_firms,
)
from crm.queries.firm_choices import township_pairs
from crm.views.downloads import send_workbook
from pipelines.classifier.features import LABELS
from pipelines.refusals import Refusal
from pipelines.vocabulary import ShortlistTier, TaskKind, Title

blueprint = Blueprint("candidates", __name__, url_prefix="/candidates")

_MOST_PICKED = 500


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked, version = CandidateFilter.from_args(request.args), live_version()
    if version is None or version.scored_on is None:
        return render_template("candidates/empty.html", asked=asked)
    return render_template(
        "candidates/index.html",
        asked=asked,
        version=version,
        page=candidate_page(asked, version, current_user),
        plan=plan(asked, version),
        tier_of=tier_of,
        steps=steps,
        shortlists=ShortlistTier,
        townships=township_pairs(current_user),
        campaigns=campaign_pairs(),
    )


@blueprint.post("/picks")
@requires("firms.edit")
def pick() -> ResponseReturnValue:
    """Chosen firms become candidacies of a campaign, in one step with a way back."""
    chosen = [int(text) for text in request.form.getlist("firm") if text.isascii() and text.isdigit()][:_MOST_PICKED]
    campaign_id = request.form.get("campaign", type=int)
    if not chosen or campaign_id not in dict(campaign_pairs()):
        raise Refusal("请先勾选企业，再选择归入哪个批次。")
    values = {"target": Title.HIGH_TECH, "campaign_id": campaign_id}
    moved = open_candidacies(visible_firms(chosen, current_user), values, Author.of(current_user))
    if moved.moved:
        flash(f"已将 {moved.moved} 家列为培育对象。", "good")
    if moved.refused:
        flash(f"{len(moved.refused)} 家没有列入：{moved.refused[0][0]} {moved.refused[0][1]}", "warn")
    deed = moved.deed if moved.moved else None
    return redirect(url_for("candidacies.index", campaign=campaign_id, moved=deed), 303)


@blueprint.post("/export-files")
@requires("exports.run")
def create() -> Response:
    asked, version, content = CandidateFilter.from_args(request.form), live_version(), BytesIO()
    if version is None:
        raise Refusal("还没有启用的模型，没有可导出的候选名单。")
    export_candidates(asked, version, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(CANDIDATE_LIST))


@blueprint.get("/model")
@requires("firms.view")
def show() -> str:
    return render_template("candidates/model.html", versions=versions(), labels=LABELS)


@blueprint.post("/model")
@requires("models.manage")
def train() -> ResponseReturnValue:
    task = start_task(TaskKind.TRAIN_MODEL, {}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    return redirect(url_for("candidates.show"), 303)


@blueprint.post("/model/<int:version_id>/use")
@requires("models.manage")
def use(version_id: int) -> ResponseReturnValue:
    use_model(version_id, Author.of(current_user))
    task = start_task(TaskKind.SCORE_FIRMS, {}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    flash(f"已启用模型 {version_id}，名单已按它重新排序。", "good")
    return redirect(url_for("candidates.show"), 303)
