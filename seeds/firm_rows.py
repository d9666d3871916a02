"""Firms, their former names and their contacts as rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np

from pipelines.names import normalised_name
from pipelines.vocabulary import ContactRole, FirmStatus, LevyMode
from seeds.codes import county_code, landline, mobile
from seeds.days import dates
from seeds.draws import Chance, Floats, picked
from seeds.figures import Books
from seeds.names import firm_names, former_name, near_duplicate, people, pool
from seeds.population import SAME_NAME, Population
from seeds.reference import demo_areas
from seeds.sectors import sectors
from seeds.towns import NAMES, PARKS

# `township` is a name and `owner` a number from 0 (or None): whoever loads the rows knows their ids.
FIRM_FIELDS = (
    "id", "uscc", "name", "normalised_name", "status", "founded_on", "registered_capital", "legal_representative",
    "township", "park", "address", "industry_code", "tech_field_code", "levy_mode", "above_scale", "main_products",
    "owner", "liaison", "remark", "archived_at", "archived_reason",
)  # fmt: skip
FORMER_NAME_FIELDS = ("firm_id", "name", "normalised_name", "until_on")
CONTACT_FIELDS = ("firm_id", "name", "role", "position", "phone", "email")
OWNERS = 3

_CAPITAL = np.array([50, 100, 200, 300, 500, 800, 1000, 1200, 2000, 3000, 5000, 8000, 10000, 20000])
_REMARKS = (
    "拟上市培育企业",
    "招商引资项目",
    "上年新入规",
    "正在办理变更登记",
    "产学研合作单位较多",
    "资料以企业补报为准",
)
_ROLES = (
    (ContactRole.APPLICATION, 0.88, ("项目经理", "行政主管", "总经理助理", "综合办主任")),
    (ContactRole.LEGAL, 0.50, ("执行董事", "总经理", "董事长")),
    (ContactRole.FINANCE, 0.38, ("财务经理", "财务总监", "会计")),
    (ContactRole.RD, 0.32, ("技术总监", "研发经理", "总工程师")),
)


def firm_rows(firms: Population, books: Books) -> list[tuple[Any, ...]]:
    setting, numbers = firms.setting, firms.numbers.tolist()
    chance = setting.chance("register")
    names = firm_names(setting.seed, setting.block, firms.numbers, firms.sector, firms.twin)
    gone = dates(firms.gone)
    industry, tech_field = _classes(chance, firms)
    archived_at, archived_reason = _archives(chance, firms, gone)
    columns: list[Sequence[Any]] = [
        numbers,
        [county_code(number) for number in numbers],
        names,
        [normalised_name(name) for name in names],
        [_status(day, moved) for day, moved in zip(gone, firms.moved.tolist(), strict=True)],
        _some(chance, dates(firms.founded), 0.985),
        _capital(chance, books.sales[:, -1]),
        _some(chance, people(setting.seed, "legal", setting.block, firms.size), 0.93),
        *_places(chance, firms),
        industry,
        tech_field,
        [(LevyMode.AUDITED, LevyMode.ASSESSED, None)[kind] for kind in picked(chance, (0.93, 0.03, 0.04), firms.size)],
        _some(chance, (books.sales[:, -1] >= 20_000_000).tolist(), 0.95),
        _products(chance, firms),
        _owners(chance, firms),
        _some(chance, people(setting.seed, "liaison", setting.block, firms.size), 0.35),
        _some(chance, [_REMARKS[place] for place in chance.randint(0, len(_REMARKS), firms.size)], 0.06),
        archived_at,
        archived_reason,
    ]
    return list(zip(*columns, strict=True))


def _some(chance: Chance, values: Sequence[Any], share: float | Floats) -> list[Any]:
    """The values, but only where the office has them."""
    known = (chance.random_sample(len(values)) < share).tolist()
    return [value if there else None for value, there in zip(values, known, strict=True)]


def _status(gone: date | None, moved: bool) -> FirmStatus:
    if gone is None:
        return FirmStatus.ACTIVE
    return FirmStatus.MOVED_AWAY if moved else FirmStatus.DEREGISTERED


def _capital(chance: Chance, sales: Floats) -> list[int | None]:
    """In round 万元, about what a firm of its size has; foreign capital is converted and never round."""
    wanted = sales / 10_000 * 0.35 * np.exp(0.6 * chance.standard_normal(len(sales)))
    place = np.clip(np.searchsorted(_CAPITAL, wanted), 0, len(_CAPITAL) - 1)
    foreign = chance.random_sample(len(sales)) < 0.05
    odd = chance.randint(-300_000, 300_000, len(sales))
    return _some(chance, (_CAPITAL[place] * 10_000 + np.where(foreign, odd, 0)).tolist(), 0.96)


def _places(chance: Chance, firms: Population) -> tuple[list[Any], list[Any], list[Any]]:
    """Township (or an area in it), park and address."""
    areas = {town: [area.name for area in demo_areas() if area.within == town] for town in NAMES}
    towns = [NAMES[place] for place in firms.township.tolist()]
    draws = chance.randint(0, 1 << 30, (4, firms.size)).tolist()
    finer = [
        areas[town][draw % len(areas[town])] if areas[town] and draw % 100 < 42 else town
        for town, draw in zip(towns, draws[0], strict=True)
    ]
    parks = [PARKS.get(town) if draw % 100 < 45 else None for town, draw in zip(towns, draws[1], strict=True)]
    roads = pool("roads")
    addresses = [
        f"嘉善县{town}{roads[road % len(roads)]}{1 + number % 1999}号"
        for town, road, number in zip(towns, draws[2], draws[3], strict=True)
    ]
    return _some(chance, finer, 0.975), parks, _some(chance, addresses, 0.94)


def _classes(chance: Chance, firms: Population) -> tuple[list[Any], list[Any]]:
    draws = chance.randint(0, 1 << 30, (2, firms.size)).tolist()
    kinds = [sectors()[place] for place in firms.sector.tolist()]
    industry = [kind.industries[draw % len(kind.industries)] for kind, draw in zip(kinds, draws[0], strict=True)]
    tech_field = [
        kind.fields[draw % len(kind.fields)] if kind.fields else None
        for kind, draw in zip(kinds, draws[1], strict=True)
    ]
    return _some(chance, industry, 0.965), _some(chance, tech_field, np.where(firms.aspires_from < 9999, 0.93, 0.45))


def _products(chance: Chance, firms: Population) -> list[Any]:
    draws = chance.randint(0, 1 << 30, (2, firms.size)).tolist()
    texts = []
    for place, first, second in zip(firms.sector.tolist(), *draws, strict=True):
        products = sectors()[place].products
        one, two = products[first % len(products)], products[second % len(products)]
        texts.append(one if one == two else f"{one}、{two}")
    return _some(chance, texts, 0.85)


def _owners(chance: Chance, firms: Population) -> list[int | None]:
    """An officer follows whole townships; some firms nobody has taken on yet."""
    return _some(chance, (firms.township % OWNERS).tolist(), 0.88)


def _archives(
    chance: Chance, firms: Population, gone: list[date | None]
) -> tuple[list[datetime | None], list[str | None]]:
    """Most firms that left are archived a few weeks later; a namesake's elder always."""
    draws = (chance.random_sample(firms.size) < 0.7).tolist()
    replaced = np.roll(firms.twin == SAME_NAME, -1).tolist()
    moments: list[datetime | None] = []
    reasons: list[str | None] = []
    for day, drawn, elder, moved in zip(gone, draws, replaced, firms.moved.tolist(), strict=True):
        kept = day is None or not (drawn or elder)
        moments.append(None if day is None or kept else datetime.combine(day, time(2), tzinfo=UTC))
        reasons.append(None if kept else "迁出本县" if moved else "已注销")
    return moments, reasons


def former_name_rows(firms: Population, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Some firms were renamed since they were founded, a few of them within the last months (办法 第十七条)."""
    chance = firms.setting.chance("former")
    today = firms.setting.today.toordinal()
    renamed = (chance.random_sample(firms.size) < 0.07) & (firms.twin == 0) & (np.roll(firms.twin, -1) == 0)
    day = today - 20 - chance.randint(0, 9 * 365, firms.size)
    renamed &= day > firms.founded + 300
    sisterly = (chance.random_sample(firms.size) < 0.4).tolist()
    found = []
    for place, until in zip(np.flatnonzero(renamed).tolist(), dates(day[renamed]), strict=True):
        old = near_duplicate(rows[place][2]) if sisterly[place] else former_name(rows[place][2])
        found.append((rows[place][0], old, normalised_name(old), until))
    return found


def contact_rows(firms: Population, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    chance = firms.setting.chance("contacts")
    found = []
    for role, share, positions in _ROLES:
        chosen = np.flatnonzero(chance.random_sample(firms.size) < share).tolist()
        names = people(firms.setting.seed, role, firms.setting.block, firms.size)
        draws = chance.randint(0, 1 << 30, firms.size).tolist()
        for place in chosen:
            number, draw = rows[place][0], draws[place]
            name = rows[place][7] if role is ContactRole.LEGAL and rows[place][7] else names[place]
            position = positions[draw % len(positions)]
            found.append((number, name, role, position, _phone(draw), _mail(role, number, draw)))
    return found


def _phone(draw: int) -> str | None:
    """A mobile, a landline, both in one cell, or nothing: as ledgers have it."""
    kind = draw % 50
    if kind == 0:
        return None
    if kind < 4:
        return landline(draw // 50)
    return f"{mobile(draw // 50)}、{landline(draw // 7)}" if kind == 4 else mobile(draw // 50)


def _mail(role: ContactRole, number: int, draw: int) -> str | None:
    return f"{role}{number}@example.com" if draw % 3 else None
