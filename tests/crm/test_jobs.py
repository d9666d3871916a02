"""The clock: one job that fails or hangs keeps neither the others nor the end of the process waiting."""

import subprocess
import sys
from datetime import date

from crm import jobs


def test_job_that_raises_is_logged_and_the_others_go_on(app, monkeypatch, caplog):
    def broken(_today: date) -> str:
        raise RuntimeError("no such table")

    rang = []
    monkeypatch.setitem(jobs.JOBS, "back_up", broken)
    monkeypatch.setitem(jobs.JOBS, "seal_events", lambda today: rang.append(today) or "")

    for name in ("back_up", "seal_events"):
        jobs._run_in(app, name)

    assert len(rang) == 1
    assert "job back_up failed" in caplog.text


def test_clock_that_was_told_to_leave_does_not_wait_for_a_job_without_end():
    """The threads of a scheduler keep a process alive; how the house takes it: tests/drills/stop_import.py."""
    program = """
import threading
from crm import jobs
jobs._SECONDS_TO_LEAVE = 0.1
threading.Thread(target=threading.Event().wait).start()
jobs._leave_soon()
"""

    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
