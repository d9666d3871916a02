"""Mails a second of a run of reminders against smtplib alone with the same messages on one connection.

python -m benchmarks.mail [--mails 10000] [--rounds 3] [--one-by-one | --real]

The sink on loopback takes each mail and says 250, in a process of its own: as little as a server can do that takes
commands together as those of offices do (PIPELINING); with --one-by-one it does not offer that; with --real it is a
server written in Python (aiosmtpd), which does not either. In each round smtplib sends half before ours and half after,
since a machine that has other work is not always equally quick; the median of the rounds counts. The time of the
processor is that of the sending process alone.
"""

import argparse
import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa

from config import Testing
from crm import clock, create_app, mail
from crm.actions import reminders
from crm.actions.bulk import insert_rows
from crm.extensions import db
from crm.models import Firm, Recognition, Reminder, User
from pipelines.vocabulary import FirmStatus, ReminderKind, ReminderStatus, Role, Title

AIM = 0.7
# As little as a server can do: read to the end of each mail, say 250.
_SINK = """
import socketserver, sys
class Taker(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    def handle(self):
        say = lambda words: (self.wfile.write(words.encode() + b"\\r\\n"), self.wfile.flush())
        say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say("354 go on")
                while self.rfile.readline() != b".\\r\\n":
                    pass
                say("250 taken")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say(sys.argv[2] if verb == b"EHLO" else "250 ok")
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Taker).serve_forever()
"""

_REAL_SINK = """
import asyncio, sys
from aiosmtpd.smtp import SMTP
class Taker:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"
async def serve():
    loop = asyncio.get_running_loop()
    await (await loop.create_server(lambda: SMTP(Taker()), "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(serve())
"""


class Pace(NamedTuple):
    seconds: float
    processor: float

    def told(self, mails: int) -> str:
        return f"{mails / self.seconds:,.0f} a second ({self.processor / mails * 1e6:.0f} µs of the processor each)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    sinks = parser.add_mutually_exclusive_group()
    sinks.add_argument("--one-by-one", action="store_true")
    sinks.add_argument("--real", action="store_true")
    asked = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    greeting = "250 sink" if asked.one_by_one else "250-sink\r\n250 PIPELINING"
    server = [sys.executable, "-c", _REAL_SINK if asked.real else _SINK, str(port), greeting]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(server) as sink:
        try:
            _wait_for(port)
            _measure(asked.mails, asked.rounds, port, Path(folder))
        finally:
            sink.terminate()


def _measure(mails: int, rounds: int, port: int, folder: Path) -> None:
    class ForThisRun(Testing):
        INSTANCE = folder
        MAIL_BACKEND, MAIL_SERVER, MAIL_PORT = "smtp", "127.0.0.1", port

    app = create_app(ForThisRun)
    with app.app_context():
        db.create_all()
        _fill(mails)
        ratios = [_round(_as_written(mails), port) for _ in range(rounds)]
        idle = _timed(lambda: reminders.deliver_reminders(clock.now()))
    print(f"ratio {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})  aim {AIM}, load {os.getloadavg()[0]:.1f}")
    print(f"a clock that wakes to nothing due: {idle.seconds * 1000:.1f} ms")


def _round(written: list[bytes], port: int) -> float:
    db.session.execute(sa.update(Reminder).values(status=ReminderStatus.PENDING, next_try_at=clock.now()))
    db.session.commit()
    before = _timed(lambda: _send_alone(port, written[::2]))
    ours = _timed(lambda: print(reminders.deliver_reminders(clock.now())))
    after = _timed(lambda: _send_alone(port, written[1::2]))
    alone = Pace(*map(sum, zip(before, after, strict=True)))
    print(f"{len(written):,} mails: smtplib alone {alone.told(len(written))}, ours {ours.told(len(written))}")
    return alone.seconds / ours.seconds


def _timed(deed: Callable[[], object]) -> Pace:
    begun, worked = time.perf_counter(), time.process_time()
    deed()
    return Pace(time.perf_counter() - begun, time.process_time() - worked)


def _fill(mails: int) -> None:
    """Everybody has a firm with a certificate that ends: what is planned is held against the records before it goes."""
    now, day = clock.now(), clock.today() + timedelta(days=90)
    insert_rows(
        User,
        ["id", "account", "name", "email", "role", "password_hash", "password_changed_at", "must_change_password",
         "active", "calendar_key", "muted_kinds", "created_at"],
        ([n, f"u{n}", f"u{n}", f"u{n}@example.cn", Role.OFFICER, "!", now, False, True, "", [], now]
         for n in range(1, mails + 1)),
    )  # fmt: skip
    insert_rows(
        Firm,
        ["id", "uscc", "name", "normalised_name", "status", "owner_id", "is_demo", "created_at", "updated_at",
         "version"],
        ([n, f"{n:018}", f"嘉善试验{n}科技有限公司", f"试验{n}", FirmStatus.ACTIVE, n, True, now, now, 1]
         for n in range(1, mails + 1)),
    )  # fmt: skip
    insert_rows(
        Recognition,
        ["firm_id", "title", "recognized_on", "valid_until", "is_renewal"],
        ([n, Title.HIGH_TECH, clock.today() - timedelta(days=1000), day, False] for n in range(1, mails + 1)),
    )
    insert_rows(
        Reminder,
        ["key", "kind", "user_id", "planned_on", "matter_on", "words", "path", "status", "attempts", "next_try_at",
         "is_doubtful"],
        ([f"certificate_expiring:certificates-{n}:{day}:90:{n}", ReminderKind.CERTIFICATE_EXPIRING, n, clock.today(),
          day, f"嘉善试验{n}科技有限公司的高企证书 {day} 到期，请准备重新认定", f"/firms/{n}?tab=recognitions",
          ReminderStatus.PENDING, 0, now, False] for n in range(1, mails + 1)),
    )  # fmt: skip
    db.session.commit()


def _as_written(mails: int) -> list[bytes]:
    """The very messages, as they go over the wire."""
    user, reminder = db.session.get_one(User, 1), db.session.get_one(Reminder, 1)
    values = {"user": user, "reminders": [reminder], "base": "http://localhost", "links": {reminder.id: None}}
    return [mail.write("digest", f"u{n}@example.cn", f"{n:032}@localhost", **values) for n in range(1, mails + 1)]


def _send_alone(port: int, written: list[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number, message in enumerate(written):
            server.sendmail("yanzhen@localhost", [f"u{number}@example.cn"], message)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the sink did not start")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
