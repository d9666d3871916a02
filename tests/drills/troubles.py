"""A database that is busy, a disk that is full, a database that nobody may write: against a running server (S4–S7).

python -m tests.drills.troubles [--times 3] [--only busy|full|read-only]

An officer enters a firm and confirms an import meanwhile. What cannot be written is told on a calm page, leaves nothing
half and no trace; pages are read on; afterwards the same server writes again. A full disk is a small one mounted for
it, a file nobody may write is an immutable one: both want root, on Linux.
"""

import argparse
import random
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from tests.builders import a_uscc
from tests.drills.county import County, Server, a_county, a_plain_ledger, a_postgres
from tests.drills.officer import Answer, Officer

_NEW_FIRMS = 2000
_SHORT, _LONG = 2, 14  # seconds; who waits gives up after eight
_BUSY, _FULL, _READ_ONLY = "数据库正忙", "磁盘空间不足", ("只能查看", "磁盘读写出错")
_TRACES = ("firms", "annual_figures", "contacts", "events")


class House(NamedTuple):
    county: County
    server: Server
    officer: Officer
    numbers: Iterator[int]

    def enter_firm(self) -> Answer:
        number = next(self.numbers)
        mark = "".join(chr(0x4E00 + number * prime % 5000) for prime in (7, 101, 1009))  # no two names alike
        fields = {"name": f"{mark}有限公司", "uscc": a_uscc(number), "status": "active"}
        return self.officer.send("/firms/new", "/firms", fields)

    def traces(self) -> list[int]:
        return [self.county.count(table) for table in _TRACES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", choices=["busy", "full", "read-only"])
    asked = parser.parse_args()
    ends = Counter[str]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asked.only in (None, "busy"):
            for database in ("sqlite", "postgresql"):
                settings = {"CRM_DATABASE_URL": a_postgres(stack, folder)} if database == "postgresql" else {}
                county = a_county(folder / database, 50, **settings)
                ends += _busy(county, database, asked.times)
        if asked.only in (None, "full"):
            ends += _full(folder, asked.times)
        if asked.only in (None, "read-only"):
            ends += _read_only(a_county(folder / "read-only", 50), asked.times)
    if wrong := [end for end in ends if "WRONG" in end]:
        raise SystemExit(f"{len(wrong)} went wrong")


@contextmanager
def _house(county: County) -> Iterator[House]:
    with county.served() as server:
        yield House(county, server, Officer(server.url), iter(range(80_000, 90_000)))


def _counted(trouble: str, times: int, ends: list[str]) -> Counter[str]:
    right = sum("WRONG" not in end for end in ends)
    print(f"{trouble}: {right} of {len(ends)} survived ({times} times): {dict(Counter(ends))}", flush=True)
    return Counter(f"{trouble}: {end}" for end in ends)


def _busy(county: County, database: str, times: int) -> Counter[str]:
    ends = []
    with _house(county) as house:
        for _ in range(times):
            with _held(county, _SHORT):
                waited = house.enter_firm()
            ends.append("waited and done" if waited.status == 200 and waited.path[7:].isdigit() else _wrong(waited))
            before = house.traces()
            with _held(county, _LONG) as is_over:
                refused, reading = house.enter_firm(), house.officer.open("/firms")
                is_calm = refused.status == 503 and any(_BUSY in each for each in refused.sentences)
                is_held = not is_over.is_set()
            is_calm &= is_held and reading.status == 200 and house.traces() == before
            ends.append("told, no trace" if is_calm else _wrong(refused))
            ends.append("goes on" if house.enter_firm().status == 200 else "WRONG does not go on")
    return _counted(f"busy, {database}", times, ends)


@contextmanager
def _held(county: County, seconds: float) -> Iterator[threading.Event]:
    """Somebody else holds what a writer needs for so long."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with county.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.text("LOCK TABLE firms, events IN EXCLUSIVE MODE"))
            is_held.set()
            time.sleep(seconds)
            is_over.set()
            connection.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait()
    yield is_over
    holder.join()


def _full(folder: Path, times: int) -> Counter[str]:
    chance, ends = random.Random(7), list[str]()
    ledger = a_plain_ledger(_NEW_FIRMS)
    for _ in range(times):
        with _small_disk(folder / "disk") as disk:
            with _house(a_county(disk / "county", 50)) as house:
                preview = house.officer.upload("台账.csv", ledger)
                before = house.traces()
                _fill(disk, leave=chance.randrange(600_000))
                refused, another = house.officer.confirm(preview), house.officer.upload("另.csv", ledger + b"\n")
                reading, after = house.officer.open("/firms"), house.traces()
                (disk / "filler").unlink()
                done = house.officer.confirm(preview)
                is_whole = house.county.count("firms") == before[0] + _NEW_FIRMS and done.status == 200
                is_told = any(_FULL in each for each in (*refused.sentences, *another.sentences))
            faults = {
                "not told": not is_told, "not read on": reading.status != 200, "traces": after[:3] != before[:3],
                "not again": not is_whole, "unsound": not house.county.is_sound(),
            }  # fmt: skip
            ends.append(_faults(faults, refused, done) or "refused, then done by the same server")
    return _counted("disk full in an import", times, ends)


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(disk: Path, leave: int) -> None:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(65_536))
    with (disk / "filler").open("r+b") as filler:
        filler.truncate((disk / "filler").stat().st_size - leave)


def _read_only(county: County, times: int) -> Counter[str]:
    ends = []
    with _house(county) as house:
        for _ in range(times):
            before = house.traces()
            with _immutable(county.folder / "crm.db", county.folder / "crm.db-wal"):
                refused, reading = house.enter_firm(), house.officer.open("/firms")
            after, done = house.traces(), [house.enter_firm() for _ in range(8)]
            faults = {
                "not told": refused.status != 503 or not _says(refused, _READ_ONLY),
                "not read on": reading.status != 200, "traces": after != before,
                "does not come back": any(each.status != 200 for each in done),
            }  # fmt: skip
            ends.append(_faults(faults, refused, done[-1]) or "told, read on, came back")
    ends += [] if county.is_sound() else ["WRONG unsound"]
    return _counted("read-only", times, ends)


@contextmanager
def _immutable(*files: Path) -> Iterator[None]:
    """Not even root and who has them open may write to them."""
    subprocess.run(["chattr", "+i", *map(str, files)], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *map(str, files)], check=True)


def _says(answer: Answer, words: tuple[str, ...]) -> bool:
    return any(word in sentence for word in words for sentence in answer.sentences)


def _faults(faults: dict[str, bool], *answers: Answer) -> str:
    found = [name for name, is_so in faults.items() if is_so]
    return f"WRONG {found} {[(each.status, each.sentences[:2]) for each in answers]}" if found else ""


def _wrong(answer: Answer) -> str:
    return f"WRONG {answer.status} {answer.path} {answer.sentences[:2]} after {answer.seconds:.1f} s"


if __name__ == "__main__":
    main()
