"""The search box: which firms hold a text, and how well.

One scan of the narrow table search_texts, by instr (strpos on PostgreSQL): it takes every character as it is, so that
% and _ are text, and it is faster than LIKE. A county's ten thousand firms take a millisecond or two.
"""

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from crm.extensions import db
from crm.models import SearchText
from pipelines.names import folded

EXACT, PREFIX, INFIX = 0, 1, 2


def hits(sought: str) -> sa.Subquery:
    """firm_id and rank (exact before prefix before infix) of every firm that holds the text."""
    text = folded(sought)
    columns = [SearchText.names, SearchText.numbers, SearchText.pinyin] if text.isascii() else [SearchText.names]
    rank = sa.case(
        (sa.or_(*(_holds(column, f"\n{text}\n") for column in columns)), EXACT),
        (sa.or_(*(_holds(column, f"\n{text}") for column in columns)), PREFIX),
        else_=INFIX,
    )
    found = sa.select(SearchText.firm_id, rank.label("rank"))
    return found.where(sa.or_(*(_holds(column, text) for column in columns))).subquery()


def _holds(column: InstrumentedAttribute[str], text: str) -> sa.ColumnElement[bool]:
    position = sa.func.strpos if db.engine.dialect.name == "postgresql" else sa.func.instr
    return position(column, text) > 0
