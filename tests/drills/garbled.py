"""A database file that is cut, garbled or none at all: `flask up` and `flask upgrade` refuse it, leave it alone (S8).

python -m tests.drills.garbled [--places 4]

So many random places for each kind of damage; the file must be byte for byte what it was.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.drills.county import County, a_county

_A_PAGE = 4096
Damage = Callable[[bytes, random.Random], bytes]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(_A_PAGE, len(content) - _A_PAGE)]


def _zeroed(content: bytes, chance: random.Random) -> bytes:
    page = chance.randrange(len(content) // _A_PAGE)
    return content[: page * _A_PAGE] + bytes(_A_PAGE) + content[(page + 1) * _A_PAGE :]


def _garbled(content: bytes, chance: random.Random) -> bytes:
    page = chance.randrange(len(content) // _A_PAGE)
    return content[: page * _A_PAGE] + chance.randbytes(_A_PAGE) + content[(page + 1) * _A_PAGE :]


def _text(content: bytes, chance: random.Random) -> bytes:
    return "这不是数据库。\n".encode() * chance.randrange(1, 2000)


_DAMAGES: dict[str, Damage] = {"cut": _cut, "a page of zeros": _zeroed, "a page of noise": _garbled, "a text": _text}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = a_county(folder / "sound", 100)
        sound.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        chance, ends = random.Random(7), Counter[str]()
        for damage in _DAMAGES:
            for number in range(asked.places):
                ends[_end(sound, folder / "damaged", damage, chance, ("up", "upgrade")[number % 2])] += 1
    survived = sum(times for end, times in ends.items() if not end.startswith("WRONG"))
    print(f"{survived} of {ends.total()} refused and left alone: {dict(ends)}")
    if survived != ends.total():
        raise SystemExit(1)


def _end(sound: County, folder: Path, damage: str, chance: random.Random, command: str) -> str:
    county = sound.copy(folder)
    file = folder / "crm.db"
    content = _DAMAGES[damage](file.read_bytes(), chance)
    file.write_bytes(content)
    (folder / "command.log").unlink(missing_ok=True)
    code = county.run(command)
    told = (folder / "command.log").read_text(encoding="utf-8")
    if code == 0 or file.read_bytes() != content or "没有改动它" not in told or "Traceback" in told:
        return f"WRONG {damage}, {command}: {code}, {told[-200:]}"
    return damage


if __name__ == "__main__":
    main()
