"""The pages in a real Chromium, before the real server with the demo county in a folder of its own.

Whatever a page asks of another machine, whatever it says on the console: the test that opened it fails.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.request import urlopen

import pytest

from crm.actions.demo import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Without the packages of requirements-e2e.txt there is nothing to collect here.
collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server(NamedTuple):
    url: str
    instance: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Started by the command that `make run` uses."""
    server = Server(f"http://127.0.0.1:{_free_port()}", tmp_path_factory.mktemp("county"))
    settings = os.environ | {"CRM_INSTANCE": str(server.instance), "CRM_PORT": server.url.rpartition(":")[2]}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "up"]
    log = (server.instance / "server.log").open("wb")
    with log, subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log) as process:
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, (server.instance / "server.log").read_text(encoding="utf-8")
        with suppress(OSError), urlopen(f"{server.url}/healthz", timeout=5):  # noqa: S310 - our own address
            return
        time.sleep(0.2)
    pytest.fail((server.instance / "server.log").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium: make e2e")
    return {"executable_path": str(CHROMIUM), "args": QUIET}


class Watch:
    """What a context of the browser did that a page of ours never does."""

    def __init__(self, home: str) -> None:
        self._home = home
        self.complaints: list[str] = []

    def over(self, context: "BrowserContext") -> None:
        context.on("request", lambda request: self._note_request(request.url))
        context.on("console", lambda message: self._note_console(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))

    def _note_request(self, url: str) -> None:
        if not url.startswith((self._home, "data:", "blob:")):
            self.complaints.append(f"request leaves the machine: {url}")

    def _note_console(self, kind: str, text: str) -> None:
        # An answer of 4xx that a test asked for is told as an error by the browser, and by htmx once more.
        if kind in ("error", "warning") and not re.search(r"status of 4|Status Error Code 4", text):
            self.complaints.append(f"console: {text}")


Opener = Callable[..., "Page"]


@pytest.fixture(scope="session")
def passes(browser: "Browser", server: Server) -> Callable[[str], object]:
    """passes("kezhang"): what the browser holds after that account has signed in, once for the whole run."""
    return cache(lambda account: _sign_in(browser, server, account))


@pytest.fixture
def open_page(browser: "Browser", server: Server, passes: Callable[[str], object]) -> Iterator[Opener]:
    """open_page("/firms", account="kezhang", width=390, dark=True, scripts=False) → the page, signed in and watched."""
    watch = Watch(server.url)
    contexts = []

    def opened(
        path: str, account: str | None = "kezhang", width: int = 1366, dark: bool = False, scripts: bool = True
    ) -> "Page":
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 768 if width > 600 else 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            storage_state=passes(account) if account else None,
            reduced_motion="reduce",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.complaints == []


def _sign_in(browser: "Browser", server: Server, account: str) -> object:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=account]", account)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def violations() -> Callable[..., list[str]]:
    """violations(page) or violations(page, "color-contrast"): what axe finds by all rules or by one, a line each."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def found(page: "Page", *rules: str) -> list[str]:
        options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else None
        return [
            f"{rule['id']}: {node['html'][:160]}"
            for rule in axe.run(page, options=options).response["violations"]
            for node in rule["nodes"]
        ]

    return found
