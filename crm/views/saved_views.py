"""Views of the list of firms, kept under a name by whoever uses them."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions import saved_views
from crm.actions.events import Author
from crm.forms.saved_view import NewViewForm, ViewForm
from crm.models import SavedView
from crm.permissions import can, requires
from crm.queries.firm_filter import FirmFilter
from crm.queries.saved_views import is_changeable, view_args, view_to_change, views_of
from pipelines.vocabulary import Role

blueprint = Blueprint("saved_views", __name__, url_prefix="/firms/views")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    may_share = _may_share()
    return render_template(
        "saved_views/index.html",
        views=views_of(current_user),
        archived=[
            view for view in views_of(current_user, archived=True) if is_changeable(view, current_user, may_share)
        ],
        is_ours=lambda view: is_changeable(view, current_user, may_share),
        view_args=view_args,
        roles=Role,
    )


@blueprint.post("")
@requires("firms.view")
def create() -> ResponseReturnValue:
    form, state = NewViewForm(may_share=_may_share()), FirmFilter.from_args(request.form).state()
    by = Author.of(current_user)
    if form.validate() and form.performs(
        lambda: saved_views.save_view(current_user.id, args=state, by=by, **form.values)
    ):
        flash(f"已存为视图“{form.outcome.name}”。", "good")
        return redirect(url_for("firms.index", **view_args(form.outcome)), 303)
    return render_template("saved_views/new.html", form=form, state=state), form.http_status


@blueprint.get("/<int:view_id>/edit")
@requires("firms.view")
def edit(view_id: int) -> str:
    view = _view(view_id)
    return render_template("saved_views/edit.html", view=view, form=_form(view))


@blueprint.post("/<int:view_id>/edit")
@requires("firms.view")
def update(view_id: int) -> ResponseReturnValue:
    view = _view(view_id)
    form, by = _form(view), Author.of(current_user)
    if form.validate() and form.performs(lambda: saved_views.update_view(view_id, form.values, by)):
        flash(f"已保存视图“{form.outcome.name}”。", "good")
        return redirect(url_for("saved_views.index"), 303)
    return render_template("saved_views/edit.html", view=view, form=form), form.http_status


@blueprint.post("/<int:view_id>/state")
@requires("firms.view")
def update_state(view_id: int) -> ResponseReturnValue:
    """The list as it is shown now becomes the view."""
    _view(view_id)
    state, seen = FirmFilter.from_args(request.form).state(), request.form.get("version", 0, type=int)
    view = saved_views.update_state(view_id, state, seen, Author.of(current_user))
    flash(f"已更新视图“{view.name}”。", "good")
    return redirect(url_for("firms.index", **view_args(view)), 303)


@blueprint.post("/<int:view_id>/moves")
@requires("firms.view")
def move(view_id: int) -> ResponseReturnValue:
    _view(view_id)
    saved_views.move_view(view_id, -1 if request.form.get("to") == "front" else 1, Author.of(current_user))
    return redirect(url_for("saved_views.index"), 303)


@blueprint.post("/<int:view_id>/archiving")
@requires("firms.view")
def archive(view_id: int) -> ResponseReturnValue:
    _view(view_id)
    view = saved_views.archive_view(view_id, Author.of(current_user))
    flash(f"已作废视图“{view.name}”，需要时可以在本页下方恢复。", "good")
    return redirect(url_for("saved_views.index"), 303)


@blueprint.post("/<int:view_id>/archiving/removal")
@requires("firms.view")
def restore(view_id: int) -> ResponseReturnValue:
    _view(view_id)
    view = saved_views.restore_view(view_id, Author.of(current_user))
    flash(f"已恢复视图“{view.name}”。", "good")
    return redirect(url_for("saved_views.index"), 303)


def _view(view_id: int) -> SavedView:
    return view_to_change(view_id, current_user, _may_share()) or abort(404)


def _form(view: SavedView) -> ViewForm:
    return ViewForm(view, is_own=view.owner_id == current_user.id, may_share=_may_share())


def _may_share() -> bool:
    return can(current_user, "views.share")
