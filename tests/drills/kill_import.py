"""An import that is killed, again and again: all rows or none, and importing again comes to the same end (C1, G2).

python -m tests.drills.kill_import [--firms 300] [--kills 100]

The command is the one an office types, in a process of its own, on a copy of the same small county each time. Half of
the kills fall anywhere, half into the moments in which SQLite writes the rows of the import.
"""

import argparse
import hashlib
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.drills.county import County, a_county, a_ledger

_STATE = (
    "SELECT uscc, name, founded_on, township_id FROM firms ORDER BY uscc",
    "SELECT f.uscc, y.year, y.sales_revenue, y.rd_spend, y.staff FROM annual_figures y "
    "JOIN firms f ON f.id = y.firm_id ORDER BY f.uscc, y.year",
)
_A_PAGE = 4096


def _digest(county: County) -> str:
    return hashlib.sha256(repr([county.rows(statement) for statement in _STATE]).encode()).hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=300)
    parser.add_argument("--kills", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _drill(asked, Path(folder))


def _drill(asked: argparse.Namespace, folder: Path) -> None:
    ledger, empty = a_ledger(folder, asked.firms), a_county(folder / "empty", 1, CRM_MODE="testing")
    whole, seconds = _whole(folder, empty, ledger)
    chance, ends = random.Random(7), Counter[str]()
    for number in range(asked.kills):
        county = empty.copy(folder / "killed")
        importing = county.begin("import", str(ledger), "--apply")
        near = number % 2 == 1
        _wait_to_kill(county, importing, chance, seconds, near)
        importing.send_signal(signal.SIGKILL)
        importing.wait()
        ends[f"{'near the writing' if near else 'anywhere'}: {_end(county, _digest(empty), whole, ledger)}"] += 1
        if (number + 1) % 10 == 0:
            print(f"  {number + 1} kills: {dict(ends)}", flush=True)
    wrong = sum(times for end, times in ends.items() if end.endswith("WRONG"))
    print(f"sqlite, {asked.firms} firms, {asked.kills} kills, {wrong} wrong: {dict(ends)}")
    if wrong:
        raise SystemExit(1)


def _whole(folder: Path, empty: County, ledger: Path) -> tuple[str, float]:
    """What an import that nobody kills comes to, and how long it takes."""
    county, begun = empty.copy(folder / "whole"), time.monotonic()
    county.run("import", str(ledger), "--apply")
    print(f"  an import takes {time.monotonic() - begun:.1f} s and makes {county.count('firms')} firms", flush=True)
    return _digest(county), time.monotonic() - begun


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
    is_sound, is_all, is_none = county.is_sound(), _digest(county) == whole, _digest(county) == before
    again = county.run("import", str(ledger), "--apply") in (0, 2) and _digest(county) == whole
    if (is_all or is_none) and is_sound and again:
        return "all" if is_all else "none"
    return "WRONG"


if __name__ == "__main__":
    main()
