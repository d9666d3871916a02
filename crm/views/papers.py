"""Word papers of one firm and of one campaign."""

from io import BytesIO

from flask import Blueprint, Response, abort
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.paper_exports import write_firm_file, write_recommendation
from crm.permissions import requires
from crm.queries.campaigns import find_campaign
from crm.queries.firm_page import firm_page
from crm.views.downloads import send_paper
from pipelines.papers.shipped import FIRM_FILE, RECOMMENDATION

blueprint = Blueprint("papers", __name__)


@blueprint.post("/firms/<int:firm_id>/papers")
@requires("exports.run")
def create(firm_id: int) -> Response:
    page, content = firm_page(firm_id, current_user, clock.today()) or abort(404), BytesIO()
    write_firm_file(page, Author.of(current_user), content)
    return send_paper(content, f"{FIRM_FILE}_{page.firm.name}_{clock.today():%Y%m%d}.docx")


@blueprint.post("/candidacies/campaigns/<int:campaign_id>/papers")
@requires("exports.run")
def recommend(campaign_id: int) -> Response:
    campaign, content = find_campaign(campaign_id) or abort(404), BytesIO()
    write_recommendation(campaign, current_user, Author.of(current_user), content)
    return send_paper(content, f"{RECOMMENDATION}_{campaign.name}_{clock.today():%Y%m%d}.docx")
