"""差距清单 and 缺数据 as they are filtered, as workbooks."""

from io import BytesIO

from flask import Blueprint, Response, request
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.gap_exports import (
    COLOUR_LIST,
    DEDUCTION_LIST,
    DOUBT_LIST,
    GAP_LIST,
    MISSING_LIST,
    export_colours,
    export_deductions,
    export_gaps,
)
from crm.actions.list_exports import file_name
from crm.permissions import requires
from crm.queries.colours import ColourFilter
from crm.queries.deduction import DeductionFilter
from crm.queries.gap_filter import GapFilter
from crm.views.downloads import send_workbook

blueprint = Blueprint("gap_exports", __name__)


@blueprint.post("/gaps/export-files")
@requires("exports.run")
def create() -> Response:
    return _workbook(GAP_LIST)


@blueprint.post("/gaps/missing-figures/export-files")
@requires("exports.run")
def create_of_missing() -> Response:
    return _workbook(MISSING_LIST)


@blueprint.post("/gaps/doubts/export-files")
@requires("exports.run")
def create_of_doubts() -> Response:
    return _workbook(DOUBT_LIST)


@blueprint.post("/gaps/colours/export-files")
@requires("exports.run")
def create_of_colours() -> Response:
    content = BytesIO()
    export_colours(ColourFilter.from_args(request.form), current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(COLOUR_LIST))


@blueprint.post("/gaps/deductions/export-files")
@requires("exports.run")
def create_of_deductions() -> Response:
    content = BytesIO()
    export_deductions(DeductionFilter.from_args(request.form), current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(DEDUCTION_LIST))


def _workbook(name: str) -> Response:
    asked, content = GapFilter.from_args(request.form), BytesIO()
    export_gaps(name, asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(name, asked.programme.label))
