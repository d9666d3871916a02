"""Reports that were issued, the newest first."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Report
from crm.queries.parameters import LARGEST_ID

_SHOWN = 200


def issued_reports() -> Sequence[Report]:
    return db.session.scalars(sa.select(Report).order_by(Report.last.desc(), Report.id.desc()).limit(_SHOWN)).all()


def find_report(report_id: int) -> Report | None:
    return db.session.get(Report, report_id) if 0 < report_id <= LARGEST_ID else None
