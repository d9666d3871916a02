"""The files of a firm."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Attachment
from pipelines.vocabulary import AttachedTo


def attachments_of(firm_id: int, about: AttachedTo, within: str = "") -> Sequence[Attachment]:
    """Those not removed, the newest first; within: what their key begins with."""
    wanted = sa.select(Attachment).filter_by(firm_id=firm_id, about=about, removed_at=None)
    wanted = wanted.where(Attachment.about_key.startswith(within, autoescape=True))
    return db.session.scalars(wanted.order_by(Attachment.id.desc())).all()
