"""The second person: says yes or no to a colleague's list with many whole telephone numbers."""

from dataclasses import replace

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.tasks import start_task
from crm.extensions import begin_exclusive, db
from crm.models import ExportRequest
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, ExportRequestStatus, TaskKind

_OWN = "本人的申请须由另一人批准。"
_LEFT = "申请人已停用或不再有导出联系方式的权限，不能批准。"


def approve_request(request_id: int, can_still_export: bool, by: Author) -> ExportRequest:
    """The list is written at once, as work of the one who asked; it is found under the tasks of that person alone."""
    request = _decided(request_id, ExportRequestStatus.APPROVED, None, EventKind.EXPORT_APPROVED, by, can_still_export)
    asker = replace(Author.of(request.asked_by), address=None)
    task = start_task(TaskKind.EXPORT, {**request.arguments, "approved_by": by.name}, asker)
    request.task_id = task.id
    db.session.commit()
    return request


def refuse_request(request_id: int, note: str | None, by: Author) -> ExportRequest:
    return _decided(request_id, ExportRequestStatus.REFUSED, note, EventKind.EXPORT_REFUSED, by)


def _decided(
    request_id: int,
    status: ExportRequestStatus,
    note: str | None,
    kind: EventKind,
    by: Author,
    can_still_export: bool = True,
) -> ExportRequest:
    begin_exclusive()
    request = db.session.get_one(ExportRequest, request_id, populate_existing=True)
    if request.asked_by_id == by.user_id:
        raise Refusal(_OWN)
    if request.status is not ExportRequestStatus.WAITING:
        raise Refusal(f"这份申请{request.status.label}，不必再处理。")
    if not can_still_export:
        raise Refusal(_LEFT)
    request.status, request.decided_by_id, request.decided_at = status, by.user_id, clock.now()
    request.note = note
    about = {"list": request.arguments["file_name"], "count": request.count, "subject": request.asked_by.name}
    record_event(kind, by, None, about | {"reason": note or request.reason})
    db.session.commit()
    return request
