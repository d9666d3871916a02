"""A server that is told to leave (SIGTERM) in the middle of an import: all rows or none, and gone in ten seconds (C2).

python -m tests.drills.stop_import [--firms 8000] [--stops 6]

So often for each of the two servers: the one of `make run`, and gunicorn with the settings of docs/deploy. The file
is confirmed on its page; the moment is drawn from as long as an import takes that nobody stops.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.drills.county import GUNICORN, UP, County, Server, a_county, a_plain_ledger
from tests.drills.officer import Answer, Officer

_SERVERS = {"flask up": UP, "gunicorn": GUNICORN}
_SECONDS_TO_LEAVE = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=8000)
    parser.add_argument("--stops", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger, empty = a_plain_ledger(asked.firms), a_county(folder / "empty", 1)
        seconds, whole = _whole(empty.copy(folder / "whole"), ledger)
        print(f"  an import takes {seconds:.1f} s and makes {whole:,} firms", flush=True)
        survived = [_is_survived(each, asked.stops, folder, empty, ledger, seconds, whole) for each in _SERVERS]
    if not all(survived):
        raise SystemExit(1)


def _whole(county: County, ledger: bytes) -> tuple[float, int]:
    with county.served() as server:
        officer = Officer(server.url)
        done = officer.confirm(officer.upload("台账.csv", ledger))
    return done.seconds, county.count("firms")


def _is_survived(
    server: str, stops: int, folder: Path, empty: County, ledger: bytes, seconds: float, whole: int
) -> bool:
    chance, ends, slowest = random.Random(7), Counter[str](), 0.0
    for _ in range(stops):
        county = empty.copy(folder / "stopped")
        with county.served(_SERVERS[server]) as running:
            took = _stop_at(chance.random() * seconds, running, ledger)
        end = {empty.count("firms"): "none", whole: "all"}.get(county.count("firms"), "WRONG")
        is_calm = running.process.returncode == 0 and took < _SECONDS_TO_LEAVE and county.is_sound()
        ends[end if is_calm else f"WRONG ({end}, {took:.1f} s, left with {running.process.returncode})"] += 1
        slowest = max(slowest, took)
    survived = sum(times for end, times in ends.items() if not end.startswith("WRONG"))
    print(f"{server}: {survived} of {stops} survived, gone within {slowest:.1f} s: {dict(ends)}", flush=True)
    return survived == stops


def _stop_at(moment: float, running: Server, ledger: bytes) -> float:
    """So many seconds after the confirmation; answers how long the server took to leave."""
    officer = Officer(running.url)
    preview = officer.upload("台账.csv", ledger)
    begun = time.monotonic()
    _confirm_without_waiting(officer, preview)
    time.sleep(max(0.0, moment - (time.monotonic() - begun)))
    return running.stop()


def _confirm_without_waiting(officer: Officer, preview: Answer) -> None:
    answer = officer.send(preview.path, f"{preview.path}/confirmation")
    if answer.status != 200 or not answer.path.startswith(("/tasks/", "/imports/")):
        raise SystemExit(f"the import did not begin: {answer.status} {answer.sentences}")


if __name__ == "__main__":
    main()
