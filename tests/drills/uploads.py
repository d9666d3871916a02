"""Every class of awkward and hostile file through the page of imports of a running server (TRUST §2.3, G1).

python -m tests.drills.uploads [--only GROUP] [--told]

The server is that of `make run`. Of each file: how it was answered and with which sentence, how long that took, the
most memory of one process of the server and of all together, and the slowest answer that others had meanwhile from
/healthz and from the list of firms. --told: every file, not only what each group came to.
"""

import argparse
import json
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import openpyxl

from pipelines.sheets.texts import name_reader
from tests.drills.county import County, Server, a_county
from tests.drills.officer import Answer, Officer
from tests.drills.upload_cases import (
    CONTENTS,
    EITHER,
    FIRMS,
    REFUSED,
    SCRIPTS,
    Case,
    cases,
    names_of,
)

_MOST_MEGABYTES = 400
_CANARY = Path("/tmp/canary-of-the-sheets")  # noqa: S108 - of tests/pipelines/sheets/test_refusals.py
_CONFIRMED = {("controls", "xlsx"), ("cells", "figures that are none"), *(("content", family) for family in CONTENTS)}
_NEVER_SEEN = re.compile(r"Traceback|\.py\b|sqlalchemy|sqlite3|calamine|Werkzeug", re.IGNORECASE)


class Seen(NamedTuple):
    case: Case
    answer: Answer
    sentence: str
    one: float  # megabytes of the largest process
    all: float  # of the server and everything it started, together
    slowest: float  # seconds that somebody else waited for a page
    faults: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only")
    parser.add_argument("--told", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        county = a_county(folder / "county", 200)
        with county.served() as server:
            officer = Officer(server.url)
            seen = [
                _tried(case, county, server, officer, folder)
                for case in cases()
                if not asked.only or case.group in (asked.only, "controls")
            ]
        _tell(seen, asked.told)
        faults = _of_what_was_kept(county, folder) if not asked.only else []
    for fault in faults:
        print(f"WRONG {fault}")
    if faults or any(each.faults for each in seen):
        raise SystemExit(1)


def _tried(case: Case, county: County, server: Server, officer: Officer, folder: Path) -> Seen:
    content = case.make(folder / "upload").read_bytes()
    before = county.count("firms")
    with _watched(server) as watch:
        answer = officer.upload(case.file_name, content)
    counts, status = _newest_batch(county)
    sentence = next(iter(answer.sentences), "")
    faults = _faults(case, answer, counts if answer.path.startswith("/imports/") else {}, sentence)
    if county.count("firms") != before or _CANARY.exists():
        faults.append("something was written before anybody confirmed it")
    if (case.group, case.name) in _CONFIRMED and status == "previewed":
        done = officer.confirm(answer)
        faults += [f"not confirmed: {done.status} {done.sentences}"] if _newest_batch(county)[1] != "applied" else []
    if watch.one > _MOST_MEGABYTES:
        faults.append(f"{watch.one:.0f} MB")
    faults += [f"others were answered {status}" for status in watch.failed]
    return Seen(case, answer, sentence, watch.one, watch.all, watch.slowest, faults)


def _newest_batch(county: County) -> tuple[dict[str, int], str]:
    found = county.rows("SELECT counts, status FROM import_batches ORDER BY id DESC LIMIT 1")
    counts, status = found[0] if found else ("{}", "")
    return {name: number for name, number in json.loads(counts).items() if number}, status


def _faults(case: Case, answer: Answer, counts: dict[str, int], sentence: str) -> list[str]:
    was_read, faults = answer.status == 200 and bool(counts), []
    if answer.status >= 500 or _NEVER_SEEN.search(sentence):
        faults.append(f"answered {answer.status}")
    if not was_read and not re.search(r"[\u4e00-\u9fff]{4}", sentence):
        faults.append("no sentence in Chinese")
    if case.expects == REFUSED and was_read:
        faults.append(f"was read: {counts}")
    if case.expects not in (REFUSED, EITHER) and not was_read:
        faults.append("was refused")
    if isinstance(case.expects, dict) and was_read and counts != case.expects:
        faults.append(f"counted {counts}")
    return faults


class _Watch:
    def __init__(self) -> None:
        self.one = self.all = self.slowest = 0.0
        self.failed = set[int]()


@contextmanager
def _watched(server: Server) -> Iterator[_Watch]:
    """The memory of the server and of what it starts, and what others wait for, as long as the block lasts."""
    watch, is_over = _Watch(), threading.Event()
    threads = [threading.Thread(target=each, args=(server, watch, is_over)) for each in (_weigh, _ask_meanwhile)]
    for process in _family(server.process.pid):
        with suppress(OSError):
            Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")  # the high water mark, from now on
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _weigh(server: Server, watch: _Watch, is_over: threading.Event) -> None:
    while not is_over.wait(0.005):
        now = [_megabytes(process) for process in _family(server.process.pid)]
        watch.one = max([watch.one, *(highest for highest, _ in now)])
        watch.all = max(watch.all, sum(resident for _, resident in now))


def _ask_meanwhile(server: Server, watch: _Watch, is_over: threading.Event) -> None:
    onlooker = _onlooker(server.url)
    while not is_over.wait(0.05):
        for path in ("/healthz", "/firms"):
            answer = onlooker.open(path)
            watch.slowest = max(watch.slowest, answer.seconds)
            if answer.status != 200:
                watch.failed.add(answer.status)


_onlookers: dict[str, Officer] = {}


def _onlooker(url: str) -> Officer:
    return _onlookers.setdefault(url, _onlookers.get(url) or Officer(url, "keyuan1"))


def _family(process: int) -> list[int]:
    """A process and all that it started, and they."""
    found = [process]
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                found += [each for child in (thread / "children").read_text().split() for each in _family(int(child))]
    return found


def _megabytes(process: int) -> tuple[float, float]:
    """The most it ever had, and what it has."""
    with suppress(OSError):
        sizes = dict(re.findall(r"(VmHWM|VmRSS):\s+(\d+) kB", Path(f"/proc/{process}/status").read_text()))
        return int(sizes.get("VmHWM", 0)) / 1024, int(sizes.get("VmRSS", 0)) / 1024
    return 0.0, 0.0


def _of_what_was_kept(county: County, folder: Path) -> list[str]:
    """Byte for byte what the control said; no figure out of nothing; texts inert on pages and in what is exported."""
    faults = []
    statement = (
        "SELECT f.name, f.uscc, f.founded_on, c.phone, y.operating_revenue, y.staff FROM firms f "
        "JOIN contacts c ON c.firm_id = f.id JOIN annual_figures y ON y.firm_id = f.id AND y.year = 2025 "
        "WHERE f.uscc LIKE '91330421MAXN7%' AND f.name LIKE '%号有限公司' ORDER BY f.uscc"
    )
    kept = [
        (name, uscc, day, phone, revenue, float(staff))
        for name, uscc, day, phone, revenue, staff in county.rows(statement)
    ]
    said = [(row[0], row[1], row[3], row[5], round(float(row[6]) * 1_000_000), float(row[7])) for row in FIRMS]
    if [each[:4] for each in kept] != [each[:4] for each in sorted(said, key=lambda each: each[1])]:
        faults.append(f"the control was not kept exactly: {kept[:2]} for {said[:2]}")
    out_of_nothing = county.rows(
        "SELECT f.name, y.operating_revenue, y.staff FROM annual_figures y JOIN firms f ON f.id = y.firm_id "
        "WHERE f.name LIKE '嘉善格子%' AND (y.operating_revenue IS NOT NULL OR y.staff IS NOT NULL)"
    )
    faults += [f"a figure out of nothing: {row}" for row in out_of_nothing]
    names = {name for family in CONTENTS for name in names_of(family)}
    wanted = {kept for name in names if isinstance(kept := name_reader(120)(name), str)}
    there = {name: firm_id for firm_id, name in county.rows("SELECT id, name FROM firms")}
    faults += [f"a name was not kept: {name!r}" for name in wanted - there.keys()]
    return faults + _on_pages(county, there) + _in_the_export(county, folder, wanted)


def _on_pages(county: County, firms: dict[str, int]) -> list[str]:
    with county.served() as server:
        officer = Officer(server.url)
        pages = [officer.open(f"/firms/{firms[name]}") for name in names_of("scripts") if name in firms]
        pages.append(officer.open(f"/firms?q={quote('公司')}"))
    markup = [text for text in SCRIPTS if "<" in text]
    return [
        f"{page.path}: {page.status}, {text!r} as it is" for page in pages for text in markup
        if page.status != 200 or text in page.text
    ]  # fmt: skip


def _in_the_export(county: County, folder: Path, wanted: set[str]) -> list[str]:
    if county.run("export", "all", "-o", str(folder / "exported.xlsx")):
        return ["the export failed"]
    cells = [cell for row in openpyxl.load_workbook(folder / "exported.xlsx").active for cell in row]
    faults = [f"a formula in the export: {cell.value!r}" for cell in cells if cell.data_type == "f"]
    return faults + [f"not in the export: {name!r}" for name in wanted - {cell.value for cell in cells}]


def _tell(seen: list[Seen], is_each_told: bool) -> None:
    groups = defaultdict[str, list[Seen]](list)
    for each in seen:
        groups[each.case.group].append(each)
        if is_each_told or each.faults:
            print(
                f"{'WRONG ' if each.faults else ''}{each.case.group}: {each.case.name} · {each.answer.status} · "
                f"{each.answer.seconds:.1f} s · {each.one:.0f} MB, together {each.all:.0f} MB · "
                f"others {each.slowest:.2f} s · {each.sentence[:80]} {each.faults or ''}"
            )
    print("| group | as it should be | longest | most memory of one process | together | slowest answer to others |")
    print("|---|---|---|---|---|---|")
    for group, them in [*groups.items(), ("all", seen)]:
        print(
            f"| {group} | {sum(not each.faults for each in them)} of {len(them)} | "
            f"{max(each.answer.seconds for each in them):.1f} s | {max(each.one for each in them):.0f} MB | "
            f"{max(each.all for each in them):.0f} MB | {max(each.slowest for each in them):.2f} s |"
        )


if __name__ == "__main__":
    main()
