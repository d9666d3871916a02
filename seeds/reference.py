"""The reference data as rows: what lies in seeds/reference, and the invented areas of the demo county."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Place:
    """A township, or an area inside one (`within` names it)."""

    name: str
    aliases: tuple[str, ...] = ()
    within: str | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of a classification."""

    code: str
    name: str
    parent_code: str | None


@dataclass(frozen=True)
class Aim:
    """One number of a county plan; counts: the measure it is counted by, None: typed in by hand."""

    code: str
    label: str
    unit: str
    value: Decimal
    counts: str | None
    is_headline: bool


def townships() -> list[Place]:
    return [Place(row["name"], tuple(row["aliases"])) for row in read("reference/townships.yaml")]


def demo_areas() -> list[Place]:
    return [Place(row["name"], within=row["within"]) for row in read("demo/areas.yaml")]


def industries() -> list[Entry]:
    rows: dict[str, str] = read("reference/industries.yaml")
    return [Entry(code, name, code[:-1] if len(code) > 2 else None) for code, name in rows.items()]


def tech_fields() -> list[Entry]:
    entries = []
    for number, field in enumerate(read("reference/tech_fields.yaml"), start=1):
        entries.append(Entry(str(number), field["name"], None))
        entries += [Entry(f"{number}.{part}", name, str(number)) for part, name in enumerate(field["parts"], start=1)]
    return entries


def plans() -> dict[int, list[Aim]]:
    """Year of a county plan → what it wants, in its order."""
    return {int(path.stem): _aims(path.name) for path in sorted((_HERE / "plans").glob("*.yaml"))}


def _aims(name: str) -> list[Aim]:
    return [
        Aim(row["code"], row["label"], row["unit"], Decimal(str(row["value"])), row.get("counts"), "headline" in row)
        for row in read(f"plans/{name}")
    ]


def read(name: str) -> Any:
    return yaml.load((_HERE / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - a safe loader
