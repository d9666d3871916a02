"""Views of the list of firms: kept, renamed, shared, ordered, put away and taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Changes, first_values, write
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import SavedView
from crm.queries.firm_filter import VIEWS
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Role

_MANY_AT_MOST = 30  # own ones, and as many shared ones: a row of tabs is read, not searched


def save_view(owner_id: int, name: str, args: Mapping[str, str], is_shared: bool, by: Author) -> SavedView:
    begin_exclusive()
    beside = _beside(owner_id, is_shared)
    if len(beside) >= _MANY_AT_MOST:
        whose = "共享的" if is_shared else "自己的"
        raise Refusal(f"{whose}视图已有 {_MANY_AT_MOST} 个，请先作废不再使用的，再保存新的。")
    view = SavedView(owner_id=owner_id, name=name, args=dict(args), is_shared=is_shared, position=_last(beside) + 1)
    _refuse_twin(view)
    db.session.add(view)
    db.session.flush()
    _trace(view, EventKind.VIEW_SAVED, by, first_values(_told(view)))
    db.session.commit()
    return view


def update_view(view_id: int, values: Mapping[str, Any], by: Author) -> SavedView:
    """Its name, whom it is shared with and whose list begins with it."""
    view = _for_change(view_id)
    before = _told(view)
    if values["is_shared"] is not view.is_shared:
        view.position = _last(_beside(view.owner_id, values["is_shared"])) + 1
    write(view, values)
    with db.session.no_autoflush:
        _refuse_twin(view)
    _take_from_others(view)
    _leave(view, before, by)
    return view


def update_state(view_id: int, args: Mapping[str, str], seen_version: int, by: Author) -> SavedView:
    """What the list shows now becomes the view; not over somebody else's change of a shared one."""
    view = _for_change(view_id)
    if view.version != seen_version:
        raise Refusal(f"“{view.name}”刚刚由他人更新，未作修改。请点开该视图看一看，需要时再更新或另存。")
    before = _told(view)
    view.args = dict(args)
    _leave(view, before, by)
    return view


def move_view(view_id: int, step: int, by: Author) -> None:
    """One place on or back among those it stands beside; at the end it stays."""
    view = _for_change(view_id)
    beside = _beside(view.owner_id, view.is_shared)
    here = beside.index(view)
    there = min(max(here + step, 0), len(beside) - 1)
    beside.insert(there, beside.pop(here))
    for position, each in enumerate(beside):
        each.position = position
    if there != here:
        _trace(view, EventKind.VIEW_SAVED, by, ({"field": "position", "old": here + 1, "new": there + 1},))
    db.session.commit()


def archive_view(view_id: int, by: Author) -> SavedView:
    view = _for_change(view_id)
    view.archived_at = clock.now()
    _trace(view, EventKind.VIEW_ARCHIVED, by)
    db.session.commit()
    return view


def restore_view(view_id: int, by: Author) -> SavedView:
    view = _locked(view_id)
    if view.archived_at is None:
        raise Refusal(f"“{view.name}”没有作废，无需恢复。")
    view.archived_at = None
    with db.session.no_autoflush:
        _refuse_twin(view)
        _take_from_others(view)
    _trace(view, EventKind.VIEW_RESTORED, by)
    db.session.commit()
    return view


def _locked(view_id: int) -> SavedView:
    begin_exclusive()
    db.session.expire_all()
    return db.session.get_one(SavedView, view_id)


def _for_change(view_id: int) -> SavedView:
    view = _locked(view_id)
    if view.archived_at:
        raise Refusal(f"“{view.name}”已作废，请先恢复再修改。")
    return view


def _beside(owner_id: int, is_shared: bool) -> list[SavedView]:
    """Those a view stands among: all shared ones, or one person's own, in their order."""
    whose = SavedView.is_shared if is_shared else sa.and_(SavedView.owner_id == owner_id, ~SavedView.is_shared)
    found = sa.select(SavedView).where(whose, SavedView.archived_at.is_(None))
    return [*db.session.scalars(found.order_by(SavedView.position, SavedView.id))]


def _last(views: Sequence[SavedView]) -> int:
    return max((view.position for view in views), default=-1)


def _refuse_twin(view: SavedView) -> None:
    beside = [each for each in _beside(view.owner_id, view.is_shared) if each is not view]
    taken = {words for words, _ in VIEWS.values()} | {*VIEWS} | {each.name for each in beside}
    if view.name in taken:
        raise Refusal(f"已有名为“{view.name}”的视图，请换一个名称。")


def _take_from_others(view: SavedView) -> None:
    """A list begins with one view: the newest choice holds."""
    if not view.is_shared:
        view.opens_for = []
    if view.opens_first:
        others = sa.select(SavedView).where(SavedView.owner_id == view.owner_id, SavedView.id != view.id)
        for other in db.session.scalars(others.where(SavedView.opens_first)):
            other.opens_first = False
    if view.opens_for:
        shared = sa.select(SavedView).where(SavedView.is_shared, SavedView.id != view.id)
        for other in db.session.scalars(shared):
            if kept := [role for role in other.opens_for if role not in view.opens_for]:
                other.opens_for = kept
            elif other.opens_for:
                other.opens_for = []


def _told(view: SavedView) -> dict[str, Any]:
    """The view as events keep it."""
    return {
        "name": view.name,
        "conditions": "&".join(f"{name}={text}" for name, text in view.args.items()) or None,
        "is_shared": view.is_shared,
        "opens_first": view.opens_first,
        "opens_for": "、".join(Role(role).label for role in view.opens_for) or None,
    }


def _leave(view: SavedView, before: Mapping[str, Any], by: Author) -> None:
    changes = tuple(
        {"field": name, "old": before[name], "new": value}
        for name, value in _told(view).items()
        if value != before[name]
    )
    if changes:
        _trace(view, EventKind.VIEW_SAVED, by, changes)
    db.session.commit()


def _trace(view: SavedView, kind: EventKind, by: Author, changes: Changes = ()) -> None:
    record_event(kind, by, None, {"subject": view.name, "subject_id": view.id, "changes": list(changes)})
