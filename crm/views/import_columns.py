"""The second step of an import: which sheets are read, what their columns mean, where the figures come from."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.import_mapping import wish_import
from crm.actions.import_plans import raw_reading_of
from crm.forms.import_wishes import ImportWishesForm
from crm.permissions import requires
from crm.views.imports import own_batch
from pipelines.vocabulary import ImportStatus

blueprint = Blueprint("import_columns", __name__, url_prefix="/imports/<int:batch_id>/columns")


@blueprint.get("")
@requires("imports.run")
def index(batch_id: int) -> str:
    batch = own_batch(batch_id)
    return _asked(batch_id, ImportWishesForm(batch, raw_reading_of(batch).tables))


@blueprint.post("")
@requires("imports.run")
def create(batch_id: int) -> ResponseReturnValue:
    batch = own_batch(batch_id)
    form, by = ImportWishesForm(batch, raw_reading_of(batch).tables), Author.of(current_user)
    if form.validate() and form.performs(lambda: wish_import(batch_id, form.wishes, form.source.data, by)):
        flash("已按您的选择重新读取，预览已更新。", "good")
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    return _asked(batch_id, form), form.http_status


def _asked(batch_id: int, form: ImportWishesForm) -> str:
    batch = own_batch(batch_id)
    return render_template(
        "imports/columns.html", batch=batch, form=form, may_change=batch.status is ImportStatus.PREVIEWED
    )
