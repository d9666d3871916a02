"""An import taken back: what it entered goes, what it changed is as it was, what was edited since is left and told."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import insert_rows
from crm.actions.evaluations import evaluate_import
from crm.actions.events import Author, note_events, record_event
from crm.actions.import_plans import no_collection
from crm.actions.later_deeds import later_deeds
from crm.actions.project_partners import link_partners
from crm.actions.reversals import Reversal, reversal_of, told_reversal, write_reversal
from crm.actions.rounds import firm_rounds
from crm.actions.row_images import firms_of_deed, forget_images, images_of
from crm.actions.standing_rows import among
from crm.actions.standings import refresh_standings
from crm.actions.tasks import Progress, unwatched, work
from crm.clock import OFFICE_ZONE
from crm.extensions import begin_exclusive, db
from crm.models import Event, Firm, ImportBatch, User
from crm.queries.scope import visible_townships
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, ImportKind, ImportStatus, RowOutcome, TaskKind

IMAGES_KEPT = timedelta(days=180)
_FIRMS_A_ROUND = 1000
_OUT_OF_REACH = "已不在您的辖区"


@dataclass(frozen=True)
class LeftFirm:
    """A firm with something in it that was edited since. can_be_forced: the officer may take that back as well."""

    firm_id: int
    name: str
    why: str
    can_be_forced: bool


@dataclass(frozen=True)
class Undoing:
    """What the undo comes to: firms it takes away, firms it sets back, firms in which it leaves something."""

    removed: int
    restored: int
    left: tuple[LeftFirm, ...]

    @property
    def changes_something(self) -> bool:
        return bool(self.removed or self.restored)


@no_collection()
def undoing_of(batch: ImportBatch, viewer: User | None) -> Undoing:
    """As of now, without writing anything."""
    _refuse_unless_applied(batch)
    tally = _Tally()
    for reversal in _rounds(batch, (), viewer):
        tally.add(reversal)
    return tally.undoing(batch)


@no_collection()
def undo_import(batch_id: int, forced: Collection[int], by: Author, progress: Progress = unwatched) -> ImportBatch:
    """One transaction. forced: firms in which later edits are taken back, too."""
    begin_exclusive()
    batch = db.session.get_one(ImportBatch, batch_id, populate_existing=True)
    _refuse_unless_applied(batch)
    viewer = db.session.get(User, by.user_id) if by.user_id else None
    author, now = replace(by, through=f"import:{batch.id}"), clock.now()
    total, tally = len(firms_of_deed(_deed(batch))), _Tally()
    for number, reversal in enumerate(_rounds(batch, forced, viewer), start=1):
        _write_events(reversal, batch, author, now)
        write_reversal(reversal, now)
        if batch.kind in (ImportKind.PROJECT, ImportKind.SEVERAL):
            link_partners(reversal.touched - reversal.new_firms)
        refresh_standings(reversal.touched - reversal.new_firms, clock.today())
        tally.add(reversal)
        progress(min(number * _FIRMS_A_ROUND, total), total)
    forget_images(_deed(batch))
    undoing = tally.undoing(batch)
    batch.status, batch.undone_at, batch.undone_by = ImportStatus.UNDONE, now, by.name
    left = [[each.firm_id, each.name, each.why] for each in undoing.left]
    batch.undone = {"removed": undoing.removed, "restored": undoing.restored, "left": left}
    about = {"batch": batch.id, "file_name": batch.file_name, "sha256": batch.sha256}
    counts = {"removed": undoing.removed, "restored": undoing.restored, "left": len(left)}
    record_event(EventKind.IMPORT_UNDONE, author, None, about | {"undone": counts})
    db.session.commit()
    return batch


@work(TaskKind.UNDO_IMPORT)
def _undo(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    batch = undo_import(arguments["batch_id"], arguments["forced"], by, progress)
    evaluate_import(batch.id, clock.today(), progress)
    return "已撤销这次导入。"


def _refuse_unless_applied(batch: ImportBatch) -> None:
    if batch.status is ImportStatus.UNDONE and batch.undone_at:
        at = batch.undone_at.astimezone(OFFICE_ZONE)
        raise Refusal(f"这次导入已由{batch.undone_by}于 {at:%Y-%m-%d %H:%M} 撤销，不必再撤销一次。")
    if batch.status is not ImportStatus.APPLIED:
        raise Refusal("这次导入没有写入过数据，无须撤销。")
    wrote = any(batch.counts.get(outcome) for outcome in (RowOutcome.CREATE, RowOutcome.UPDATE))
    if wrote and not firms_of_deed(_deed(batch)):
        raise Refusal(
            f"系统没有留下这次导入的原值（原值保留 {IMAGES_KEPT.days} 天），不能整批撤销。"
            "请在企业的动态里查看原值，逐家改回。"
        )


def _deed(batch: ImportBatch) -> str:
    return f"import:{batch.id}"


def _rounds(batch: ImportBatch, forced: Collection[int], viewer: User | None) -> Iterator[Reversal]:
    reach, chosen = visible_townships(viewer), set(forced)
    for firm_ids in firm_rounds(firms_of_deed(_deed(batch)), _FIRMS_A_ROUND):
        outside = _outside(firm_ids, reach)
        images = [image for image in images_of(_deed(batch), firm_ids) if image.firm_id not in outside]
        later = later_deeds(firm_ids, batch.applied_at, _deed(batch))
        words = {firm_id: [f"又{deed.kind.label}" for deed in deeds] for firm_id, deeds in later.items()}
        reversal = reversal_of(images, chosen, later=words)
        for firm_id in outside:
            reversal.leave(firm_id, [_OUT_OF_REACH])
        yield reversal


def _outside(firm_ids: Sequence[int], reach: frozenset[int] | None) -> set[int]:
    """Firms that have moved out of the officer's area since."""
    if reach is None:
        return set()
    homes = sa.select(Firm.id, Firm.township_id).where(among(Firm.id, firm_ids))
    return {firm_id for firm_id, home in db.session.execute(homes) if home not in reach}


@dataclass
class _Tally:
    """What the rounds came to, without keeping their rows."""

    removed: int = 0
    restored: int = 0
    left: dict[int, list[str]] = field(default_factory=dict)
    entered: set[int] = field(default_factory=set)

    def add(self, reversal: Reversal) -> None:
        self.removed += len(reversal.new_firms)
        self.restored += len(reversal.touched - reversal.new_firms)
        self.left |= reversal.left
        self.entered |= reversal.kept_firms

    def undoing(self, batch: ImportBatch) -> Undoing:
        return Undoing(self.removed, self.restored, tuple(_told_left(self.left, self.entered, batch)))


def _told_left(left: dict[int, list[str]], entered: set[int], batch: ImportBatch) -> Iterator[LeftFirm]:
    names, writers = _names(left), _last_writers(left, batch)
    for firm_id, words in sorted(left.items()):
        if words == [_OUT_OF_REACH]:
            yield LeftFirm(firm_id, "一家企业", _OUT_OF_REACH, can_be_forced=False)
            continue
        stays = "，本次新增的这家企业保留" if firm_id in entered else ""
        why = f"导入后{'、'.join(words)}{writers.get(firm_id, '')}{stays}"
        yield LeftFirm(firm_id, names.get(firm_id, "（已不在库）"), why, firm_id not in entered and firm_id in names)


def _names(left: Collection[int]) -> dict[int, str]:
    return {
        firm_id: name
        for some in firm_rounds(left, _FIRMS_A_ROUND)
        for firm_id, name in db.session.execute(sa.select(Firm.id, Firm.name).where(among(Firm.id, some)))
    }


def _last_writers(left: Collection[int], batch: ImportBatch) -> dict[int, str]:
    """Who did something to each firm last, after the import: （王科员 11-27 10:02）."""
    return {
        firm_id: f"（{deeds[-1].by_name} {deeds[-1].at.astimezone(OFFICE_ZONE):%m-%d %H:%M}）"
        for some in firm_rounds(left, _FIRMS_A_ROUND)
        for firm_id, deeds in later_deeds(some, batch.applied_at, _deed(batch)).items()
    }


def _write_events(reversal: Reversal, batch: ImportBatch, by: Author, now: datetime) -> None:
    """Before the rows are written: what they said is still there to be told."""
    note_events()
    changes = told_reversal(reversal)
    insert_rows(
        Event,
        ["at", "kind", "firm_id", "by_id", "by_name", "through", "particulars"],
        (
            [now, EventKind.IMPORT_UNDONE, firm_id, by.user_id, by.name, by.through,
             {"batch": batch.id, "file_name": batch.file_name, "changes": changes.get(firm_id, [])}]
            for firm_id in sorted(reversal.touched)
        ),
    )  # fmt: skip
