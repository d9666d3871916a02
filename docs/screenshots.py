"""Take the pictures of the READMEs anew, from the demo county: make screenshots."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from crm.actions.demo import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PORT = "8199"
ADDRESS = f"http://127.0.0.1:{PORT}"
_SECONDS_TO_START = 180
OTHERS = {
    "today": "/", "board": "/candidacies?campaign=2", "candidates": "/candidates", "ladder": "/funnel",
    "dashboard": "/dashboard",
    "reminders": "/reminders/ahead",
}  # fmt: skip


@contextmanager
def demo_county() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as instance:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "up"]
        settings = os.environ | {"CRM_INSTANCE": instance, "CRM_PORT": PORT}
        with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL) as server:
            try:
                _wait()
                yield Path(instance)
            finally:
                server.terminate()


def _wait() -> None:
    for _ in range(_SECONDS_TO_START):
        with suppress(OSError), urlopen(f"{ADDRESS}/healthz", timeout=5):  # noqa: S310 - our own address
            return
        time.sleep(1)
    raise SystemExit("the demo county did not start")


def sign_in(page: Page, account: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=account]", account)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/firms")  # the greeting is said once


def take(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with demo_county() as instance, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=ADDRESS, viewport={"width": 1366, "height": 768}, locale="zh-CN")
        sign_in(page, "keyuan1")
        page.goto("/firms?tier=high_tech&sort=-rd_ratio")
        take(page, "list")
        page.click("table.data tbody a >> nth=0")
        take(page, "firm")
        page.goto(f"{page.url.partition('?')[0]}?tab=figures")
        take(page, "figures")
        page.goto("/firms/40?tab=qualification")
        take(page, "qualification")
        for number, name in (("一", "clean"), ("四", "gap"), ("六", "vetoed")):
            page.goto(f"/firms?q=样例{number}")
            page.click("table.data tbody a >> nth=0")
            page.goto(f"{page.url.partition('?')[0]}?tab=qualification")
            take(page, f"explained-{name}")
        page.goto("/imports/new")
        page.set_input_files("input[type=file]", next(instance.glob("*.xlsx")))
        page.click("button:has-text('上传并预览')")
        page.wait_for_url(re.compile(r"/imports/\d+$"))
        take(page, "import")
        for name, address in OTHERS.items():
            page.goto(address)
            take(page, name)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/firms?q=kj")
        take(page, "phone")
        browser.close()


if __name__ == "__main__":
    main()
