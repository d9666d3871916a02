"""Which firms of the register the partners of a project are: by credit code, or by a name that only one firm bears."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from crm.actions.bulk import insert_rows
from crm.extensions import db
from crm.models import Firm, Project, ProjectPartner
from pipelines.names import normalised_name

_NAMES_A_QUERY = 500  # SQLite takes a limited number of parameters


def link_partners(leaders: Iterable[int]) -> None:
    """Anew for all projects that these firms lead, in the caller's transaction."""
    for firm_ids in _portions(set(leaders)):
        _link(firm_ids)


def _link(firm_ids: Collection[int]) -> None:
    db.session.flush()
    led = sa.select(Project.id, Project.firm_id, Project.partners).where(Project.firm_id.in_(firm_ids))
    projects = [(key, firm_id, (partners or "").splitlines()) for key, firm_id, partners in db.session.execute(led)]
    meant = _firms_meant({line for _, _, lines in projects for line in lines})
    of_these = sa.select(Project.id).where(Project.firm_id.in_(firm_ids))
    db.session.execute(sa.delete(ProjectPartner).where(ProjectPartner.project_id.in_(of_these)))
    links = {(key, meant.get(line)) for key, _, lines in projects for line in lines}
    led_by = {(key, leader) for key, leader, _ in projects}
    insert_rows(ProjectPartner, ("project_id", "firm_id"), [link for link in links - led_by if link[1]])


def _firms_meant(lines: Collection[str]) -> dict[str, int]:
    """Line → firm, of the lines that mean exactly one."""
    found: dict[str, set[int]] = defaultdict(set)
    for some in _portions(lines):
        plain = {normalised_name(line): line for line in some}
        codes = {line.upper(): line for line in some}
        wanted = sa.or_(Firm.normalised_name.in_(plain), Firm.uscc.in_(codes))
        for key, name, uscc in db.session.execute(sa.select(Firm.id, Firm.normalised_name, Firm.uscc).where(wanted)):
            for line in (plain.get(name), codes.get(uscc)):
                if line:
                    found[line].add(key)
    return {line: firms.pop() for line, firms in found.items() if len(firms) == 1}


def _portions(keys: Collection[Any]) -> Iterable[list[Any]]:
    ordered = sorted(keys)
    return (ordered[start : start + _NAMES_A_QUERY] for start in range(0, len(ordered), _NAMES_A_QUERY))
