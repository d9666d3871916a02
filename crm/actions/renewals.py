"""The renewal of a 高企 certificate begins by itself a year before it ends (POLICY §1.10): nobody must think of it."""

from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from crm.actions.candidacies import begin_renewal
from crm.actions.events import SYSTEM
from crm.actions.standings import refresh_standings
from crm.extensions import begin_exclusive, db
from crm.models import Candidacy, Firm, Recognition
from pipelines.vocabulary import Title


def open_renewals(today: date) -> str:
    """Each certificate brings one: who has one open, or ended the one this certificate brought, gets no other."""
    begin_exclusive()
    db.session.expire_all()
    deed = uuid4().hex
    ending = db.session.execute(_ending(today)).all()
    for firm_id, owner_id, valid_until in ending:
        begin_renewal(firm_id, owner_id, valid_until, deed, SYSTEM)
    refresh_standings([firm_id for firm_id, _, _ in ending], today)
    db.session.commit()
    return f"已为 {len(ending)} 家证书一年内到期的高企开始重新认定。"


def _ending(today: date) -> Any:
    """Firms whose newest valid certificate ends within twelve months."""
    in_a_year = today.replace(year=today.year + 1, day=min(today.day, 28) if today.month == 2 else today.day)
    newest = sa.select(sa.func.max(Recognition.valid_until)).where(
        Recognition.firm_id == Firm.id, Recognition.title == Title.HIGH_TECH, Recognition.ended_on.is_(None)
    )
    until = newest.correlate(Firm).scalar_subquery()
    given = sa.select(sa.func.max(Recognition.recognized_on)).where(
        Recognition.firm_id == Firm.id, Recognition.title == Title.HIGH_TECH, Recognition.ended_on.is_(None)
    )
    mine = sa.exists().where(
        Candidacy.firm_id == Firm.id,
        Candidacy.target == Title.HIGH_TECH,
        sa.or_(Candidacy.closed_on.is_(None), Candidacy.opened_on > given.correlate(Firm).scalar_subquery()),
    )
    wanted = sa.select(Firm.id, Firm.owner_id, until).where(Firm.archived_at.is_(None), ~mine)
    return wanted.where(until >= today, until <= in_a_year).order_by(Firm.id)
