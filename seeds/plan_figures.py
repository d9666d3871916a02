"""What an invented county reported of those aims that are not counted from its firms, quarter by quarter."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

_QUARTERS = ((3, 31), (6, 30), (9, 30), (12, 31))
# code → where it stood at the end of each quarter
_REPORTED = {
    "rd_of_gdp": ("3.80", "3.85", "3.90", "3.95"),
    "high_tech_value_added": ("82.6", "83.1", "83.4", "83.9"),
    "high_tech_investment": ("9.2", "11.4", "12.8", "13.6"),
    "technology_contracts": ("5.4", "12.1", "19.8", "27.3"),
    "provincial_honours": ("0", "1", "1", "2"),
    "provincial_titles": ("0", "1", "2", "2"),
    "first_evers": ("1", "1", "2", "3"),
    "agricultural_high_tech": ("0", "0", "1", "1"),
}


def plan_figures(today: date) -> Iterator[tuple[str, date, Decimal]]:
    """Of last year and this year up to the day."""
    for year in (today.year - 1, today.year):
        for code, values in _REPORTED.items():
            for (month, last), value in zip(_QUARTERS, values, strict=True):
                if (reached_on := date(year, month, last)) <= today:
                    yield code, reached_on, Decimal(value)
