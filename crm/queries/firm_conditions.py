"""What a filter means for the rows of standings, one condition a column."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.models import FirmTag, LatestEvaluation, User
from crm.models.standing import is_above_scale, is_not_active, is_put_away, lacks_last_year
from crm.queries.firm_filter import ARCHIVED, MISSING, FirmFilter
from crm.queries.high_risk import firms_at_risk
from crm.queries.scope import areas_within, visible_townships
from crm.queries.term_conditions import term_conditions
from crm.queries.tested import Areas, Condition
from pipelines.vocabulary import FiguresState, FirmStatus, Programme

AtRisk = Callable[[str, User | None, date], sa.Select[Any]]
_WAN = 10_000
_BELOW = ".99999999"  # beyond every code that goes on after the dot
_FURTHER = "99999999"  # beyond every code that goes on with digits


def conditions_of(
    asked: FirmFilter, viewer: User | None, today: date, areas: Areas = areas_within, at_risk: AtRisk = firms_at_risk
) -> list[Condition]:
    """Every condition but those of the search box and of the viewer's area; first those that few firms fulfil."""
    return [
        *_few(asked), *_picked(asked), *_marked(asked, viewer, today, at_risk), *_judged(asked),
        *_people(asked, viewer), *_places(asked, areas), *_days(asked, today), *_amounts(asked), *_tiers(asked),
        *term_conditions(asked.where, today, areas), *_archive(asked),
    ]  # fmt: skip


def _archive(asked: FirmFilter) -> Iterator[Condition]:
    if asked.status != ARCHIVED:
        yield Condition("is_archived", lambda column: column.is_(False), leads=False)


def _few(asked: FirmFilter) -> Iterator[Condition]:
    """What an index of only these firms exists for."""
    if asked.status == ARCHIVED:
        yield Condition("is_archived", is_put_away)
    elif asked.status == FirmStatus.ACTIVE:
        yield Condition("status", lambda column: column == FirmStatus.ACTIVE, leads=False)
    elif asked.status:
        yield Condition("status", lambda column: sa.and_(column == asked.status, is_not_active(column)))
    if asked.figures == MISSING:
        yield Condition("figures", lacks_last_year)
    elif asked.figures == FiguresState.CURRENT:
        yield Condition("figures", lambda column: column == FiguresState.CURRENT, leads=False)
    elif asked.figures:
        yield Condition("figures", lambda column: sa.and_(column == asked.figures, lacks_last_year(column)))


def _judged(asked: FirmFilter) -> Iterator[Condition]:
    """By the latest judgements: the tier of the 高企 shortlist, the colour, the share of the data that is known."""
    if asked.shortlist:
        yield _by_judgement(Programme.HIGH_TECH, LatestEvaluation.shortlist == asked.shortlist)
    if asked.colour:
        yield _by_judgement(Programme.TRI_COLOR, LatestEvaluation.colour == asked.colour)
    if asked.rule_data_max is not None:
        yield _by_judgement(Programme.HIGH_TECH, LatestEvaluation.data_ratio <= _share(asked.rule_data_max))


def _picked(asked: FirmFilter) -> Iterator[Condition]:
    if picked := asked.firm:
        yield Condition("firm_id", lambda column: column.in_(picked))
    if asked.tag:
        tagged = sa.select(FirmTag.firm_id).where(FirmTag.tag_id.in_(asked.tag))
        yield Condition("firm_id", lambda column: column.in_(tagged))


def _marked(asked: FirmFilter, viewer: User | None, today: date, at_risk: AtRisk) -> Iterator[Condition]:
    if asked.risk:
        marked = at_risk(asked.risk, viewer, today)
        yield Condition("firm_id", lambda column: column.in_(marked))


def _by_judgement(programme: Programme, test: sa.ColumnElement[bool]) -> Condition:
    judged = sa.select(LatestEvaluation.firm_id).where(LatestEvaluation.programme == programme, test)
    return Condition("firm_id", lambda column: column.in_(judged))


def scope_conditions(viewer: User | None) -> Iterator[Condition]:
    townships = visible_townships(viewer)
    if townships is not None:
        yield Condition("township_id", lambda column: column.in_(townships))


def _places(asked: FirmFilter, areas: Areas) -> Iterator[Condition]:
    if asked.township:
        townships = areas(asked.township)
        yield Condition("township_id", lambda column: column.in_(townships))
    # By range, not LIKE: that is what an index serves, and digits are ordered alike by every collation.
    if industry := asked.industry:
        yield Condition("industry_code", lambda column: column.between(industry, industry + _FURTHER))
    if field := asked.tech_field:
        further = _FURTHER if "." in field else _BELOW
        yield Condition("tech_field_code", lambda column: column.between(field, field + further))


def _tiers(asked: FirmFilter) -> Iterator[Condition]:
    if tiers := asked.tier:
        yield Condition("tier", lambda column: column == tiers[0] if len(tiers) == 1 else column.in_(tiers))
    if asked.above_scale:
        yield Condition("above_scale", is_above_scale)


def _people(asked: FirmFilter, viewer: User | None) -> Iterator[Condition]:
    if asked.owner is not None:
        owner_id = _owner_id(asked.owner, viewer)
        yield Condition("owner_id", lambda column: column.is_(None) if owner_id is None else column == owner_id)


def _owner_id(owner: str, viewer: User | None) -> int | None:
    """Nobody's firms for the command line that asks for its own: it has none, and no user has the number 0."""
    if owner == "none":
        return None
    if owner == "mine":
        return viewer.id if viewer else 0
    return int(owner)


def _amounts(asked: FirmFilter) -> Iterator[Condition]:
    if (least := asked.revenue_min) is not None:
        yield Condition("sales_revenue", lambda column: column >= _yuan(least))
    if (most := asked.revenue_max) is not None:
        yield Condition("sales_revenue", lambda column: column <= _yuan(most))
    if (lowest := asked.rd_ratio_min) is not None:
        yield Condition("rd_ratio", lambda column: column >= _share(lowest))
    if (highest := asked.rd_ratio_max) is not None:
        yield Condition("rd_ratio", lambda column: column <= _share(highest))
    if (fewest := asked.class_one_min) is not None:
        yield Condition("class_one_ip", lambda column: column >= fewest)
    if (fullest := asked.completeness_max) is not None:
        yield Condition("completeness", lambda column: column <= _share(fullest))


def _yuan(wan: Decimal) -> Decimal:
    return (wan * _WAN).quantize(Decimal("0.01"))


def _share(percent: Decimal) -> float:
    return float(percent / 100)


def _days(asked: FirmFilter, today: date) -> Iterator[Condition]:
    if (first := asked.founded_from) is not None:
        yield Condition("founded_on", lambda column: column >= first)
    if (last := asked.founded_to) is not None:
        yield Condition("founded_on", lambda column: column <= last)
    if (days := asked.expiring_days) is not None:
        until = today + timedelta(days=days)
        yield Condition("next_expiry_on", lambda column: column.between(today, until))
    if (before := asked.expiring_before) is not None:
        yield Condition("next_expiry_on", lambda column: column < before)
