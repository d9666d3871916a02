"""Work over the whole register, a round of firms at a time: memory stays bounded, whatever the county's size."""

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm


def firm_rounds(firm_ids: Iterable[int] | None, size: int) -> Iterator[Sequence[int]]:
    """Ids ascending, without doubles; None: those of all firms."""
    if firm_ids is None:
        last = 0
        following = sa.select(Firm.id).order_by(Firm.id).limit(size)
        while some := db.session.scalars(following.where(Firm.id > last)).all():
            yield some
            last = some[-1]
        return
    chosen = sorted(set(firm_ids))
    for start in range(0, len(chosen), size):
        yield chosen[start : start + size]
