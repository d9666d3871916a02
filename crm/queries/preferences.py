"""What somebody prefers where an address says nothing of it."""

from dataclasses import replace

from crm.extensions import db
from crm.models import Preference, User
from crm.queries.firm_filter import PREFERRED, FirmFilter


def as_preferred(asked: FirmFilter, viewer: User) -> FirmFilter:
    """The list with the viewer's own columns, widths, density and size where the address leaves them open."""
    kept = db.session.get(Preference, viewer.id)
    liked = FirmFilter.from_args(kept.firm_list if kept else {})
    open_ones = (name for name in PREFERRED if not getattr(asked, name))
    return replace(asked, **{name: getattr(liked, name) for name in open_ones})
