"""A demo county in a folder of its own, and CPU time that includes child processes."""

import resource
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from config import Testing
from crm import clock, create_app
from crm.actions.demo import load_demo, load_reference
from crm.actions.events import COMMAND
from crm.extensions import db


@contextmanager
def a_county(firms: int) -> Iterator[Flask]:
    """An app with so many invented firms (0: only the reference data), gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yanzhen-bench-"))

    class ForThisRun(Testing):
        INSTANCE = folder

    app = create_app(ForThisRun)
    try:
        with app.app_context():
            db.create_all()
            load_reference(COMMAND)
            if firms:
                load_demo(firms, 1, clock.today(), lambda _: None)
            yield app
    finally:
        shutil.rmtree(folder)


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process and of the children that ended meanwhile."""
    before = _cpu()
    work()
    return _cpu() - before


def interleaved(
    works: dict[str, Callable[[], object]], rounds: int, before: dict[str, Callable[[], object]] | None = None
) -> dict[str, float]:
    """Median CPU time of each, taken in turns so that a busy machine troubles all alike.

    before prepares a work and is not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            (before or {}).get(name, lambda: None)()
            taken[name].append(cpu_seconds(work))
    return {name: statistics.median(times) for name, times in taken.items()}


def peak_megabytes() -> tuple[float, float]:
    """The most memory this process, and any child of it, ever held.

    Of this process the kernel's own mark: ru_maxrss begins with what the process held that started it, and so what is
    said of children may be too much.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    own = int(status["VmHWM"].split()[0]) / 1024
    return own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
