"""Twenty people at work at once while a ledger is imported and mail goes out: how long they wait, and for what.

python -m benchmarks.load [--people 20] [--minutes 10] [--gunicorn] [--postgres] [--week]

The server is the one of `make run` with its county of 2,500 firms (waitress, the clock, SQLite), or gunicorn as
docs/deploy has it. Everybody signs in and reads each page for three seconds on the average. A colleague imports a
ledger that changes the revenue of every firm, and begins anew when it is done; the mails of one day after the other go
to an SMTP server that takes a third of a second over each. Waiting is measured where people sit: from the request to
the last byte. --week: nobody reads, until as many pages were asked for as the office asks for in five days; what the
processes hold in memory is told as the days pass.
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crm import clock
from tests.drills.county import GUNICORN, ROOT, County, Server, a_postgres
from tests.drills.officer import Answer, Officer
from tests.smtp import post_office

ACCOUNTS = ("keyuan1", "keyuan2", "keyuan3", "kezhang", "zhenjie1", "juzhang")
AIMS = {"名单": 150, "搜索": 150, "页面": 300}  # milliseconds within which 95 of 100 answers are there
READS_FOR = 3.0
RESTS_FOR = 10.0  # between two imports
MAIL_TAKES = 0.33
PAGES_OF_A_DAY = 150  # of one person

LISTS = (
    "/firms", "/firms?page=7", "/firms?tier=high_tech&sort=-sales_revenue", "/firms?revenue_min=2000&sort=name",
    "/firms?sort=-founded_on&size=100",
)  # fmt: skip
WORDS = ("嘉善", "电子", "科技", "jskj", "zhineng", "91330421", "138", "精密", "有限公司", "材料")
PAGES = (
    "/", "/candidacies", "/candidacies?face=list", "/visits", "/visits/follow-ups", "/visits/behind", "/gaps",
    "/gaps/missing-figures", "/dashboard", "/targets", "/institutions", "/projects", "/policies",
)  # fmt: skip
TABS = ("", "?tab=figures", "?tab=qualification", "?tab=ip-rights", "?tab=contacts", "?tab=timeline", "?tab=visits")

_MAILING = """
import time
from datetime import timedelta
from crm import clock, create_app
from crm.actions.reminders import deliver_reminders, plan_reminders
with create_app().app_context():
    for days in range(10000):
        plan_reminders(clock.today() + timedelta(days % 300))
        deliver_reminders(clock.now())  # on a day off, too
        time.sleep(10)
"""


class Times:
    """What everybody waited, by kind, and what went wrong."""

    def __init__(self) -> None:
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, kind: str, answer: Answer) -> str:
        """Answers the page."""
        with self._lock:
            self.waited[kind].append(answer.seconds * 1000)
            if answer.status != 200:
                self.wrong[f"{answer.status} {answer.path}"] += 1
        return answer.text

    @property
    def asked(self) -> int:
        return sum(map(len, self.waited.values()))

    def told(self) -> Iterator[str]:
        for kind, waited in sorted(self.waited.items()):
            ranks = statistics.quantiles([*waited, max(waited)], n=100)  # of a single one, too
            aim = f"  aim {AIMS[kind]}" if kind in AIMS else ""
            yield (
                f"{kind} {len(waited):6,} asked  median {ranks[49]:6.0f}  p95 {ranks[94]:6.0f}  p99 {ranks[98]:6.0f}"
                f"  slowest {max(waited):6.0f} ms{aim}"
            )


class Person:
    """Somebody at a browser, who goes on from the list found last."""

    def __init__(self, url: str, account: str, times: Times, seed: int) -> None:
        self.chance, self._times = random.Random(seed), times  # noqa: S311 - what somebody looks at next
        self._officer, self._writes = Officer(url, account), account.startswith("keyuan")
        self._firms: list[str] = []

    def work(self) -> None:
        dice = self.chance.random()
        if dice < 0.25 or not self._firms:
            self._find("名单", self.chance.choice(LISTS))
        elif dice < 0.45:
            self._find("搜索", f"/firms?q={quote(self.chance.choice(WORDS))}")
        elif dice < 0.70:
            self._look(self.chance.choice(self._firms) + self.chance.choice(TABS))
        elif dice < 0.95 or not self._writes:
            self._look(self.chance.choice(PAGES))
        else:
            self._note_visit(self.chance.choice(self._firms))

    def _look(self, path: str) -> None:
        self._times.note("页面", self._officer.open(path))

    def _find(self, kind: str, path: str) -> None:
        page = self._times.note(kind, self._officer.open(path))
        self._firms = re.findall(r'data-row-href="(/firms/\d+)"', page) or self._firms

    def _note_visit(self, firm: str) -> None:
        fields = {"visited_on": clock.today().isoformat(), "kind": "on_site", "found": "看了车间，问了研发投入。"}
        self._times.note("提交", self._officer.send(f"{firm}/visits/new", f"{firm}/visits", fields))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--gunicorn", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--week", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        office, port = stack.enter_context(post_office())
        office.stalls = MAIL_TAKES
        settings = {"CRM_MAIL_BACKEND": "smtp", "CRM_MAIL_SERVER": "127.0.0.1", "CRM_MAIL_PORT": str(port)}
        if asked.postgres:
            settings["CRM_DATABASE_URL"] = a_postgres(stack, folder)
        county = County(folder / "county", **settings)
        county.folder.mkdir()
        server = stack.enter_context(_serving(county, asked.gunicorn))
        times, mails = _work(asked, county, server), len(office.accepted)
    print(f"{asked.people} people, {times.asked:,} requests, {mails} mails; wrong: {dict(times.wrong) or 'nothing'}")
    print(*times.told(), sep="\n")


@contextmanager
def _serving(county: County, by_gunicorn: bool) -> Iterator[Server]:
    """`flask up`; before gunicorn it only makes the county, and the clock runs beside."""
    if not by_gunicorn:
        with county.served() as server:
            yield server
        return
    with county.served():
        pass
    the_clock = county.begin("clock")
    try:
        with county.served(GUNICORN) as server:
            yield server
    finally:
        the_clock.terminate()
        the_clock.wait()


def _work(asked: argparse.Namespace, county: County, server: Server) -> Times:
    ledgers, times, over = _ledgers(county), Times(), threading.Event()
    people = [Person(server.url, ACCOUNTS[n % len(ACCOUNTS)], times, n) for n in range(asked.people)]
    works = [threading.Thread(target=_sit, args=(each, asked.week, over)) for each in people]
    works.append(threading.Thread(target=_import, args=(Officer(server.url), ledgers, over)))
    works.append(threading.Thread(target=_mail, args=(county, over)))
    for work in works:
        work.start()
    _wait(asked, times, psutil.Process(server.process.pid))
    over.set()
    for work in works:
        work.join()
    return times


def _ledgers(county: County) -> list[bytes]:
    """The county's own ledger twice, with other revenues: each is a change to every firm after the other."""
    file = county.folder / "ledger.xlsx"
    if county.run("export", "all", "-o", str(file)):
        raise SystemExit(f"the ledger could not be written, see {county.folder / 'command.log'}")
    return [_with_more_revenue(file, ten_thousand) for ten_thousand in (1, 2)]


def _with_more_revenue(file: Path, more: int) -> bytes:
    book = load_workbook(file)
    sheet = book.worksheets[0]
    columns = {str(cell.value): cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    revenue = next(column for title, column in columns.items() if "销售收入" in title)
    for (cell,) in sheet.iter_rows(min_row=7, min_col=revenue, max_col=revenue):
        if isinstance(cell.value, int | float):
            cell.value += more
    copy = file.with_name(f"ledger-{more}.xlsx")
    book.save(copy)
    return copy.read_bytes()


def _sit(person: Person, is_week: bool, over: threading.Event) -> None:
    while not over.is_set():
        if not is_week:
            over.wait(person.chance.expovariate(1 / READS_FOR))
        person.work()


def _import(colleague: Officer, ledgers: list[bytes], over: threading.Event) -> None:
    done = 0
    while not over.is_set():
        colleague.confirm(colleague.upload(f"台账{done}.xlsx", ledgers[done % 2]))
        done += 1
        over.wait(RESTS_FOR)
    print(f"{done} ledgers imported")


def _mail(county: County, over: threading.Event) -> None:
    """The mails of one day after the other are planned and sent."""
    with subprocess.Popen([sys.executable, "-c", _MAILING], cwd=ROOT, env=county.environment) as run:
        over.wait()
        run.terminate()


def _wait(asked: argparse.Namespace, times: Times, server: psutil.Process) -> None:
    """Until the time is over, or in a week the pages are; tells what server and children hold, shared pages once."""
    wanted, begun, told = 5 * PAGES_OF_A_DAY * asked.people, time.monotonic(), -1
    while (times.asked < wanted) if asked.week else (time.monotonic() - begun < asked.minutes * 60):
        if times.asked // 1000 > told:
            told = times.asked // 1000
            held = sum(each.memory_full_info().pss for each in (server, *server.children(recursive=True)))
            seconds = time.monotonic() - begun
            print(f"  {seconds:4.0f} s {times.asked:6,} requests {held / 1024**2:5.0f} MB", flush=True)
        time.sleep(1)


if __name__ == "__main__":
    main()
