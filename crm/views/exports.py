"""Exports: the list as it is filtered, as a workbook."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.exports import LISTED, TEMPLATE, WHOLE, ask_export, exported_file
from crm.actions.tasks import is_finished_soon
from crm.forms.export import ExportForm
from crm.models import ExportRequest, Task
from crm.permissions import can, requires
from crm.queries.export_columns import export_templates
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import firm_page
from crm.queries.tasks import task_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import TaskKind, TaskStatus

blueprint = Blueprint("exports", __name__, url_prefix="/exports")

_CHOICES = ((LISTED, "列表上显示的列"), (WHOLE, "全部列（各年度数据、资质、联系人，可修改后再导入）"))
_NOT_WHOLE = "您的角色只能导出遮住中间部分的联系方式：请去掉事由后再导出。"


@blueprint.get("/new")
@requires("exports.run")
def new() -> str:
    wanted = FirmFilter.from_args(request.args)
    return _asked(_form(), wanted)


@blueprint.post("")
@requires("exports.run")
def create() -> ResponseReturnValue:
    """Without a choice the columns of the list leave, without a reason telephone numbers are masked."""
    wanted, form = FirmFilter.from_args(request.form), _form()
    if not form.validate() or not form.performs(lambda: _begin(form, wanted)):
        return _asked(form, wanted), form.http_status
    if isinstance(form.outcome, ExportRequest):
        flash("完整联系方式较多，已提交申请；另一人批准后即开始导出，在“任务”里下载。", "good")
        return redirect(url_for("export_requests.index"), 303)
    task: Task = form.outcome
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    if task.status is TaskStatus.FAILED:
        raise Refusal(task.message or "")
    return redirect(url_for("export_files.show", task_id=task.id), 303)


@blueprint.get("/<int:task_id>")
@requires("exports.run")
def show(task_id: int) -> str:
    task = own_export(task_id)
    return render_template("exports/show.html", task=task, kept_days=current_app.config["UPLOAD_KEEP_DAYS"])


def own_export(task_id: int) -> Task:
    """A finished export of one's own whose file is still kept."""
    task = task_of(task_id, current_user)
    if task is None or task.kind is not TaskKind.EXPORT or task.status is not TaskStatus.DONE:
        abort(404)
    if not exported_file(task).exists():
        abort(404, "导出的文件已过保留期，请重新导出。")
    return task


def _form() -> ExportForm:
    form = ExportForm()
    form.choice.offer([*_CHOICES, *((f"{TEMPLATE}{each.id}", f"模板：{each.name}") for each in export_templates())])
    if not form.choice.data:
        form.choice.data = LISTED
    return form


def _begin(form: ExportForm, wanted: FirmFilter) -> Task | ExportRequest:
    if form.reason.data and not can(current_user, "contacts.export"):
        raise Refusal(_NOT_WHOLE)
    return ask_export(wanted, form.choice.data, form.reason.data, Author.of(current_user))


def _asked(form: ExportForm, wanted: FirmFilter) -> str:
    return render_template(
        "exports/new.html",
        form=form,
        args=wanted.to_args(),
        page=firm_page(wanted, current_user, clock.today()),
        most=current_app.config["EXPORT_APPROVAL_ROWS"],
    )
