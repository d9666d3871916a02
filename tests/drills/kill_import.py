"""An import that is killed, again and again: all rows or none, and importing again comes to the same end (C1, G2).

python -m tests.drills.kill_import [--firms 300] [--kills 100]

The command is the one an office types, in a process of its own, on a copy of the same small county each time. Half of
the kills fall anywhere, half into the moments in which SQLite writes the rows of the import.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_STATE = (
    "SELECT uscc, name, founded_on, township_id FROM firms ORDER BY uscc",
    "SELECT f.uscc, y.year, y.sales_revenue, y.rd_spend, y.staff FROM annual_figures y "
    "JOIN firms f ON f.id = y.firm_id ORDER BY f.uscc, y.year",
)
_A_PAGE = 4096


class County:
    """An instance folder, and the commands in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"CRM_INSTANCE": str(folder), "CRM_MODE": "testing", "OMP_NUM_THREADS": "1"}

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=quiet, stderr=quiet)

    def run(self, *arguments: str) -> int:
        return self.begin(*arguments).wait()

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "crm.db")) as connection:
            return connection.execute(statement).fetchall()

    def count(self, statement: str) -> int:
        return int(str(self.rows(f"SELECT count(*) FROM {statement}")[0][0]))

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr([self.rows(statement) for statement in _STATE]).encode()).hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=300)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _drill(asked, Path(folder))


def _drill(asked: argparse.Namespace, folder: Path) -> None:
    ledger, empty = folder / "ledger.xlsx", _prepared(folder, asked.firms)
    whole, seconds = _whole(folder, empty, ledger)
    chance, ends = random.Random(7), Counter[str]()
    for number in range(asked.kills):
        county = _copy(empty, folder / "killed")
        importing = county.begin("import", str(ledger), "--apply")
        near = number % 2 == 1
        _wait_to_kill(county, importing, chance, seconds, near)
        importing.send_signal(signal.SIGKILL)
        importing.wait()
        ends[f"{'near the writing' if near else 'anywhere'}: {_end(county, empty.digest, whole, ledger)}"] += 1
        if (number + 1) % 10 == 0:
            print(f"  {number + 1} kills: {dict(ends)}", flush=True)
    wrong = sum(times for end, times in ends.items() if end.endswith("WRONG"))
    print(f"sqlite, {asked.firms} firms, {asked.kills} kills, {wrong} wrong: {dict(ends)}")
    if wrong:
        raise SystemExit(1)


def _prepared(folder: Path, firms: int) -> County:
    """A county with its people and places and a single firm; beside it the ledger of another one."""
    full, empty = County(folder / "full"), County(folder / "empty")
    steps = (
        full.run("upgrade"), full.run("seed"), full.run("load-demo", "--firms", str(firms)),
        full.run("export", "all", "-o", str(folder / "ledger.xlsx")), empty.run("upgrade"), empty.run("seed"),
        empty.run("load-demo", "--firms", "1", "--seed", "2"),
    )  # fmt: skip
    if any(steps):
        raise SystemExit(f"the county could not be prepared: {steps}")
    return empty


def _whole(folder: Path, empty: County, ledger: Path) -> tuple[str, float]:
    """What an import that nobody kills comes to, and how long it takes."""
    county, begun = _copy(empty, folder / "whole"), time.monotonic()
    county.run("import", str(ledger), "--apply")
    print(f"  an import takes {time.monotonic() - begun:.1f} s and makes {county.count('firms')} firms", flush=True)
    return county.digest, time.monotonic() - begun


def _copy(of: County, folder: Path) -> County:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(of.folder, folder)
    return County(folder)


def _wait_to_kill(
    county: County, importing: subprocess.Popen[bytes], chance: random.Random, seconds: float, near: bool
) -> None:
    """Near: a moment after the rows begin to reach the disk, told by the log that SQLite writes ahead."""
    if not near:
        time.sleep(chance.random() * seconds)
        return
    log = county.folder / "crm.db-wal"
    many = 64 * _A_PAGE  # the preview and its event are smaller
    while importing.poll() is None and not (log.exists() and log.stat().st_size > many):
        time.sleep(0.001)
    time.sleep(chance.random() * 0.1)


def _end(county: County, before: str, whole: str, ledger: Path) -> str:
    """none or all; and after importing again the same as if nobody had killed it."""
    is_sound = county.rows("PRAGMA integrity_check") == [("ok",)] and county.rows("PRAGMA foreign_key_check") == []
    is_all, is_none = county.digest == whole, county.digest == before
    again = county.run("import", str(ledger), "--apply") in (0, 2) and county.digest == whole
    log_is_whole = county.run("verify-audit", "--read-only") == 0
    if (is_all or is_none) and is_sound and again and log_is_whole:
        return "all" if is_all else "none"
    return "WRONG"


if __name__ == "__main__":
    main()
