"""Campaigns: rounds of applications."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.campaigns import freeze_campaign, save_campaign
from crm.actions.events import Author
from crm.forms.campaign import CampaignForm
from crm.permissions import requires
from crm.queries.campaigns import campaign_states, drift, find_campaign, left_behind, stage_counts
from pipelines.vocabulary import Stage

blueprint = Blueprint("campaigns", __name__, url_prefix="/candidacies/campaigns")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return render_template("campaigns/index.html", states=campaign_states())


@blueprint.get("/new")
@requires("campaigns.manage")
def new() -> str:
    return render_template("campaigns/edit.html", campaign=None, form=CampaignForm.blank(clock.today().year))


@blueprint.post("")
@requires("campaigns.manage")
def create() -> ResponseReturnValue:
    return _saved(None)


@blueprint.get("/<int:campaign_id>")
@requires("firms.view")
def show(campaign_id: int) -> str:
    campaign = find_campaign(campaign_id) or abort(404)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        counts=stage_counts(campaign.id).get(campaign.id, {}),
        stages=Stage,
        drift=drift(campaign) if campaign.frozen_on else None,
        behind=left_behind(campaign),
    )


@blueprint.get("/<int:campaign_id>/edit")
@requires("campaigns.manage")
def edit(campaign_id: int) -> str:
    campaign = find_campaign(campaign_id) or abort(404)
    return render_template("campaigns/edit.html", campaign=campaign, form=CampaignForm.of(campaign))


@blueprint.post("/<int:campaign_id>/edit")
@requires("campaigns.manage")
def update(campaign_id: int) -> ResponseReturnValue:
    find_campaign(campaign_id) or abort(404)
    return _saved(campaign_id)


@blueprint.post("/<int:campaign_id>/freeze")
@requires("campaigns.manage")
def freeze(campaign_id: int) -> ResponseReturnValue:
    find_campaign(campaign_id) or abort(404)
    flash(f"已锁定 {freeze_campaign(campaign_id, Author.of(current_user))} 家候选企业。", "good")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id), 303)


def _saved(campaign_id: int | None) -> ResponseReturnValue:
    form, by = CampaignForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: save_campaign(campaign_id, form.values, form.papers, by)):
        flash(f"已保存“{form.outcome.name}”。", "good")
        return redirect(url_for("campaigns.show", campaign_id=form.outcome.id), 303)
    campaign = find_campaign(campaign_id) if campaign_id else None
    return render_template("campaigns/edit.html", campaign=campaign, form=form), form.http_status
