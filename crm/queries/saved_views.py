"""The views of the list of firms that people keep: own and shared ones, and what stands on their tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import SavedView, User
from crm.queries.firm_filter import ALL, VIEWS, FirmFilter
from crm.queries.firms import Count, counts_of
from crm.queries.in_time import in_time

_SECONDS_FOR_COUNTS = 1.0
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Tab:
    """One view above the list; args: its address. count None: it was not counted in time."""

    words: str
    args: Mapping[str, str]
    is_current: bool
    count: Count | None


@dataclass(frozen=True)
class Tabs:
    """opened: the saved view that the list was opened by, if it still is and the viewer may see it."""

    entries: list[Tab]
    opened: SavedView | None
    is_changed: bool


def view_args(view: SavedView) -> dict[str, Any]:
    return {**view.args, "view": str(view.id)}


def kept_state(view: SavedView) -> dict[str, str]:
    """What of a view is still understood: columns and words may have gone since it was saved."""
    return FirmFilter.from_args(view.args).state()


def tabs_of(asked: FirmFilter, viewer: User, today: date) -> Tabs:
    saved = views_of(viewer)
    filters = [view for _, view in VIEWS.values()] + [FirmFilter.from_args(view.args) for view in saved]
    counts: list[Count | None] = [*(in_time(lambda: counts_of(filters, viewer, today), _SECONDS_FOR_COUNTS) or ())]
    counts += [None] * (len(filters) - len(counts))
    opened = next((view for view in saved if str(view.id) == asked.view), None)
    built_in = [
        Tab(words, _args(name, view), opened is None and view.conditions() == asked.conditions(), count)
        for (name, (words, view)), count in zip(VIEWS.items(), counts, strict=False)
    ]
    own = [
        Tab(view.name, view_args(view), view is opened, count)
        for view, count in zip(saved, counts[len(built_in) :], strict=True)
    ]
    is_changed = opened is not None and kept_state(opened) != asked.state()
    return Tabs([built_in[0], *own, *built_in[1:]], opened, is_changed)


def _args(name: str, view: FirmFilter) -> dict[str, str]:
    """The tab of all firms says so: without a word the list opens with the view one has chosen to begin with."""
    return view.to_args() | ({"view": ALL} if name == ALL else {})


def views_of(viewer: User, *, archived: bool = False) -> list[SavedView]:
    """Shared ones first, each in the order that was given them."""
    found = (
        sa.select(SavedView)
        .where(
            _may_be_seen(viewer), SavedView.archived_at.is_not(None) if archived else SavedView.archived_at.is_(None)
        )
        .options(joinedload(SavedView.owner))
        .order_by(SavedView.is_shared.desc(), SavedView.position, SavedView.id)
    )
    return [*db.session.scalars(found)]


def first_view(viewer: User) -> SavedView | None:
    """What the list of firms opens with: one's own choice before that of one's role."""
    views = views_of(viewer)
    own = (view for view in views if view.opens_first and view.owner_id == viewer.id)
    of_role = (view for view in views if view.is_shared and viewer.role.value in view.opens_for)
    return next(own, None) or next(of_role, None)


def view_to_change(view_id: int, viewer: User, may_share: bool) -> SavedView | None:
    """Own views are changed by their owner, shared ones by whoever may share, also when the sharer has left."""
    if not 0 < view_id <= _LARGEST_ID:
        return None
    view = db.session.get(SavedView, view_id)
    return view if view and is_changeable(view, viewer, may_share) else None


def is_changeable(view: SavedView, viewer: User, may_share: bool) -> bool:
    return may_share if view.is_shared else view.owner_id == viewer.id


def shared_view(name: str) -> SavedView | None:
    named = sa.select(SavedView).where(
        SavedView.is_shared, SavedView.archived_at.is_(None), SavedView.name == name.strip()
    )
    return db.session.scalar(named)


def shared_names() -> list[str]:
    shared = sa.select(SavedView.name).where(SavedView.is_shared, SavedView.archived_at.is_(None))
    return [*db.session.scalars(shared.order_by(SavedView.position, SavedView.id))]


def _may_be_seen(viewer: User) -> Any:
    return sa.or_(SavedView.is_shared, SavedView.owner_id == viewer.id)
