"""创新联合体 and 外资研发中心, and who belongs to them."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.alliances import add_members, lead, remove_member, save_alliance
from crm.actions.events import Author
from crm.forms.alliance import AllianceForm, MembersForm
from crm.forms.pasted_firms import told
from crm.models import Alliance
from crm.permissions import requires
from crm.queries.alliances import alliances, find_alliance, members_of
from crm.queries.scope import find_firm

blueprint = Blueprint("alliances", __name__, url_prefix="/institutions/alliances")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return render_template("alliances/index.html", rows=alliances(current_user))


@blueprint.get("/new")
@requires("campaigns.manage")
def new() -> str:
    form = AllianceForm(data={"began_on": clock.today()})
    return render_template("alliances/edit.html", alliance=None, form=form)


@blueprint.post("")
@requires("campaigns.manage")
def create() -> ResponseReturnValue:
    return _saved(None)


@blueprint.get("/<int:alliance_id>")
@requires("firms.view")
def show(alliance_id: int) -> str:
    return _page(_found(alliance_id), MembersForm())


@blueprint.get("/<int:alliance_id>/edit")
@requires("campaigns.manage")
def edit(alliance_id: int) -> str:
    alliance = _found(alliance_id)
    return render_template("alliances/edit.html", alliance=alliance, form=AllianceForm(obj=alliance))


@blueprint.post("/<int:alliance_id>/edit")
@requires("campaigns.manage")
def update(alliance_id: int) -> ResponseReturnValue:
    return _saved(_found(alliance_id))


@blueprint.post("/<int:alliance_id>/members")
@requires("firms.edit")
def join(alliance_id: int) -> ResponseReturnValue:
    alliance = _found(alliance_id)
    form, by = MembersForm(), Author.of(current_user)
    if not form.validate() or not form.performs(lambda: add_members(alliance_id, form.lines, current_user, by)):
        return _page(alliance, form), form.http_status
    noted = form.outcome
    if noted.unclear:
        form.keep_unclear(noted, "加入")
        return _page(alliance, form), 422
    flash(told(noted, "加入"), "good")
    return redirect(url_for("alliances.show", alliance_id=alliance_id), 303)


@blueprint.post("/<int:alliance_id>/members/<int:firm_id>/removal")
@requires("firms.edit")
def leave(alliance_id: int, firm_id: int) -> ResponseReturnValue:
    _found(alliance_id)
    firm = find_firm(firm_id, current_user) or abort(404)
    remove_member(alliance_id, firm_id, Author.of(current_user))
    flash(f"已移出{firm.name}。", "good")
    return redirect(url_for("alliances.show", alliance_id=alliance_id), 303)


@blueprint.post("/<int:alliance_id>/members/<int:firm_id>/leadership")
@requires("firms.edit")
def make_leader(alliance_id: int, firm_id: int) -> ResponseReturnValue:
    _found(alliance_id)
    firm = find_firm(firm_id, current_user) or abort(404)
    lead(alliance_id, firm_id, Author.of(current_user))
    flash(f"已设{firm.name}牵头。", "good")
    return redirect(url_for("alliances.show", alliance_id=alliance_id), 303)


def _found(alliance_id: int) -> Alliance:
    return find_alliance(alliance_id) or abort(404)


def _saved(alliance: Alliance | None) -> ResponseReturnValue:
    form, by = AllianceForm(), Author.of(current_user)
    key = alliance.id if alliance else None
    if form.validate() and form.performs(lambda: save_alliance(key, form.values, by)):
        flash(f"已保存“{form.outcome.name}”。", "good")
        return redirect(url_for("alliances.show", alliance_id=form.outcome.id), 303)
    return render_template("alliances/edit.html", alliance=alliance, form=form), form.http_status


def _page(alliance: Alliance, form: MembersForm) -> str:
    return render_template(
        "alliances/show.html", alliance=alliance, rows=members_of(alliance.id, current_user), form=form
    )
