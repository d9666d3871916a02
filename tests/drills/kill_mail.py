"""Nothing lost, nothing doubled without being told: a run of mails is killed again and again at random moments.

python -m tests.drills.kill_mail [--mails 2000] [--kills 200] [--clocks 1] [--postgres] [--unkind]

A real SMTP server on loopback takes the mails; SIGKILL ends the clocks; they are started again and in the end let
finish. --unkind: the server greylists everybody once, refuses one address in ten, and hangs up now and then.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from tests.drills.county import ROOT, a_postgres
from tests.smtp import PostOffice, post_office

_RUN = """
from crm import clock, create_app
from crm.actions.reminders import deliver_reminders
with create_app().app_context():
    deliver_reminders(clock.now())
"""
_FILL = """
import sys
from crm import clock, create_app
from crm.extensions import db
from crm.models import Firm, FollowUp, Reminder, User
from pipelines.vocabulary import ReminderKind, Role
with create_app().app_context():
    firm, day = Firm(uscc="91330421MAXN000010", name="试验企业", normalised_name="试验企业"), clock.today()
    db.session.add(firm)
    db.session.flush()
    for number in range(int(sys.argv[1])):
        name = f"u{number}"
        user = User(account=name, name=name, email=f"{name}@example.cn", role=Role.OFFICER, password_hash="!")
        db.session.add(user)
        db.session.flush()
        owed = FollowUp(firm_id=firm.id, what="一件事", owner_id=user.id, due_on=day, by_name="某人")
        db.session.add(owed)
        db.session.flush()
        key = f"follow_up_due:follow-up-{owed.id}:{day}:0:{user.id}"
        db.session.add(Reminder(key=key, kind=ReminderKind.FOLLOW_UP_DUE, user_id=user.id, planned_on=day,
                                matter_on=day, words="一件事", path="/"))
    db.session.commit()
"""
_LATER = "UPDATE reminders SET next_try_at = '2020-01-01 00:00:00' WHERE status = 'sending'"  # five minutes, at once
_NOW = "UPDATE reminders SET next_try_at = '2020-01-01 00:00:00' WHERE status = 'pending'"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clocks", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--unkind", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        office, port = stack.enter_context(post_office())
        url = a_postgres(stack, folder) if asked.postgres else f"sqlite:///{folder / 'crm.db'}"
        environment = os.environ | {
            "CRM_INSTANCE": str(folder), "CRM_MAIL_BACKEND": "smtp", "CRM_MAIL_SERVER": "127.0.0.1",
            "CRM_MAIL_PORT": str(port), "CRM_MODE": "demo", "CRM_DATABASE_URL": url, "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        _drill(asked, office, environment, sa.create_engine(url))


def _drill(asked: argparse.Namespace, office: PostOffice, environment: dict[str, str], engine: sa.Engine) -> None:
    def run(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)

    for step in (("-m", "flask", "--app", "wsgi", "upgrade"), ("-c", _FILL, str(asked.mails))):
        if run(*step).wait():
            raise SystemExit("the database could not be prepared")
    chance, refused = random.Random(7), set[str]()  # noqa: S311 - moments to kill at
    if asked.unkind:
        refused = {f"u{number}@example.cn" for number in range(0, asked.mails, 10)}
        office.refuses, office.greylists = refused, 1
    killed, begun = 0, time.monotonic()
    while killed < asked.kills:
        if asked.unkind:
            office.hangs_up_after = len(office.accepted) + chance.randrange(3, 30)
            _say(engine, _NOW)
        _say(engine, _LATER)
        processes = [run("-c", _RUN) for _ in range(asked.clocks)]
        _wait_for_mails(office, chance.randint(1, max(1, asked.mails // asked.kills)), processes)
        time.sleep(chance.random() * 0.01)
        for each in processes:
            each.send_signal(signal.SIGKILL)
            each.wait()
        killed += 1
        if killed % 20 == 0:
            print(f"  {killed} kills, {len(office.accepted):,} accepted, {time.monotonic() - begun:.0f} s", flush=True)
    office.hangs_up_after = None
    for _ in range(4):  # what greylisting put off comes again
        _say(engine, _LATER)
        _say(engine, _NOW)
        run("-c", _RUN).wait()
    _tell(asked, office, refused, engine)


def _wait_for_mails(office: PostOffice, number: int, processes: list[subprocess.Popen[bytes]]) -> None:
    """So few that mails are left for the last kill."""
    wanted = len(office.accepted) + number
    while len(office.accepted) < wanted and any(each.poll() is None for each in processes):
        time.sleep(0.0005)


def _say(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def _tell(asked: argparse.Namespace, office: PostOffice, refused: set[str], engine: sa.Engine) -> None:
    times = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in office.accepted)
    reached = {address for address, _ in times}
    wanted = {f"u{number}@example.cn" for number in range(asked.mails)} - refused
    doubled = sum(number - 1 for number in times.values())
    twice = {address for (address, _), number in times.items() if number > 1}
    with engine.connect() as connection:
        states = dict(connection.execute(sa.text("SELECT status, count(*) FROM reminders GROUP BY status")).all())
        told = set(connection.execute(sa.text("SELECT address FROM reminders WHERE is_doubtful")).scalars())
    print(
        f"{engine.dialect.name}, {asked.clocks} clock(s), {asked.kills} kills, {asked.mails:,} mails"
        f"{', unkind server' if asked.unkind else ''}: lost {len(wanted - reached)}, accepted twice {doubled} "
        f"(every one under the same Message-ID: {len(times) == len(reached)}), marked 可能重复 {len(told)}, "
        f"among them every one of these: {twice <= told}, states {states}"
    )
    if wanted - reached or len(times) != len(reached) or not twice <= told:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
