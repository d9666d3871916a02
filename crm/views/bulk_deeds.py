"""One deed on many firms of the list: confirmed on a page of its own, done at once, and what became of it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm import clock
from crm.actions.bulk_deeds import do_in_bulk
from crm.actions.bulk_undoing import UNDONE_WITHIN
from crm.actions.candidacies import open_candidacies
from crm.actions.events import Author
from crm.forms.bulk_deed import BulkDeedForm
from crm.models import BulkDeed
from crm.permissions import can, requires
from crm.queries.bulk_deeds import bulk_deed_of, chosen_firms, chosen_ids, recent_bulk_deeds
from crm.queries.firm_filter import PARAMETERS, FirmFilter
from crm.queries.list_choices import chips, filter_choices
from pipelines.refusals import Refusal
from pipelines.vocabulary import BulkKind

blueprint = Blueprint("bulk_deeds", __name__, url_prefix="/bulk-deeds")

ABILITIES = {
    BulkKind.ASSIGN: "firms.edit",
    BulkKind.TAG: "firms.edit",
    BulkKind.UNTAG: "firms.edit",
    BulkKind.ARCHIVE: "firms.archive",
    BulkKind.CAMPAIGN: "firms.edit",
    BulkKind.EXPORT: "exports.run",
}
_MOST_CANDIDACIES = 500  # each is a row of its own with a move and an event: work for a campaign, not for a county
_TOLD_AT_MOST = 5


@blueprint.get("")
@requires("firms.edit")
def index() -> str:
    deeds = recent_bulk_deeds(current_user, oversees=can(current_user, "imports.oversee"))
    return render_template("bulk_deeds/index.html", deeds=deeds)


@blueprint.get("/new")
@requires("firms.view")
def new() -> ResponseReturnValue:
    """An export is asked on its own page, which knows the templates and the reasons."""
    kind, asked = _kind(request.args), _asked(request.args)
    if kind is BulkKind.EXPORT:
        wanted: dict[str, Any] = {**asked.to_args()}
        return redirect(url_for("exports.new", **wanted), 303)
    return _page(kind, asked, BulkDeedForm(kind))


@blueprint.post("")
@requires("firms.edit")
def create() -> ResponseReturnValue:
    kind, asked = _kind(request.form), _asked(request.form)
    form, by = BulkDeedForm(kind), Author.of(current_user)
    if kind is BulkKind.EXPORT:
        abort(404)
    if not form.validate():
        return _page(kind, asked, form), 422
    if kind is BulkKind.CAMPAIGN:
        return _into_campaign(asked, form, by)
    if form.performs(lambda: do_in_bulk(form.deed, asked, form.number_confirmed, current_user, by)):
        values: dict[str, Any] = {**_listed(request.form).to_args(), "bulk_deed_id": form.outcome.id}
        return redirect(url_for("bulk_deeds.show", **values), 303)
    return _page(kind, asked, form), form.http_status


@blueprint.get("/<int:bulk_deed_id>")
@requires("firms.edit")
def show(bulk_deed_id: int) -> str:
    done = shown_deed(bulk_deed_id)
    listed: dict[str, Any] = {**_listed(request.args).to_args()}
    return render_template(
        "bulk_deeds/show.html",
        done=done,
        can_undo=can(current_user, ABILITIES[done.kind]) and clock.now() - done.made_at <= UNDONE_WITHIN,
        days=UNDONE_WITHIN.days,
        back=url_for("firms.index", **listed),
    )


def shown_deed(bulk_deed_id: int) -> BulkDeed:
    oversees = can(current_user, "imports.oversee")
    return bulk_deed_of(bulk_deed_id, current_user, oversees=oversees) or abort(404)


def _kind(args: Mapping[str, str]) -> BulkKind:
    kind = next((each for each in BulkKind if each.value == args.get("deed")), None)
    if kind is None:
        raise Refusal("请选择要办理的事项：分派、加标签、归档或导出。")
    if not can(current_user, ABILITIES[kind]):
        abort(403)
    return kind


def _asked(args: Any) -> FirmFilter:
    """`pick`: the firms that were ticked, then nothing else counts; `all`: every firm of the list."""
    asked = _listed(args)
    if "all" in args:
        return asked
    ticked = FirmFilter.from_args({"firm": ",".join(_picks(args))}).firm
    if not ticked:
        raise Refusal("请先勾选企业（一次最多 500 家），或勾选“全部”。")
    return FirmFilter(firm=ticked, status=asked.status, sort=asked.sort, cols=asked.cols)


def _listed(args: Any) -> FirmFilter:
    """The list the deed was asked from; what the form adds of its own is no condition of a list."""
    return FirmFilter.from_args(MultiDict(each for each in args.items(multi=True) if each[0] in PARAMETERS))


def _picks(args: Any) -> set[str]:
    return {part for text in args.getlist("pick") for part in text.split(",") if part}


def _page(kind: BulkKind, asked: FirmFilter, form: BulkDeedForm) -> str:
    """The number confirmed is the one shown here, whatever was sent before."""
    chosen = chosen_firms(asked, current_user, clock.today())
    return render_template(
        "bulk_deeds/new.html",
        kind=kind,
        asked=asked,
        listed=_listed(request.values),
        chips=chips(asked, filter_choices(current_user)),
        chosen=chosen,
        ticked=None if "all" in request.values else len(_picks(request.values)),
        form=form,
    )


def _into_campaign(asked: FirmFilter, form: BulkDeedForm, by: Author) -> ResponseReturnValue:
    """By the deed that opens candidacies, which has a way back of its own."""
    ids = chosen_ids(asked, current_user, clock.today(), _MOST_CANDIDACIES + 1)
    if len(ids) != form.number_confirmed or len(ids) > _MOST_CANDIDACIES:
        form.form_errors.append(
            f"一次最多纳入 {_MOST_CANDIDACIES} 家，请先缩小范围。"
            if len(ids) > _MOST_CANDIDACIES
            else f"名单有变动：现在是 {len(ids):,} 家。没有办理，请核对后再确认。"
        )
        return _page(BulkKind.CAMPAIGN, asked, form), 422
    values = {
        "target": form.target.data, "campaign_id": form.into.data, "owner_id": form.assignee.data or None,
        "due_on": form.wanted_by.data,
    }  # fmt: skip
    moved = open_candidacies(ids, values, by)
    flash(f"成功 {moved.moved} 家，未动 {len(moved.refused)} 家。", "good" if moved.moved else "warn")
    for name, why in moved.refused[:_TOLD_AT_MOST]:
        flash(f"{name}：{why}", "warn")
    deed = moved.deed if moved.moved else None
    return redirect(url_for("candidacies.index", campaign=form.into.data, moved=deed), 303)
