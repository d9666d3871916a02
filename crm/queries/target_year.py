"""For which round the candidates are ordered."""

from datetime import date
from typing import Any

_LAST_MONTH = 9  # after September the year's applications are with the province: the next year's are prepared


def target_year(today: date) -> int:
    return today.year if today.month <= _LAST_MONTH else today.year + 1


def awaiting_result(ledger: Any, year: int) -> Any:
    """Places of firms that have applied in an earlier year and not heard yet: they are no candidates before they do."""
    import numpy as np  # slow import

    waiting = np.zeros(ledger.size, dtype=bool)
    asked, results = ledger.applied, ledger.tables["results"]
    earlier = asked["year"] == year - 1
    waiting[asked["firm"][earlier]] = True
    heard = results["firm"][results["year"] == year - 1]
    waiting[heard] = False
    return waiting if ledger.today.year < year else np.zeros(ledger.size, dtype=bool)
