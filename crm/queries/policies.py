"""The editions in use: those this house ships, and those the office has added and confirmed."""

from functools import cache

import sqlalchemy as sa
from flask import g

from crm.extensions import db
from crm.models import Edition
from pipelines.qualification.policies import SHIPPED, Policies, read_policies


@cache
def shipped_policies() -> Policies:
    """Read once a process; a broken one stops the start."""
    return read_policies(SHIPPED)


def known_policies() -> Policies:
    """Looked up once a request or run: another process may have confirmed an edition since the last one."""
    if "policies" not in g:
        confirmed = sa.select(Edition.programme, Edition.in_force_from, Edition.text)
        confirmed = confirmed.where(Edition.confirmed_at.is_not(None)).order_by(Edition.in_force_from, Edition.id)
        g.policies = _with(
            tuple((name.value, day.isoformat(), text) for name, day, text in db.session.execute(confirmed))
        )
    policies: Policies = g.policies
    return policies


def forget_policies() -> None:
    """After an edition has been confirmed within this request or run."""
    g.pop("policies", None)


@cache
def _with(added: tuple[tuple[str, str, str], ...]) -> Policies:
    policies = shipped_policies()
    for programme, begun, text in added:
        policies = policies.with_edition(text, programme, begun)
    return policies
