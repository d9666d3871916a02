"""The files of a firm."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Attachment
from pipelines.vocabulary import AttachedTo

_MOST_FILES = 200


def attachments_of(firm_id: int, about: AttachedTo, within: str = "") -> Sequence[Attachment]:
    """Those not removed, the newest first; within: what their key begins with."""
    wanted = sa.select(Attachment).filter_by(firm_id=firm_id, about=about, removed_at=None)
    wanted = wanted.where(Attachment.about_key.startswith(within, autoescape=True))
    return db.session.scalars(wanted.order_by(Attachment.id.desc())).all()


def files_of(firm_id: int) -> Sequence[Attachment]:
    """Everything that was handed in for a firm, wherever it belongs, the newest first."""
    wanted = sa.select(Attachment).filter_by(firm_id=firm_id, removed_at=None)
    return db.session.scalars(wanted.order_by(Attachment.id.desc()).limit(_MOST_FILES)).all()
