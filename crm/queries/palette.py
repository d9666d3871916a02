"""What the palette finds: firms within the viewer's area and colleagues, a handful of each."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Township, User
from crm.queries.firm_conditions import conditions_of, scope_conditions
from crm.queries.firm_filter import FirmFilter
from crm.queries.list_columns import SORTS
from crm.queries.listing import listing
from crm.queries.search import best_found
from pipelines.names import folded, pinyin

_FIRMS, _PEOPLE = 8, 5


def found_firms(sought: str, viewer: User, today: date) -> list[Any]:
    """The best of what the search box of the list would find, best first."""
    conditions = [*conditions_of(FirmFilter(), viewer, today), *scope_conditions(viewer)]
    ids = best_found(listing(conditions, SORTS["name"], falls=False), sought, _FIRMS)
    rows = sa.select(Firm.id, Firm.name, Firm.uscc, Township.name.label("township")).outerjoin(Firm.township)
    by_id = {row.id: row for row in db.session.execute(rows.where(Firm.id.in_(ids)))}
    return [by_id[firm_id] for firm_id in ids]


def found_people(sought: str) -> list[Any]:
    """Colleagues by name, or by its pinyin."""
    rows = db.session.execute(sa.select(User.id, User.name, User.role).where(User.active).order_by(User.id))
    return [row for row in rows if is_named(row.name, sought)][:_PEOPLE]


def is_named(name: str, sought: str) -> bool:
    """Whether somebody who types this may mean that name: a part of it, of its pinyin or of its initials."""
    text = folded(sought)
    return text in folded(name) or any(text in reading for reading in pinyin(name))
