"""A deed on many firms taken back: each as it was, but for what somebody has changed since, which is left and told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, first_free_id, insert_rows
from crm.actions.events import Author, note_events, record_event
from crm.actions.import_plans import no_collection
from crm.actions.reversals import Reversal, reversal_of, told_reversal, write_reversal
from crm.actions.rounds import firm_rounds
from crm.actions.row_images import Image, firms_of_deed, forget_images, images_of
from crm.actions.standing_rows import among
from crm.actions.standings import refresh_standings
from crm.actions.tasks import Progress, unwatched, work
from crm.clock import OFFICE_ZONE
from crm.extensions import begin_exclusive, db
from crm.models import BulkDeed, Event, Firm, FirmTag, User
from crm.queries.scope import visible_townships
from pipelines.refusals import Refusal
from pipelines.vocabulary import BulkKind, EventKind, TaskKind

UNDONE_WITHIN = timedelta(days=30)
_FIRMS_A_ROUND = 1000
_TOLD_AT_MOST = 200
_OUT_OF_REACH = "已不在您的辖区，保持现状"
_SINCE = {
    BulkKind.ASSIGN: "之后另换了责任人",
    BulkKind.ARCHIVE: "之后已恢复，或另行归档",
    BulkKind.TAG: "标签之后有变动",
    BulkKind.UNTAG: "之后又加上了该标签",
}


class Left(NamedTuple):
    firm_id: int
    name: str
    why: str


@dataclass
class Undoing:
    """What the undo comes to: how many firms it sets back, how many it leaves; of those the first, with the reason."""

    restored: int = 0
    left_count: int = 0
    left: list[Left] = field(default_factory=list)

    def add(self, reversal: Reversal, why: str, outside: set[int]) -> None:
        self.restored += len(reversal.touched)
        self.left_count += len(reversal.left)
        some = sorted(reversal.left)[: _TOLD_AT_MOST - len(self.left)]
        names = dict(db.session.execute(sa.select(Firm.id, Firm.name).where(Firm.id.in_(some))).all()) if some else {}
        for each in some:
            is_outside = each in outside
            name = "一家企业" if is_outside else names.get(each, "（已不在库）")
            self.left.append(Left(each, name, _OUT_OF_REACH if is_outside else why))


@no_collection()
def undoing_of(done: BulkDeed, viewer: User | None) -> Undoing:
    """As of now, without writing anything."""
    _refuse_unless_undoable(done)
    undoing = Undoing()
    for reversal, outside in _rounds(done, viewer):
        undoing.add(reversal, _SINCE[done.kind], outside)
    return undoing


@no_collection()
def undo_bulk_deed(bulk_deed_id: int, by: Author, progress: Progress = unwatched) -> BulkDeed:
    begin_exclusive()
    db.session.expire_all()
    done = db.session.get_one(BulkDeed, bulk_deed_id)
    _refuse_unless_undoable(done)
    viewer = db.session.get(User, by.user_id) if by.user_id else None
    author, now, undoing = replace(by, through=done.deed), clock.now(), Undoing()
    for number, (reversal, outside) in enumerate(_rounds(done, viewer), start=1):
        undoing.add(reversal, _SINCE[done.kind], outside)
        _write_events(done, reversal, author, now)
        write_reversal(reversal, now)
        refresh_standings(reversal.touched, clock.today())
        progress(min(number * _FIRMS_A_ROUND, done.changed), done.changed)
    catch_up_sequence(FirmTag)
    forget_images(done.deed)
    db.session.expire_all()
    done.undone_at, done.undone_by, done.restored = now, by.name, undoing.restored
    done.left_as_is = [[*each] for each in undoing.left]
    counts = {"restored": undoing.restored, "left": undoing.left_count}
    about = {"subject": f"{done.kind.label}：{done.subject}", "bulk": done.id, "counts": counts}
    record_event(EventKind.BULK_UNDONE, author, None, about)
    db.session.commit()
    return done


@work(TaskKind.UNDO_BULK)
def _undo(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    return told_undone(undo_bulk_deed(arguments["bulk_deed_id"], by, progress))


def told_undone(done: BulkDeed) -> str:
    return f"已撤销，恢复 {done.restored:,} 家。"


def _refuse_unless_undoable(done: BulkDeed) -> None:
    if done.undone_at:
        at = done.undone_at.astimezone(OFFICE_ZONE)
        raise Refusal(f"这次批量办理已由{done.undone_by}于 {at:%Y-%m-%d %H:%M} 撤销，不必再撤销一次。")
    if clock.now() - done.made_at > UNDONE_WITHIN:
        raise Refusal(f"批量办理已超过 {UNDONE_WITHIN.days} 天，不能再整批撤销。请在企业的动态里查看原值，逐家改回。")
    if not done.changed:
        raise Refusal("这次批量办理没有改动任何企业，无须撤销。")


def _rounds(done: BulkDeed, viewer: User | None) -> Iterator[tuple[Reversal, set[int]]]:
    """Each with the firms that have moved out of the officer's area since."""
    reach = visible_townships(viewer)
    for firm_ids in firm_rounds(firms_of_deed(done.deed), _FIRMS_A_ROUND):
        outside = set[int]() if reach is None else _outside(firm_ids, reach)
        images = [image for image in images_of(done.deed, firm_ids) if image.firm_id not in outside]
        if done.kind is BulkKind.TAG:
            images = _as_tags_stand(images)
        twice = _given_again(images) if done.kind is BulkKind.UNTAG else set[int]()
        yield _whole_firms([image for image in images if image.firm_id not in twice], twice | outside), outside


def _whole_firms(images: Sequence[Image], left: set[int]) -> Reversal:
    """A firm goes back as a whole or not at all."""
    left = left | reversal_of(images).left.keys()
    reversal = reversal_of(_renumbered([image for image in images if image.firm_id not in left]))
    for firm_id in left:
        reversal.leave(firm_id, ["保持现状"])
    return reversal


def _outside(firm_ids: Sequence[int], reach: frozenset[int]) -> set[int]:
    homes = db.session.execute(sa.select(Firm.id, Firm.township_id).where(among(Firm.id, firm_ids)))
    return {firm_id for firm_id, home in homes if home not in reach}


def _as_tags_stand(images: Sequence[Image]) -> list[Image]:
    """A tag that was taken from a firm and given again since is the same tag, though its row has another number."""
    given = [(image, image.after) for image in images if isinstance(image.after, dict)]
    firms, tags = sorted({image.firm_id for image in images}), {after["tag_id"] for _, after in given}
    rows = sa.select(FirmTag.firm_id, FirmTag.tag_id, FirmTag.id).where(FirmTag.tag_id.in_(tags))
    standing = {(firm_id, tag_id): (key,) for firm_id, tag_id, key in _of_firms(rows, firms)}
    return [image._replace(key=standing.get((after["firm_id"], after["tag_id"]), image.key)) for image, after in given]


def _given_again(images: Sequence[Image]) -> set[int]:
    """Firms that have the tag again which the deed took from them."""
    taken = {image.firm_id for image in images}
    tags = {image.before["tag_id"] for image in images if image.before}
    again = sa.select(FirmTag.firm_id).where(FirmTag.tag_id.in_(tags))
    return {firm_id for (firm_id,) in _of_firms(again, sorted(taken))} & taken


def _of_firms(rows: Any, firm_ids: Sequence[int]) -> Sequence[Any]:
    return db.session.execute(rows.where(among(FirmTag.firm_id, firm_ids))).all() if firm_ids else ()


def _renumbered(images: Sequence[Image]) -> list[Image]:
    """A tag that comes back gets a number of its own where its old one has been given to another row since."""
    keys = [image.key[0] for image in images if image.after is None]
    taken = set(db.session.scalars(sa.select(FirmTag.id).where(among(FirmTag.id, sorted(keys))))) if keys else set()
    free = max(first_free_id(FirmTag), *keys, 0) + 1
    return [
        image._replace(key=(free + place,), before=image.before | {"id": free + place})
        if image.before is not None and image.after is None and image.key[0] in taken
        else image
        for place, image in enumerate(images)
    ]


def _write_events(done: BulkDeed, reversal: Reversal, by: Author, now: datetime) -> None:
    """Before the rows are written: what they said is still there to be told."""
    note_events()
    changes = told_reversal(reversal)
    if done.kind in (BulkKind.TAG, BulkKind.UNTAG):
        old, new = (done.subject, None) if done.kind is BulkKind.TAG else (None, done.subject)
        changes = dict.fromkeys(reversal.touched, [{"field": "tag.tags", "old": old, "new": new}])
    insert_rows(
        Event,
        ["at", "kind", "firm_id", "by_id", "by_name", "through", "address", "particulars"],
        (
            [now, EventKind.BULK_UNDONE, firm_id, by.user_id, by.name, by.through, by.address,
             {"changes": changes.get(firm_id, [])}]
            for firm_id in sorted(reversal.touched)
        ),
    )  # fmt: skip
