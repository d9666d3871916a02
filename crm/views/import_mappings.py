"""What is remembered of the columns of shapes of files."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.import_mapping import forget_mapping
from crm.permissions import requires
from crm.queries.import_mappings import all_mappings, spoken_columns

blueprint = Blueprint("import_mappings", __name__, url_prefix="/import-mappings")


@blueprint.get("")
@requires("imports.run")
def index() -> str:
    return render_template("import_mappings/index.html", mappings=all_mappings(), spoken_columns=spoken_columns)


@blueprint.post("/<int:mapping_id>/removal")
@requires("imports.run")
def destroy(mapping_id: int) -> ResponseReturnValue:
    forget_mapping(mapping_id, Author.of(current_user))
    flash("已忘记这种表格的对应，以后导入时重新询问。", "good")
    return redirect(url_for("import_mappings.index"), 303)
