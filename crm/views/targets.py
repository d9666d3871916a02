"""目标: the county plan of a year, what of it each township is to bring, and the figures typed in for it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.targets import copy_targets, enter_actual, remove_target, save_target, share_out
from crm.forms.target import ActualForm, CopyForm, SharesForm, TargetForm, shares_form
from crm.models import Target
from crm.permissions import requires
from crm.queries.firm_choices import top_township_pairs
from crm.queries.parameters import SenselessError, whole_number
from crm.queries.targets import find_target, history_of, planned_years, targets_of
from crm.template_filters import count

blueprint = Blueprint("targets", __name__, url_prefix="/targets")
_read_year = whole_number(2000, 2100)


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    year, years = _year(), planned_years()
    return render_template(
        "targets/index.html", year=year, years=sorted({*years, year, clock.today().year}), targets=targets_of(year),
        copy=CopyForm([each for each in years if each != year]),
    )  # fmt: skip


@blueprint.get("/new")
@requires("plans.manage")
def new() -> str:
    return render_template("targets/edit.html", year=_year(), target=None, form=TargetForm())


@blueprint.post("/years/<int:year>")
@requires("plans.manage")
def create(year: int) -> ResponseReturnValue:
    return _saved(year if 2000 <= year <= 2100 else abort(404), None)


@blueprint.post("/years/<int:year>/copy")
@requires("plans.manage")
def copy(year: int) -> ResponseReturnValue:
    form = CopyForm([each for each in planned_years() if each != year])
    if form.validate() and form.performs(lambda: copy_targets(form.source.data, year, Author.of(current_user))):
        flash(f"已照 {form.source.data} 年复制 {form.outcome} 项目标，请逐项核对。", "good")
    else:
        flash("；".join([*form.form_errors, *form.source.errors]), "bad")
    return redirect(url_for("targets.index", year=year), 303)


@blueprint.get("/<int:target_id>")
@requires("firms.view")
def show(target_id: int) -> str:
    target = find_target(target_id) or abort(404)
    return _page(target, ActualForm(), _shares(target))


@blueprint.get("/<int:target_id>/edit")
@requires("plans.manage")
def edit(target_id: int) -> str:
    target = find_target(target_id) or abort(404)
    return render_template("targets/edit.html", year=target.year, target=target, form=TargetForm(obj=target))


@blueprint.post("/<int:target_id>/edit")
@requires("plans.manage")
def update(target_id: int) -> ResponseReturnValue:
    target = find_target(target_id) or abort(404)
    return _saved(target.year, target)


@blueprint.post("/<int:target_id>/removal")
@requires("plans.manage")
def destroy(target_id: int) -> ResponseReturnValue:
    target = find_target(target_id) or abort(404)
    year, label = target.year, target.label
    remove_target(target_id, Author.of(current_user))
    flash(f"已移除“{label}”；填报过的完成数还在，重新加入时照旧。", "good")
    return redirect(url_for("targets.index", year=year), 303)


@blueprint.post("/<int:target_id>/actuals")
@requires("plans.manage")
def tell(target_id: int) -> ResponseReturnValue:
    target = find_target(target_id) or abort(404)
    form, by = ActualForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: enter_actual(target_id, form.values, by)):
        flash("已填报。", "good")
        return redirect(url_for("targets.show", target_id=target_id), 303)
    return _page(target, form, _shares(target)), form.http_status


@blueprint.post("/<int:target_id>/shares")
@requires("plans.manage")
def share(target_id: int) -> ResponseReturnValue:
    target = find_target(target_id) or abort(404)
    form = _shares(target)
    if form.validate() and form.performs(lambda: share_out(target_id, form.shares, Author.of(current_user))):
        flash(_shared(form.outcome), "good")
        return redirect(url_for("targets.show", target_id=target_id), 303)
    return _page(target, ActualForm(formdata=None), form), form.http_status


def _shared(target: Target) -> str:
    together = sum(share.value for share in target.shares)
    same = together == target.value
    words = f"已分解到 {len(target.shares)} 个镇街，合计 {count(together)} {target.unit}"
    return f"{words}。" if same else f"{words}，与全县目标 {count(target.value)} {target.unit} 不一致，请核对。"


def _shares(target: Target) -> SharesForm:
    return shares_form(top_township_pairs(), {share.township_id: share.value for share in target.shares})


def _page(target: Target, form: ActualForm, shares: SharesForm) -> str:
    return render_template(
        "targets/show.html", target=target, form=form, shares=shares,
        history=[] if target.counts else history_of(target.code),
    )  # fmt: skip


def _saved(year: int, target: Target | None) -> ResponseReturnValue:
    form, by = TargetForm(), Author.of(current_user)
    key = target.id if target else None
    if form.validate() and form.performs(lambda: save_target(key, year, form.values, by)):
        flash(f"已保存“{form.outcome.label}”。", "good")
        return redirect(url_for("targets.show", target_id=form.outcome.id), 303)
    return render_template("targets/edit.html", year=year, target=target, form=form), form.http_status


def _year() -> int:
    """The year asked for; rubbish is this year."""
    try:
        return _read_year(request.args.get("year", "").strip())
    except SenselessError:
        return clock.today().year
