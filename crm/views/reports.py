"""简报: what a month or quarter was, looked at first, then issued and kept."""

from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.office_templates import office_template
from crm.actions.reports import issue_report
from crm.models import Report
from crm.permissions import requires
from crm.queries.brief import brief, period_of, recent_periods
from crm.queries.reports import find_report, issued_reports
from crm.views.downloads import send_paper, send_workbook
from pipelines.papers.shipped import BRIEF

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("")
@requires("reports.view")
def index() -> str:
    return render_template("reports/index.html", reports=issued_reports(), periods=recent_periods(clock.today()))


@blueprint.get("/template")
@requires("plans.manage")
def template() -> Response:
    return send_paper(office_template(BRIEF), f"{BRIEF}模板.docx")


@blueprint.get("/drafts")
@requires("plans.manage")
def draft() -> ResponseReturnValue:
    """The county's: who issues it sees all of it."""
    period = period_of(request.args.get("period", ""), clock.today())
    if period is None:
        flash("这个期间看不懂，或还没有开始；请从下面选。", "warn")
        return redirect(url_for("reports.index"), 303)
    return render_template("reports/draft.html", brief=brief(period, current_user, clock.today()))


@blueprint.post("")
@requires("plans.manage")
def create() -> ResponseReturnValue:
    period = period_of(request.form.get("period", ""), clock.today()) or abort(404)
    report = issue_report(period, current_user, Author.of(current_user))
    flash(f"已印发《{report.title}》，以后记录再变，这一份不变。", "good")
    return redirect(url_for("reports.show", report_id=report.id), 303)


@blueprint.get("/<int:report_id>")
@requires("reports.view")
def show(report_id: int) -> str:
    return render_template("reports/show.html", report=_found(report_id))


@blueprint.get("/<int:report_id>/paper")
@requires("reports.view")
def paper(report_id: int) -> Response:
    report = _found(report_id)
    return send_paper(BytesIO(report.paper), f"{report.title}.docx")


@blueprint.get("/<int:report_id>/workbook")
@requires("reports.view")
def workbook(report_id: int) -> Response:
    report = _found(report_id)
    return send_workbook(BytesIO(report.workbook), f"{report.title}.xlsx")


def _found(report_id: int) -> Report:
    return find_report(report_id) or abort(404)
