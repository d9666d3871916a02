"""Lists with many whole telephone numbers that wait for a second person, or did."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import ExportRequest, User
from crm.queries.parameters import LARGEST_ID
from pipelines.vocabulary import ExportRequestStatus

_SHOWN = 100


def export_requests(viewer: User, of_all: bool) -> Sequence[ExportRequest]:
    """One's own, or everybody's for who decides; what waits comes first."""
    own = [] if of_all else [ExportRequest.asked_by_id == viewer.id]
    newest = sa.select(ExportRequest).where(*own).options(joinedload(ExportRequest.asked_by))
    newest = newest.options(joinedload(ExportRequest.decided_by))
    waits = ExportRequest.status == ExportRequestStatus.WAITING
    return db.session.scalars(newest.order_by(waits.desc(), ExportRequest.id.desc()).limit(_SHOWN)).all()


def waiting_for(viewer: User) -> int:
    """How many requests of colleagues wait for a decision."""
    of_others = (
        sa.select(sa.func.count())
        .select_from(ExportRequest)
        .where(ExportRequest.status == ExportRequestStatus.WAITING, ExportRequest.asked_by_id != viewer.id)
    )
    return db.session.scalar(of_others) or 0


def request_of(request_id: int) -> ExportRequest | None:
    return db.session.get(ExportRequest, request_id) if 0 < request_id <= LARGEST_ID else None
