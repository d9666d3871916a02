"""Deeds on candidacies: opened, moved from stage to stage, moved many at a time and back again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Opened, Saving, compare_and_write, first_values, leave_trace, row_for_change
from crm.actions.events import Author, record_event
from crm.actions.standings import refresh_standings
from crm.extensions import begin_exclusive, db
from crm.models import Campaign, Candidacy, Firm, Recognition, StageMove, User
from crm.queries.candidacies import situation_of
from pipelines.funnel.stages import ENDED, check, check_result
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Stage, Title

_REFERENCES: dict[str, Any] = {"campaign_id": Campaign, "owner_id": User}


@dataclass(frozen=True)
class Certificate:
    """What 认定 writes down as the firm's title."""

    recognized_on: date
    certificate_no: str | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Moved:
    """What a move of many came to: deed is what undoes it; refused: firm, and why it stayed."""

    deed: str
    moved: int
    refused: tuple[tuple[str, str], ...]


def open_candidacies(firm_ids: Iterable[int], values: Mapping[str, Any], by: Author) -> Moved:
    """Each firm gets one in the stage 培育库; who has one open for that title already is told and stays as it is."""
    begin_exclusive()
    db.session.expire_all()
    deed, opened, refused = uuid4().hex, list[int](), []
    for firm in _firms(firm_ids):
        if why := _why_not(firm, values["target"]):
            refused.append((firm.name, why))
            continue
        _open(firm.id, values, deed, by)
        opened.append(firm.id)
    refresh_standings(opened, clock.today())
    db.session.commit()
    return Moved(deed, len(opened), tuple(refused))


def update_candidacy(candidacy_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    candidacy = _for_change(candidacy_id)
    saving = compare_and_write(candidacy, values, opened)
    if saving.changes:
        changes = [_by_name(change) for change in saving.changes]
        about = {"subject": candidacy.target.label, "subject_id": candidacy.id, "changes": changes}
        record_event(EventKind.CANDIDACY_SAVED, by, candidacy.firm_id, about)
    db.session.commit()
    return saving


def move_stage(
    candidacy_id: int, to: Stage, moved_on: date, reason: str | None, by: Author, certificate: Certificate | None = None
) -> str:
    """Answers the deed that undoes it. 认定 also writes the title into the register."""
    candidacy = _for_change(candidacy_id)
    deed = uuid4().hex
    _move(candidacy, to, moved_on, reason, deed, by)
    if to is Stage.RECOGNIZED:
        if certificate is None:
            raise Refusal("移至“认定”请填写证书日期。")
        _recognise(candidacy, certificate, by)
    refresh_standings([candidacy.firm_id], clock.today())
    db.session.commit()
    return deed


def move_many(candidacy_ids: Iterable[int], to: Stage, moved_on: date, reason: str | None, by: Author) -> Moved:
    """What may move moves; what may not stays and says why. 认定 asks for a certificate each and is done one by one."""
    if to is Stage.RECOGNIZED:
        raise Refusal("认定要登记证书，请逐家移动，或导入认定名单。")
    begin_exclusive()
    db.session.expire_all()
    deed, moved, refused = uuid4().hex, list[int](), []
    for candidacy_id in candidacy_ids:
        candidacy = db.session.get(Candidacy, candidacy_id)
        if candidacy is None:
            continue
        try:
            _move(candidacy, to, moved_on, reason, deed, by)
        except Refusal as refusal:
            refused.append((candidacy.firm.name, str(refusal)))
        else:
            moved.append(candidacy.firm_id)
    refresh_standings(set(moved), clock.today())
    db.session.commit()
    return Moved(deed, len(moved), tuple(refused))


def follow_result(candidacy: Candidacy, to: Stage, on: date, reason: str, deed: str, by: Author) -> None:
    """An official result that came as a list: in the caller's transaction. Raises Refusal, and nothing has moved."""
    check_result(situation_of(candidacy), to, on)
    _write_move(candidacy, to, on, reason, deed, by)


def begin_renewal(firm_id: int, owner_id: int | None, valid_until: date, deed: str, by: Author) -> None:
    """In the caller's transaction. due_on: the certificate's last day."""
    values = {"target": Title.HIGH_TECH, "owner_id": owner_id, "due_on": valid_until, "is_renewal": True}
    _open(firm_id, values, deed, by)


def undo_moves(deed: str, by: Author) -> int:
    """Take back the moves of one step where nothing has moved on since; answers how many. 认定 is not taken back."""
    begin_exclusive()
    db.session.expire_all()
    moves = db.session.scalars(sa.select(StageMove).filter_by(deed=deed, undone_at=None)).all()
    undone = sum(_undo(move, by) for move in moves)
    of_moves = sa.select(Candidacy.firm_id).where(Candidacy.id.in_({move.candidacy_id for move in moves}))
    refresh_standings(set(db.session.scalars(of_moves)), clock.today())
    db.session.commit()
    if not undone:
        raise Refusal("没有可以撤销的移动：已经撤销过，或之后又有了新的移动。")
    return undone


def _firms(firm_ids: Iterable[int]) -> Sequence[Firm]:
    return db.session.scalars(sa.select(Firm).where(Firm.id.in_(list(firm_ids))).order_by(Firm.id)).all()


def _why_not(firm: Firm, target: Title) -> str | None:
    if firm.archived_at:
        return "该企业已归档。"
    same = sa.select(Candidacy.id).filter_by(firm_id=firm.id, target=target, closed_on=None)
    return f"已有一个未结束的“{target.label}”培育对象。" if db.session.scalar(same) else None


def _open(firm_id: int, values: Mapping[str, Any], deed: str, by: Author) -> None:
    today = clock.today()
    candidacy = Candidacy(
        firm_id=firm_id, stage=Stage.CULTIVATING, stage_since=today, active_on=today, opened_on=today, **values
    )  # fmt: skip
    db.session.add(candidacy)
    db.session.flush()
    _note_move(candidacy, None, today, None, deed, by)
    changes = [_by_name(change) for change in first_values(values) if change["new"] is not False]
    about = {"subject": candidacy.target.label, "subject_id": candidacy.id, "changes": changes}
    record_event(EventKind.CANDIDACY_OPENED, by, firm_id, about)


def _by_name(change: dict[str, Any]) -> dict[str, Any]:
    """An event must be readable when the row it points at is gone."""
    model = _REFERENCES.get(change["field"])
    if model is None:
        return change
    names = {key: db.session.get_one(model, key).name for key in (change["old"], change["new"]) if key}
    return change | {"old": names.get(change["old"]), "new": names.get(change["new"])}


def _for_change(candidacy_id: int) -> Candidacy:
    return row_for_change(Candidacy, candidacy_id, "这个培育对象已不存在。")


def _move(candidacy: Candidacy, to: Stage, moved_on: date, reason: str | None, deed: str, by: Author) -> None:
    check(situation_of(candidacy), to, moved_on, clock.today(), reason)
    if candidacy.closed_on and (why := _why_not(candidacy.firm, candidacy.target)):
        raise Refusal(why)
    _write_move(candidacy, to, moved_on, reason, deed, by)


def _write_move(candidacy: Candidacy, to: Stage, moved_on: date, reason: str | None, deed: str, by: Author) -> None:
    before, since = candidacy.stage, candidacy.stage_since
    candidacy.stage, candidacy.stage_since, candidacy.active_on = to, moved_on, moved_on
    candidacy.closed_on = moved_on if to in ENDED else None
    candidacy.reason = reason if to in ENDED else None
    _note_move(candidacy, before, moved_on, reason, deed, by, since)
    change = {"field": "阶段", "old": before.label, "new": to.label}
    about = {"subject": candidacy.target.label, "subject_id": candidacy.id, "changes": [change]}
    record_event(EventKind.STAGE_MOVED, by, candidacy.firm_id, about | ({"reason": reason} if reason else {}))
    db.session.flush()


def _note_move(
    candidacy: Candidacy, before: Stage | None, moved_on: date, reason: str | None, deed: str, by: Author,
    since: date | None = None,
) -> None:  # fmt: skip
    db.session.add(
        StageMove(
            candidacy_id=candidacy.id, from_stage=before, to_stage=candidacy.stage, moved_on=moved_on,
            before_since=since, reason=reason, deed=deed, by_id=by.user_id, by_name=by.name,
        )
    )  # fmt: skip


def _recognise(candidacy: Candidacy, certificate: Certificate, by: Author) -> None:
    if certificate.recognized_on > clock.today():
        raise Refusal("认定日期不能晚于今天。")
    same = {"firm_id": candidacy.firm_id, "title": candidacy.target, "recognized_on": certificate.recognized_on}
    if db.session.scalar(sa.select(Recognition.id).filter_by(**same)) is None:
        recognition = Recognition(
            **same, certificate_no=certificate.certificate_no, valid_until=certificate.valid_until,
            batch=candidacy.campaign and candidacy.campaign.name[:60], is_renewal=candidacy.is_renewal,
        )  # fmt: skip
        db.session.add(recognition)
        values = {"recognized_on": certificate.recognized_on, "certificate_no": certificate.certificate_no}
        about = {"subject": candidacy.target.label, "changes": list(first_values(values))}
        leave_trace(candidacy.firm_id, EventKind.RECOGNITION_SAVED, by, about)


def _undo(move: StageMove, by: Author) -> bool:
    candidacy = db.session.get_one(Candidacy, move.candidacy_id)
    newest = sa.select(sa.func.max(StageMove.id)).filter_by(candidacy_id=candidacy.id, undone_at=None)
    if db.session.scalar(newest) != move.id or move.to_stage is Stage.RECOGNIZED:
        return False
    if move.from_stage is None:
        candidacy.stage, candidacy.closed_on, candidacy.reason = Stage.ABANDONED, clock.today(), "新建后撤销"
    else:
        candidacy.stage, candidacy.stage_since = move.from_stage, move.before_since or candidacy.stage_since
        candidacy.active_on = candidacy.stage_since
        was_ended = move.from_stage in ENDED
        candidacy.closed_on, candidacy.reason = (candidacy.stage_since, candidacy.reason) if was_ended else (None, None)
    move.undone_at = clock.now()
    change = {"field": "阶段", "old": move.to_stage.label, "new": candidacy.stage.label}
    about = {"subject": candidacy.target.label, "subject_id": candidacy.id, "changes": [change]}
    record_event(EventKind.MOVES_UNDONE, by, candidacy.firm_id, about)
    db.session.flush()
    return True
