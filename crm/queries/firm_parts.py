"""One contact, flag, title … of a firm that the viewer may see."""

from typing import TypeVar

from crm.extensions import db
from crm.models import Attachment, Contact, Flag, Institution, IpRight, Recognition, User, Visit
from crm.queries.scope import find_firm

Part = TypeVar("Part", Attachment, Contact, Flag, Institution, IpRight, Recognition, Visit)


def find_part(model: type[Part], firm_id: int, part_id: int, viewer: User | None) -> Part | None:
    """None also when the part belongs to another firm than the address says."""
    part = db.session.get(model, part_id) if find_firm(firm_id, viewer) else None
    return part if part and part.firm_id == firm_id else None
