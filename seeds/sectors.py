"""What the invented firms do: one entry a sector, with the medians its figures are drawn around."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from seeds.draws import Floats, Ints
from seeds.reference import read


@dataclass(frozen=True)
class Sector:
    """Sales in 万元, `per_head` is sales per employee; shares are 0–1; the last four are filings a year."""

    name: str
    industries: tuple[str, ...]
    fields: tuple[str, ...]
    words: tuple[str, ...]
    products: tuple[str, ...]
    share: float
    sales: float
    growth: float
    rd: float
    tech_staff: float
    high_tech: float
    in_field: float
    per_head: float
    inventions: float
    utility_models: float
    designs: float
    software: float


@cache
def sectors() -> tuple[Sector, ...]:
    return tuple(
        Sector(
            name=row["name"],
            industries=tuple(row["industries"]),
            fields=tuple(row["fields"]),
            words=tuple(row["words"]),
            products=tuple(row["products"]),
            **row["figures"],
        )
        for row in read("demo/sectors.yaml")
    )


def each(field: str, sector: Ints) -> Floats:
    """A figure of the sector of each firm."""
    values: Floats = np.array([getattr(entry, field) for entry in sectors()], dtype=float)[sector]
    return values
