"""Reminders: planned once into the database, claimed together, sent one by one, and never lost.

At least once: a claim is a lease. What became of each mail is committed before the next one is handed over, so a
process that dies leaves one mail that may have been sent: the first of its claim that has no outcome. On SQLite these
commits do not wait for the disk, so a power cut may leave all of one claim; the token of a claim tells since which
start of the machine it was held. A server that goes away without an answer leaves one, too. What may have been sent is
sent again under the same Message-ID and marked as doubtful. Nothing else goes out twice.
"""

import hashlib
import re
import smtplib
import ssl
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple, cast
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import CursorResult

from crm import clock
from crm.actions.bulk import insert_rows, update_rows
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db, swift_connection
from crm.mail import Letter, Outcome, connection, hand_over, letter, send, write
from crm.mail_links import link_path
from crm.models import Heartbeat, Reminder, User
from crm.queries.backups import restored_on
from crm.queries.reminder_rechecks import as_kept, rechecked
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
_HOLD = timedelta(seconds=30)  # so long a claim is worked at before the rest is looked at anew
_AT_ONCE = 100  # people claimed together
_BOOT, _CLAIM_OF = 8, 24  # of a token: the start of the machine and the claim; what follows is the turn of the mail
_WATCH = timedelta(seconds=90)  # a clock says every minute that it lives
_MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(minutes=1)
_WAIT_FOR_A_PERSON = timedelta(minutes=20)
_WRONG_SETTINGS = (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLError)
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
_ROWS = cast(sa.Table, Reminder.__table__)
_OF_THE_MAIL = (
    "id",
    "key",
    "kind",
    "user_id",
    "matter_on",
    "words",
    "path",
    "status",
    "attempts",
    "mail",
    "is_doubtful",
)
# Pending and due, or claimed by somebody who has been silent for longer than a lease.
_IS_RIPE = sa.and_(
    Reminder.status.in_((ReminderStatus.PENDING, ReminderStatus.SENDING)), Reminder.next_try_at <= sa.bindparam("now")
)
_WAITING = sa.select(Reminder.user_id, Reminder.id, Reminder.status, Reminder.mail).where(_IS_RIPE)
# What may have been accepted goes out again as it was; anything else may still change.
_NEVER_ACCEPTED = sa.and_(Reminder.status == ReminderStatus.PENDING, Reminder.is_doubtful.is_(False))
_TO_RECHECK = sa.select(
    *(_ROWS.c[name] for name in ("id", "key", "kind", "user_id", "matter_on", "words", "path"))
).where(_NEVER_ACCEPTED, Reminder.next_try_at <= sa.bindparam("now"))
_OF_ONE = sa.update(_ROWS).where(_ROWS.c.id == sa.bindparam("one"), _NEVER_ACCEPTED)
_SKIP = _OF_ONE.values(status=ReminderStatus.SKIPPED, error=sa.bindparam("why"))
_REWORD = _OF_ONE.values(words=sa.bindparam("told"), path=sa.bindparam("leads_to"))
_TO_CLAIM = (
    sa.select(*(_ROWS.c[name] for name in _OF_THE_MAIL), User.name, User.email, User.active)
    .join(User, User.id == Reminder.user_id)
    .where(Reminder.id.in_(sa.bindparam("ids", expanding=True)), _IS_RIPE)
    .order_by(Reminder.key)
)
_ACCEPTED = (
    sa.update(_ROWS)
    .where(_ROWS.c.mail == sa.bindparam("token"))
    .values(
        status=ReminderStatus.SENT,
        attempts=_ROWS.c.attempts + 1,
        sent_at=sa.bindparam("at"),
        address=sa.bindparam("to"),
        error=None,
    )
)
Asked = Callable[[], bool]


class _Mail(NamedTuple):
    """Claimed reminders of one person. token: of this claim; message_id: of these reminders, whoever claims them."""

    token: str
    message_id: str
    reminders: Sequence[Any]

    @property
    def address(self) -> str:
        return self.reminders[0].email


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
    waiting = _waiting(now)
    if not waiting:
        return "没有到时间的提醒。"
    people, outcomes = len(waiting), list[Outcome]()
    try:
        with connection() as through, swift_connection() as notes:
            skipped = _skip_what_fell_away(now)
            while waiting and not is_stopping() and not (outcomes and outcomes[-1].is_over):
                claimed = _claim([waiting.popleft() for _ in range(min(_AT_ONCE, len(waiting)))], now)
                outcomes += (tried := _send_each(claimed, through, notes, is_stopping))
                waiting.extendleft(_give_back(claimed[len(tried) :], now))
    except _WRONG_SETTINGS as error:
        return _put_off(error, now)
    except OSError as error:
        return f"邮件服务器连不上（{error}），{people} 人的提醒稍后再发。"
    sent = sum(each.error is None for each in outcomes)
    told = f"，情况已变、跳过 {skipped} 条" if skipped else ""
    return f"已发 {sent} 封，未发出 {len(outcomes) - sent} 封{told}。"


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
    held = waiting.values(status=ReminderStatus.HELD, error=MAYBE_SENT)
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


def as_mail(user: User, due: Sequence[DueReminder]) -> Letter:
    """What a person would be sent of these; nothing is planned and nothing goes out."""
    told = [
        Reminder(id=number, kind=each.kind, matter_on=each.on, words=each.words, path=each.path)
        for number, each in enumerate(due)
    ]
    return letter("digest", **_values(user, told, dict.fromkeys(range(len(told)))))


def _new_row(each: DueReminder, is_held: bool, may_be_sent: bool) -> list[object]:
    """may_be_sent: the database came out of a backup made before it was planned, and has forgotten."""
    status = ReminderStatus.HELD if is_held or may_be_sent else ReminderStatus.PENDING
    return [*_row(each), status, 0, clock.now(), False, MAYBE_SENT if may_be_sent else None]


def _row(each: DueReminder) -> list[object]:
    return [each.key, each.kind, each.to_id, each.planned_on, each.on, *as_kept(each)]


def _waiting(now: datetime) -> deque[list[int]]:
    """The reminders of each person with something to be told now; one look into an index when there is nobody."""
    people, lost = defaultdict[int, list[int]](list), set[str]()
    for user_id, reminder_id, status, token in db.session.execute(_WAITING, {"now": now}):
        people[user_id].append(reminder_id)
        if status is ReminderStatus.SENDING and token:
            lost.add(token)
    db.session.rollback()
    if lost:
        _free_untried(lost, now)
    return deque(people.values())


def _put_off(error: Exception, now: datetime) -> str:
    """A wrong password that is tried every minute locks the account: some tries an hour, until somebody mends it."""
    told = f"邮件服务器不接受登录或加密设置，二十分钟后再试；请核对邮箱账号、口令和 CRM_MAIL_TLS（{error}）"
    waiting = sa.update(Reminder).where(_IS_RIPE).values(next_try_at=now + _WAIT_FOR_A_PERSON, error=told[:300])
    db.session.execute(waiting, {"now": now})
    db.session.commit()
    return f"{told}。"


def _free_untried(lost: Set[str], now: datetime) -> None:
    """Whoever held these is gone. What came after the mail that it was at was not sent, unless the machine went with it
    and took outcomes along."""
    untried = []
    for _, tokens in groupby(sorted(lost), key=lambda token: token[:_CLAIM_OF]):
        at, *later = tokens
        untried += later if at.startswith(_since_boot()) else []
    freed = sa.update(Reminder).where(Reminder.mail.in_(untried), Reminder.status == ReminderStatus.SENDING)
    db.session.execute(freed.values(status=ReminderStatus.PENDING, next_try_at=now))
    db.session.commit()


def _skip_what_fell_away(now: datetime) -> int:
    """Once a run: between planning and sending a matter may have been settled, moved or handed over."""
    planned = db.session.execute(_TO_RECHECK, {"now": now}).all()
    if not planned:
        return 0
    found = rechecked(planned, now.astimezone(clock.OFFICE_ZONE).date())
    db.session.rollback()  # SQLite does not let a transaction write once another has written since it began to read
    skipped = [{"one": number, "why": why} for number, why in found.skipped.items()]
    reworded = [{"one": number, "told": words, "leads_to": path} for number, (words, path) in found.reworded.items()]
    for change, rows in ((_SKIP, skipped), (_REWORD, reworded)):
        if rows:
            db.session.execute(change, rows)
    db.session.commit()
    return len(skipped)


def _claim(people: Sequence[list[int]], now: datetime) -> list[_Mail]:
    """Of these what is still ripe, for the length of a lease: only one clock can win. A doubtful mail is sent again as
    it was, for its Message-ID to be the same."""
    begin_exclusive()
    ripe = db.session.execute(_TO_CLAIM, {"ids": [each for ids in people for each in ids], "now": now})
    together = defaultdict[object, list[Any]](list)
    for row in ripe:
        together[row.user_id, row.mail if _is_doubtful(row) else None].append(row)
    domain, lease_until = _domain(), clock.now() + _LEASE
    claim = _since_boot() + token_hex((_CLAIM_OF - _BOOT) // 2)
    mails = [
        _Mail(f"{claim}{turn:06}", f"{_digest(rows)}@{domain}", rows) for turn, rows in enumerate(together.values())
    ]
    claims = [
        [row.id, ReminderStatus.SENDING, lease_until, _is_doubtful(row), each.token, each.message_id]
        for each in mails
        for row in each.reminders
    ]
    update_rows(Reminder, ("status", "next_try_at", "is_doubtful", "mail", "message_id"), claims)
    db.session.commit()
    return mails


def _is_doubtful(row: Any) -> bool:
    return bool(row.is_doubtful or row.status is ReminderStatus.SENDING)


def _send_each(claimed: Sequence[_Mail], through: Any, notes: sa.Connection, is_stopping: Asked) -> list[Outcome]:
    """Those that were tried: it ends early when told to, when the connection is gone, and when the server is so slow
    that what was true when they were claimed may no longer be."""
    outcomes, until = list[Outcome](), clock.now() + _HOLD
    to_note = list[tuple[_Mail, Outcome]]()

    def note() -> None:
        while to_note:
            _note(*to_note.pop(), notes)

    for mail, written in [(each, _written(each)) for each in claimed]:  # at one go, which is faster than by turns
        if is_stopping() or (outcomes and clock.now() > until):
            break
        outcome = hand_over(written, mail.address, through, note) if isinstance(written, bytes) else written
        note()
        to_note.append((mail, outcome))
        outcomes.append(outcome)
        if outcome.is_over:
            break
    note()
    return outcomes


def _written(mail: _Mail) -> bytes | Outcome:
    person = mail.reminders[0]
    if not person.active:
        return Outcome("账号已停用", is_permanent=True)
    if not person.email:
        return Outcome("没有登记邮箱", is_permanent=True)
    links = {each.id: link_path(each.id, each.kind) for each in mail.reminders}
    return write("digest", person.email, mail.message_id, **_values(person, mail.reminders, links))


def _note(mail: _Mail, outcome: Outcome, notes: sa.Connection) -> None:
    """Before the next one is handed over: who is killed here leaves one mail in doubt and not two."""
    if outcome.error is None:
        notes.execute(_ACCEPTED, {"token": mail.token, "at": clock.now(), "to": mail.address})
    else:
        _note_failure(mail, outcome, clock.now())


def _note_failure(mail: _Mail, outcome: Outcome, now: datetime) -> None:
    rows = []
    for each in mail.reminders:
        attempts = each.attempts + 1
        is_last = outcome.is_permanent or attempts >= _MOST_ATTEMPTS
        next_try = now if is_last else now + _FIRST_WAIT * 2 ** (attempts - 1)
        status = ReminderStatus.FAILED if is_last else ReminderStatus.PENDING
        rows.append({"of": each.id, "status_": status, "attempts_": attempts, "next_try": next_try})
    refused = sa.update(_ROWS).where(_ROWS.c.id == sa.bindparam("of"), _ROWS.c.mail == mail.token)
    values: dict[str, Any] = {
        "status": sa.bindparam("status_"),
        "attempts": sa.bindparam("attempts_"),
        "next_try_at": sa.bindparam("next_try"),
        "is_doubtful": sa.or_(_ROWS.c.is_doubtful, sa.literal(outcome.is_unanswered)),
    }
    db.session.execute(refused.values(**values, error=outcome.error, address=mail.address), rows)
    db.session.commit()


def _give_back(mails: Sequence[_Mail], now: datetime) -> list[list[int]]:
    """What was claimed and not tried."""
    if mails:
        untried = sa.update(Reminder).where(Reminder.mail.in_([each.token for each in mails]))
        untried = untried.where(Reminder.status == ReminderStatus.SENDING)
        db.session.execute(untried.values(status=ReminderStatus.PENDING, next_try_at=now))
        db.session.commit()
    return [[each.id for each in mail.reminders] for mail in mails]


def _values(user: object, told: Sequence[Any], links: Mapping[int, str | None]) -> dict[str, object]:
    """Of the digest: what comes first is told first."""
    in_order = sorted(told, key=attrgetter("matter_on"))
    return {"user": user, "reminders": in_order, "base": current_app.config["BASE_URL"], "links": links}


def _digest(claimed: Sequence[Any]) -> str:
    return hashlib.sha256("\n".join(each.key for each in claimed).encode()).hexdigest()[:32]


@cache
def _since_boot() -> str:
    """Names this run of the machine; on a machine that does not say, a process names only itself."""
    try:
        told = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        told = token_hex(_BOOT)
    return told[:_BOOT]


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
