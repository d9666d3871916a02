"""Ten invented firms that each show one thing a judgement can say; seeds/demo/explained.yaml tells them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from seeds.codes import newcomer_code
from seeds.reference import read

_FIRST_NUMBER = 9000  # of the codes that are free beside the county
_SUFFIX = "（模拟）"
_YEARS = 3


@dataclass(frozen=True)
class Explained:
    """told: what the YAML says of the firm, with what it takes from the shared part."""

    number: int
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.told['name']}{_SUFFIX}"

    @property
    def uscc(self) -> str:
        return newcomer_code(_FIRST_NUMBER + self.number)

    def founded_on(self, today: date) -> date:
        if days := self.told.get("founded_days_ago"):
            return today - timedelta(days=days)
        return date(today.year - self.told["founded_years_ago"], 3, 15)

    def by_year(self, name: str, last_year: int) -> dict[int, Any]:
        """The figure of each of the three years; a firm has none from before it was founded."""
        values = self.told.get(name) or [None] * _YEARS
        return dict(zip(range(last_year - _YEARS + 1, last_year + 1), values, strict=True))


def explained_firms() -> list[Explained]:
    content = read("demo/explained.yaml")
    return [Explained(number, content["shared"] | told) for number, told in enumerate(content["firms"], start=1)]
