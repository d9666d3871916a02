"""Firms with everything a judgement looks at, many at a time, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.extensions import db
from crm.models import Application, Evaluation, Firm, LatestEvaluation
from crm.queries.firm_facts import facts_of
from pipelines.facts import FirmFacts
from pipelines.vocabulary import Programme, TriColor


class Latest(NamedTuple):
    """What a new judgement is compared with; the colours only of the three-colour rating."""

    signature: str
    colour: TriColor | None
    colour_before: TriColor | None
    colour_since: date | None


def facts_of_firms(firm_ids: Sequence[int], as_of: date) -> Iterator[tuple[int, FirmFacts]]:
    """Archived firms are judged no more."""
    parts = (Firm.annual_figures, Firm.ip_rights, Firm.recognitions, Firm.flags, Firm.institutions)
    firms = sa.select(Firm).where(Firm.id.in_(firm_ids), Firm.archived_at.is_(None)).order_by(Firm.id)
    applications: dict[int, list[Application]] = defaultdict(list)
    for application in db.session.scalars(sa.select(Application).where(Application.firm_id.in_(firm_ids))):
        applications[application.firm_id].append(application)
    for firm in db.session.scalars(firms.options(*(selectinload(part) for part in parts))):
        yield firm.id, facts_of(firm, applications[firm.id], as_of)


def latest_judgements(firm_ids: Sequence[int]) -> dict[tuple[int, Programme], Latest]:
    latest = sa.select(
        Evaluation.firm_id, Evaluation.programme, Evaluation.signature, LatestEvaluation.colour,
        LatestEvaluation.colour_before, LatestEvaluation.colour_since,
    )  # fmt: skip
    latest = latest.join(LatestEvaluation, LatestEvaluation.evaluation_id == Evaluation.id)
    found = db.session.execute(latest.where(LatestEvaluation.firm_id.in_(firm_ids)))
    return {(row[0], row[1]): Latest(*row[2:]) for row in found}
