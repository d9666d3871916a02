"""An upgrade of the schema that is killed, again and again: saved before, the old schema or a newer one, no half (S10).

python -m tests.drills.kill_upgrade [--firms 100] [--kills 20]

A county whose schema is taken back to an old one, so that an upgrade has many steps to go. Half of the kills fall
anywhere, half after the backup that comes first. Each time: the file is sound, an upgrade that is begun again
ends, and no table has lost or won a row.
"""

import argparse
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.drills.county import County, a_county

_OLD = "1795813170"  # of the migrations: 17 are newer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _drill(asked, Path(folder))


def _drill(asked: argparse.Namespace, folder: Path) -> None:
    old, counts = _old_county(folder / "old", asked.firms)
    whole = old.copy(folder / "whole")
    begun = time.monotonic()
    whole.run("upgrade")
    seconds, newest = time.monotonic() - begun, _revision(whole)
    print(f"  an upgrade takes {seconds:.1f} s, from {_OLD} to {newest}; {sum(counts.values()):,} rows", flush=True)
    chance, ends = random.Random(7), Counter[str]()
    for number in range(asked.kills):
        county = old.copy(folder / "killed")
        upgrading = county.begin("upgrade")
        _wait_to_kill(county, upgrading, chance, seconds, after_backup=number % 2 == 1)
        upgrading.send_signal(signal.SIGKILL)
        upgrading.wait()
        ends[_end(county, newest, counts)] += 1
        if (number + 1) % 5 == 0:
            print(f"  {number + 1} kills: {dict(ends)}", flush=True)
    wrong = sum(times for end, times in ends.items() if end.startswith("WRONG"))
    print(f"sqlite, {asked.kills - wrong} of {asked.kills} survived: {dict(ends)}")
    if wrong:
        raise SystemExit(1)


def _old_county(folder: Path, firms: int) -> tuple[County, dict[str, int]]:
    county = a_county(folder, firms)
    if county.run("db", "downgrade", _OLD):
        raise SystemExit(f"the schema could not be taken back, see {folder / 'command.log'}")
    for backup in _backups(county):
        backup.unlink()
    return county, _counts(county)


def _wait_to_kill(
    county: County, upgrading: "subprocess.Popen[bytes]", chance: random.Random, seconds: float, after_backup: bool
) -> None:
    begun = time.monotonic()
    while after_backup and upgrading.poll() is None and not any(each.stat().st_size for each in _backups(county)):
        time.sleep(0.002)
    time.sleep(chance.random() * max(0.0, seconds - (time.monotonic() - begun)))


def _end(county: County, newest: str, counts: dict[str, int]) -> str:
    # Looked at before a command of ours may mend it.
    revision, is_sound = _revision(county), county.rows("PRAGMA integrity_check") == [("ok",)]
    is_saved = revision == _OLD or any(_backups(county))
    again = county.run("upgrade")
    kept = {table: number for table, number in _counts(county).items() if table in counts}
    faults = {
        "integrity": not is_sound, "no backup": not is_saved, "does not go on": again,
        "revision": _revision(county) != newest,
        "rows": _without_log(kept) != _without_log(counts), "log": not county.is_sound(),
    }  # fmt: skip
    if any(faults.values()):
        return f"WRONG at {revision}: {[name for name, is_so in faults.items() if is_so]}"
    return {_OLD: "old", newest: "new"}.get(revision, "between two steps")


def _without_log(counts: dict[str, int]) -> dict[str, int]:
    """The log wins rows: that a backup was made, and seals."""
    return {
        table: number for table, number in counts.items() if table not in ("events", "event_seals", "alembic_version")
    }


def _counts(county: County) -> dict[str, int]:
    tables = county.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: county.count(f'"{name}"') for (name,) in tables}


def _revision(county: County) -> str:
    return str(county.rows("SELECT version_num FROM alembic_version")[0][0])


def _backups(county: County) -> list[Path]:
    return list((county.folder / "backups").glob("yanzhen-*.zip"))


if __name__ == "__main__":
    main()
