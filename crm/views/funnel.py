"""雁阵: the ladder between two days, and the firms behind each of its numbers."""

from io import BytesIO

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.ladder_exports import LADDER_LIST, export_ladder
from crm.actions.list_exports import file_name
from crm.permissions import requires
from crm.queries.firm_choices import township_pairs
from crm.queries.ladder import BREAKS, LIST_LABELS, PART_LABELS, LadderFilter, ladder, moved_page
from crm.views.downloads import send_workbook
from pipelines.vocabulary import Tier

blueprint = Blueprint("funnel", __name__, url_prefix="/funnel")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked = LadderFilter.from_args(request.args).within(clock.today())
    return render_template(
        "funnel/index.html",
        asked=asked,
        ladder=ladder(asked, current_user),
        parts=PART_LABELS,
        breaks=BREAKS,
        tiers=Tier,
        townships=township_pairs(current_user),
    )


@blueprint.get("/firms")
@requires("firms.view")
def show() -> str:
    asked = LadderFilter.from_args(request.args).within(clock.today())
    page = moved_page(asked, current_user)
    return render_template("funnel/show.html", asked=asked, page=page, parts=LIST_LABELS, tier=Tier(asked.tier))


@blueprint.post("/export-files")
@requires("exports.run")
def create() -> Response:
    asked, content = LadderFilter.from_args(request.form).within(clock.today()), BytesIO()
    export_ladder(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(LADDER_LIST))
