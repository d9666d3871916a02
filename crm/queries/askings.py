"""Who is asked for what is missing: figures of the books from 财务, research and property from 研发, the rest from the
申报联系人; what the office itself holds from nobody outside."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Contact
from pipelines.vocabulary import ContactRole

_RESEARCH = frozenset({
    "ip", "conversions", "tech_staff", "full_time_rd_staff", "qualified_rd_staff", "tech_field_code",
    "high_tech_revenue", "main_product_revenue",
})  # fmt: skip
_OFFICE = frozenset({"flags", "recognitions"})
_IN_HOUSE = "局内查证"
_ROLES = (ContactRole.FINANCE, ContactRole.RD, ContactRole.APPLICATION)
People = Mapping[tuple[int, ContactRole], str]


class Asking(NamedTuple):
    """whom: 财务 张三, or the role alone where nobody is entered."""

    whom: str
    what: str


def people_to_ask(firm_ids: Collection[int]) -> People:
    """The first one entered of each role."""
    wanted = sa.select(Contact.firm_id, Contact.role, Contact.name).order_by(Contact.id.desc())
    found = db.session.execute(wanted.where(Contact.firm_id.in_(firm_ids), Contact.role.in_(_ROLES)))
    return {(firm_id, role): name for firm_id, role, name in found}


def askings(firm_id: int, lacking: Iterable[Mapping[str, Any]], people: People) -> list[Asking]:
    by_role: dict[ContactRole | None, list[str]] = defaultdict(list)
    for item in lacking:
        by_role[_holder(item)].append(said(item))
    return [
        Asking(_whom(firm_id, role, people), "、".join(by_role[role])) for role in (*_ROLES, None) if role in by_role
    ]


def said(item: Mapping[str, Any]) -> str:
    return f"{item['year']} 年{item['label']}" if item["year"] else item["label"]


def _holder(item: Mapping[str, Any]) -> ContactRole | None:
    if item["name"] in _OFFICE:
        return None
    if item["name"] in _RESEARCH:
        return ContactRole.RD
    return ContactRole.FINANCE if item["year"] else ContactRole.APPLICATION


def _whom(firm_id: int, role: ContactRole | None, people: People) -> str:
    if role is None:
        return _IN_HOUSE
    name = people.get((firm_id, role))
    return f"{role.label} {name}" if name else role.label
