"""Who came to a training, as a workbook."""

from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.extensions import db
from crm.models import Training, User
from crm.queries.trainings import attendants
from pipelines.sheets.writing import Target

ATTENDANCE_LIST = "培训参加名单"
_COLUMNS = (
    list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"),
    list_column("责任人", "text"),
)  # fmt: skip


def export_attendance(training: Training, viewer: User | None, by: Author, target: Target) -> int:
    rows = (
        [row.name, row.uscc, row.township, row.owner] for row in db.session.execute(attendants(training.id, viewer))
    )
    heading = f"{training.held_on} {training.subject}"
    return write_list(ATTENDANCE_LIST, _COLUMNS, heading, rows, {"training": training.id}, by, target, remark="")
