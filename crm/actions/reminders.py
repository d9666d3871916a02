"""Reminders: planned once into the database, claimed by one update, sent, and never lost.

At least once: a claim is a lease. A row whose lease ran out may have been sent by a process that died before it could
say so; it is sent again under the same Message-ID and marked as doubtful. Nothing else goes out twice.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from flask_mailman import EmailMultiAlternatives
from sqlalchemy import CursorResult

from crm import clock
from crm.actions.bulk import insert_rows
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.mail import Outcome, connection, send, written
from crm.mail_links import link_path
from crm.models import Heartbeat, Reminder, User
from crm.queries.backups import restored_on
from crm.queries.reminder_rules import rules_in_force
from crm.queries.reminder_stops import stopped_firms
from crm.queries.situations import chief_id, muted, situations
from pipelines.refusals import Refusal
from pipelines.reminders.planning import DueReminder, due
from pipelines.reminders.workdays import is_workday
from pipelines.vocabulary import EventKind, ReminderStatus

CLOCK = "clock"
MAYBE_SENT = "恢复备份之前的提醒，可能已经发过"
_LEASE = timedelta(minutes=5)
_WATCH = timedelta(seconds=90)  # a clock says every minute that it lives
_MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(minutes=1)
_KNOWN_DAYS = timedelta(days=30)  # a reminder is planned ten days late at most
_FIELDS = (
    "key",
    "kind",
    "user_id",
    "planned_on",
    "matter_on",
    "words",
    "path",
    "status",
    "attempts",
    "next_try_at",
    "is_doubtful",
    "error",
)
Asked = Callable[[], bool]


def plan_reminders(today: date) -> str:
    """Twice asked, once planned; what is no longer due stays as it is."""
    begin_exclusive()
    wanted = due(situations(today, stopped_firms(today)), today, chief_id(), muted(), rules_in_force())
    known = set(db.session.scalars(sa.select(Reminder.key).where(Reminder.planned_on >= today - _KNOWN_DAYS)))
    new = {each.key: each for each in wanted if each.key not in known}
    people = {each.to_id for each in new.values()}
    held = len(people) > current_app.config["REMINDER_STORM"]
    restored = restored_on()
    gone = {key for key, each in new.items() if restored and each.planned_on <= restored}
    insert_rows(Reminder, _FIELDS, (_new_row(each, held, key in gone) for key, each in new.items()))
    db.session.commit()
    told = f"，收件人超过 {current_app.config['REMINDER_STORM']} 人，须在发送记录里确认后才发" if held else ""
    told += f"，其中 {len(gone)} 条属于恢复备份之前，须在发送记录里确认后才发" if gone else ""
    return f"已计划 {len(new)} 条提醒，共 {len(people)} 人{told}。"


def deliver_reminders(now: datetime, is_stopping: Asked = lambda: False) -> str:
    """Every person's pending reminders as one mail; between two mails the clock may be told to stop."""
    sent = failed = 0
    _free_lost_claims(now)
    waiting = _waiting(now)
    if not waiting:
        return "没有到时间的提醒。"
    try:
        with connection() as through:
            for user_id in waiting:
                if is_stopping():
                    break
                if not (claimed := _claim(user_id, now)):
                    continue
                outcome = _send(claimed, through)
                _note_outcome(claimed, outcome, clock.now())
                sent, failed = sent + (outcome.error is None), failed + (outcome.error is not None)
                if outcome.is_over:
                    break
    except OSError as error:
        return f"邮件服务器连不上（{error}），{len(waiting)} 人的提醒稍后再发。"
    return f"已发 {sent} 封，未发出 {failed} 封。"


def keep_watch(holder: str, now: datetime) -> bool:
    """The clock says that it lives and does the work; False: another one does, and has not been silent for long."""
    ours = sa.or_(Heartbeat.holder.is_(None), Heartbeat.holder == holder, Heartbeat.at < now - _WATCH)
    taken = sa.update(Heartbeat).where(Heartbeat.name == CLOCK, ours).values(at=now, holder=holder)
    has_it = cast(CursorResult[Any], db.session.execute(taken)).rowcount == 1
    if not has_it and db.session.get(Heartbeat, CLOCK) is None:
        db.session.add(Heartbeat(name=CLOCK, at=now, holder=holder))
        has_it = True
    try:
        db.session.commit()
    except sa.exc.IntegrityError:  # another clock was first
        db.session.rollback()
        return False
    return has_it


def release_held(by: Author) -> int:
    """A storm that somebody has looked at goes out."""
    return _move(ReminderStatus.HELD, ReminderStatus.PENDING, by, "确认发送")


def cancel_held(by: Author) -> int:
    return _move(ReminderStatus.HELD, ReminderStatus.CANCELLED, by, "不发")


def hold_after_restore() -> int:
    """Step of a restore: what was waiting when the backup was made may have gone out since; somebody looks first."""
    waiting = sa.update(Reminder).where(Reminder.status.in_((ReminderStatus.PENDING, ReminderStatus.SENDING)))
    held = waiting.values(status=ReminderStatus.HELD, lease_until=None, error=MAYBE_SENT)
    return cast(CursorResult[Any], db.session.execute(held)).rowcount


def resend(reminder_id: int, by: Author) -> None:
    begin_exclusive()
    db.session.expire_all()
    reminder = db.session.get(Reminder, reminder_id)
    if reminder is None or reminder.status not in (ReminderStatus.FAILED, ReminderStatus.CANCELLED):
        raise Refusal("只有发送失败或不发的提醒可以重发。")
    reminder.status, reminder.attempts, reminder.error = ReminderStatus.PENDING, 0, None
    reminder.next_try_at = clock.now()
    record_event(EventKind.REMINDERS_RELEASED, by, None, {"subject": "重发", "count": 1})
    db.session.commit()


def send_test_mail(to: str) -> None:
    """Raises Refusal with what the server said."""
    message_id = f"{uuid4().hex}@{_domain()}"
    try:
        with connection() as through:
            outcome = send("test", to, message_id, through, now=clock.now())
    except OSError as error:
        raise Refusal(f"邮件服务器连不上：{error}。请核对服务器地址、端口和网络。") from error
    if outcome.error:
        raise Refusal(f"没有发出去，服务器说：{outcome.error}")


def as_mail(user: User, due: Sequence[DueReminder]) -> EmailMultiAlternatives:
    """What a person would be sent of these; nothing is planned and nothing goes out."""
    told = [
        Reminder(id=number, kind=each.kind, matter_on=each.on, words=each.words, path=each.path)
        for number, each in enumerate(due)
    ]
    values = {
        "user": user,
        "reminders": told,
        "base": current_app.config["BASE_URL"],
        "links": {r.id: None for r in told},
    }
    return written("digest", user.email or "", f"preview@{_domain()}", None, **values)


def _new_row(each: DueReminder, is_held: bool, may_be_sent: bool) -> list[object]:
    """may_be_sent: the database came out of a backup made before it was planned, and has forgotten."""
    status = ReminderStatus.HELD if is_held or may_be_sent else ReminderStatus.PENDING
    return [*_row(each), status, 0, clock.now(), False, MAYBE_SENT if may_be_sent else None]


def _row(each: DueReminder) -> list[object]:
    return [each.key, each.kind, each.to_id, each.planned_on, each.on, each.words[:300], each.path[:200]]


def _free_lost_claims(now: datetime) -> None:
    """Whoever held them is gone; they may have been sent."""
    lost = sa.update(Reminder).where(Reminder.status == ReminderStatus.SENDING, Reminder.lease_until < now)
    db.session.execute(lost.values(status=ReminderStatus.PENDING, lease_until=None, is_doubtful=True))
    db.session.commit()


def _waiting(now: datetime) -> list[int]:
    """People with something to be told now; one look into an index when there is nobody."""
    ripe = sa.select(Reminder.user_id).where(Reminder.status == ReminderStatus.PENDING, Reminder.next_try_at <= now)
    people = list(db.session.scalars(ripe.distinct().order_by(Reminder.user_id)))
    db.session.commit()
    return people


def _claim(user_id: int, now: datetime) -> Sequence[Reminder]:
    """One update that only one can win. A doubtful mail is sent again as it was, for its Message-ID to be the same."""
    token = uuid4().hex
    ripe = sa.and_(Reminder.user_id == user_id, Reminder.status == ReminderStatus.PENDING, Reminder.next_try_at <= now)
    doubtful = db.session.scalar(sa.select(Reminder.mail).where(ripe, Reminder.is_doubtful).limit(1))
    mine = sa.and_(ripe, Reminder.mail == doubtful if doubtful else ~Reminder.is_doubtful)
    values = {"status": ReminderStatus.SENDING, "lease_until": clock.now() + _LEASE, "mail": token}
    db.session.execute(sa.update(Reminder).where(mine).values(**values, attempts=Reminder.attempts + 1))
    claimed = db.session.scalars(sa.select(Reminder).where(Reminder.mail == token).order_by(Reminder.key)).all()
    message_id = f"{_digest(claimed)}@{_domain()}"
    for each in claimed:
        each.message_id = message_id
    db.session.commit()
    return claimed


def _send(claimed: Sequence[Reminder], through: object) -> Outcome:
    user = db.session.get_one(User, claimed[0].user_id)
    if not user.active:
        return Outcome("账号已停用", is_permanent=True)
    if not user.email:
        return Outcome("没有登记邮箱", is_permanent=True)
    for each in claimed:
        each.address = user.email
    base = current_app.config["BASE_URL"]
    links = {each.id: link_path(each.id, each.kind) for each in claimed}
    values = {"user": user, "reminders": claimed, "base": base, "links": links}
    return send("digest", user.email, claimed[0].message_id or "", through, **values)


def _note_outcome(claimed: Sequence[Reminder], outcome: Outcome, now: datetime) -> None:
    for each in claimed:
        each.lease_until, each.error = None, outcome.error
        if outcome.error is None:
            each.status, each.sent_at = ReminderStatus.SENT, now
        elif outcome.is_permanent or each.attempts >= _MOST_ATTEMPTS:
            each.status = ReminderStatus.FAILED
        else:
            each.status, each.next_try_at = ReminderStatus.PENDING, now + _FIRST_WAIT * 2 ** (each.attempts - 1)
    db.session.commit()


def _digest(claimed: Sequence[Reminder]) -> str:
    return hashlib.sha256("\n".join(each.key for each in claimed).encode()).hexdigest()[:32]


def _domain() -> str:
    sender = re.sub(r"[<>]", "", current_app.config["MAIL_DEFAULT_SENDER"])
    return sender.rpartition("@")[2].strip() or "localhost"


def _move(before: ReminderStatus, after: ReminderStatus, by: Author, words: str) -> int:
    begin_exclusive()
    held = list(db.session.scalars(sa.select(Reminder.id).where(Reminder.status == before)))
    if not held:
        raise Refusal("没有等待确认的提醒。")
    moved = sa.update(Reminder).where(Reminder.status == before)
    db.session.execute(moved.values(status=after, next_try_at=clock.now()))
    record_event(EventKind.REMINDERS_RELEASED, by, None, {"subject": words, "count": len(held)})
    db.session.commit()
    return len(held)


def is_quiet(now: datetime) -> bool:
    """Mail goes out on working days in office hours only."""
    local = now.astimezone(clock.OFFICE_ZONE)
    first, last = current_app.config["REMINDER_HOURS"]
    return not is_workday(local.date()) or not first <= local.hour < last
