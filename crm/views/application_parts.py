"""What an application rests on: research projects (RD), products (PS), and the rights behind both."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.application_parts import remove_part, save_part
from crm.actions.events import Author
from crm.forms.application_part import ApplicationPartForm
from crm.models import ApplicationPart, Candidacy
from crm.permissions import requires
from crm.queries.application_parts import find_part_of, next_number, parts_of
from crm.queries.candidacies import find_candidacy
from pipelines.vocabulary import PartKind

blueprint = Blueprint("application_parts", __name__, url_prefix="/candidacies/<int:candidacy_id>/parts")


@blueprint.get("")
@requires("firms.view")
def index(candidacy_id: int) -> str:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    return render_template(
        "application_parts/index.html", candidacy=candidacy, parts=parts_of(candidacy, clock.today()), kinds=PartKind
    )


@blueprint.get("/new")
@requires("firms.edit")
def new(candidacy_id: int) -> str:
    candidacy, kind = find_candidacy(candidacy_id, current_user) or abort(404), _kind()
    form = ApplicationPartForm.of(candidacy, kind, number=next_number(candidacy, kind))
    return _form(candidacy, None, form)


@blueprint.post("")
@requires("firms.edit")
def create(candidacy_id: int) -> ResponseReturnValue:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    return _saved(candidacy, None, _kind())


@blueprint.get("/<int:part_id>/edit")
@requires("firms.edit")
def edit(candidacy_id: int, part_id: int) -> str:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    part = find_part_of(candidacy, part_id) or abort(404)
    return _form(candidacy, part, ApplicationPartForm.of(candidacy, part.kind, part))


@blueprint.post("/<int:part_id>/edit")
@requires("firms.edit")
def update(candidacy_id: int, part_id: int) -> ResponseReturnValue:
    candidacy = find_candidacy(candidacy_id, current_user) or abort(404)
    part = find_part_of(candidacy, part_id) or abort(404)
    return _saved(candidacy, part, part.kind)


@blueprint.post("/<int:part_id>/removal")
@requires("firms.edit")
def remove(candidacy_id: int, part_id: int) -> ResponseReturnValue:
    find_candidacy(candidacy_id, current_user) or abort(404)
    flash(f"已移除 {remove_part(candidacy_id, part_id, Author.of(current_user))}。", "good")
    return redirect(url_for("application_parts.index", candidacy_id=candidacy_id), 303)


def _kind() -> PartKind:
    return next((kind for kind in PartKind if kind.value == request.args.get("kind")), PartKind.PROJECT)


def _saved(candidacy: Candidacy, part: ApplicationPart | None, kind: PartKind) -> ResponseReturnValue:
    form, by = ApplicationPartForm.of(candidacy, kind), Author.of(current_user)
    key = part.id if part else None
    if form.validate() and form.performs(lambda: save_part(candidacy.id, key, form.of_part, by)):
        flash(f"已保存 {form.outcome.code}。", "good")
        return redirect(url_for("application_parts.index", candidacy_id=candidacy.id), 303)
    return _form(candidacy, part, form), form.http_status


def _form(candidacy: Candidacy, part: ApplicationPart | None, form: ApplicationPartForm) -> str:
    return render_template("application_parts/edit.html", candidacy=candidacy, part=part, form=form)
