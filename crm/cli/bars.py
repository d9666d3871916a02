"""A bar in the terminal that long work moves on."""

from typing import Any

from crm.actions.tasks import Progress


def moving(bar: Any) -> Progress:
    def report(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    return report
