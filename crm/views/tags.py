"""Administration of tags: new, renamed, joined with another, no longer given."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.tags import archive_tag, merge_tags, restore_tag, save_tag
from crm.extensions import db
from crm.forms.tag import TagForm, TagMergeForm
from crm.models import Tag
from crm.permissions import requires
from crm.queries.tags import counted_tags

blueprint = Blueprint("tags", __name__, url_prefix="/system/tags")


@blueprint.get("")
@requires("tags.manage")
def index() -> str:
    return _index(TagForm())


@blueprint.post("")
@requires("tags.manage")
def create() -> ResponseReturnValue:
    form = TagForm()
    if form.validate() and form.performs(lambda: save_tag(None, form.name.data or "", Author.of(current_user))):
        flash(f"已新增标签“{form.outcome.name}”。", "good")
        return redirect(url_for("tags.index"), 303)
    return _index(form), form.http_status


@blueprint.get("/<int:tag_id>/edit")
@requires("tags.manage")
def edit(tag_id: int) -> str:
    tag = _found(tag_id)
    return _edited(tag, TagForm(obj=tag), TagMergeForm(tag_id))


@blueprint.post("/<int:tag_id>/edit")
@requires("tags.manage")
def update(tag_id: int) -> ResponseReturnValue:
    tag, form = _found(tag_id), TagForm()
    if form.validate() and form.performs(lambda: save_tag(tag_id, form.name.data or "", Author.of(current_user))):
        return _done(f"已改为“{form.outcome.name}”，企业上的标签随之改名。")
    return _edited(tag, form, TagMergeForm(tag_id)), form.http_status


@blueprint.post("/<int:tag_id>/merger")
@requires("tags.manage")
def merge(tag_id: int) -> ResponseReturnValue:
    tag, form = _found(tag_id), TagMergeForm(tag_id)
    if form.validate() and form.performs(lambda: merge_tags(tag_id, form.into.data or 0, Author.of(current_user))):
        return _done(f"已并入，{form.outcome:,} 家企业改用新标签。")
    return _edited(tag, TagForm(formdata=None, obj=tag), form), form.http_status


@blueprint.post("/<int:tag_id>/archiving")
@requires("tags.manage")
def archive(tag_id: int) -> ResponseReturnValue:
    _found(tag_id)
    return _done(f"已作废“{archive_tag(tag_id, Author.of(current_user)).name}”，企业上已有的标签保留。")


@blueprint.post("/<int:tag_id>/archiving/removal")
@requires("tags.manage")
def restore(tag_id: int) -> ResponseReturnValue:
    _found(tag_id)
    return _done(f"已恢复“{restore_tag(tag_id, Author.of(current_user)).name}”。")


def _found(tag_id: int) -> Tag:
    return db.session.get(Tag, tag_id) or abort(404)


def _index(form: TagForm) -> str:
    return render_template("tags/index.html", tags=counted_tags(current_user), form=form)


def _edited(tag: Tag, form: TagForm, merging: TagMergeForm) -> str:
    return render_template("tags/edit.html", tag=tag, form=form, merging=merging)


def _done(told: str) -> ResponseReturnValue:
    flash(told, "good")
    return redirect(url_for("tags.index"), 303)
