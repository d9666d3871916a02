"""How the titles of an uploaded file were understood."""

from flask import Blueprint, render_template

from crm.actions.import_plans import reading_of
from crm.permissions import requires
from crm.views.imports import own_batch

blueprint = Blueprint("import_columns", __name__, url_prefix="/imports/<int:batch_id>/columns")


@blueprint.get("")
@requires("imports.run")
def index(batch_id: int) -> str:
    batch = own_batch(batch_id)
    return render_template("imports/columns.html", batch=batch, tables=reading_of(batch).tables)
