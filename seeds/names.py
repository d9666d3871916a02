"""Names of firms and people: plausible, invented, and never twice by accident."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from seeds.draws import Ints, picked, stream
from seeds.reference import read
from seeds.sectors import sectors

MARK = "（模拟）"
_STEP = 10_007  # a prime that divides no product of the pools: every brand comes up once before any comes again
_EARLY_MIDDLES = 8  # middle signs of three-sign brands among the first; later rounds use the others
_FORMS = ("有限公司", "（嘉善）有限公司", "股份有限公司", "有限责任公司")
_FORM_WEIGHTS = (0.86, 0.05, 0.07, 0.02)


@cache
def pool(name: str) -> tuple[str, ...]:
    entry: Any = read("demo/names.yaml")[name]
    return tuple(entry.split()) if isinstance(entry, str) else tuple(entry)


def firm_names(seed: int, block: int, numbers: Ints, sector: Ints, twin: Ints) -> list[str]:
    """A name for each firm; twin says 1 for a near-duplicate of the firm before it, 2 for the very same name."""
    chance = stream(seed, "names", block)
    size = len(numbers)
    words = chance.randint(0, 1 << 30, size).tolist()
    prefixes = chance.randint(0, len(pool("prefixes")), size).tolist()
    forms = picked(chance, _FORM_WEIGHTS, size).tolist()
    brands = [brand(seed, number) for number in numbers.tolist()]
    names: list[str] = []
    for position, kind in enumerate(twin.tolist()):
        choices = sectors()[sector[position]].words
        name = _composed(brands[position], choices[words[position] % len(choices)], prefixes[position], forms[position])
        names.append(name if not kind else names[-1] if kind == 2 else near_duplicate(names[-1]))
    return names


def brand(seed: int, number: int) -> str:
    """The 字号 of firm number 1, 2, …: no two firms of a county share one (1,000,000 firms and a bit)."""
    first, middle, last = pool("first"), pool("middle"), pool("last")
    pairs = len(first) * len(last)
    turn, place = divmod(number - 1, pairs)
    head, tail = divmod((place * _STEP + seed * 7919) % pairs, len(last))
    short = first[head] + last[tail]
    if turn:
        return first[head] + middle[_EARLY_MIDDLES + turn - 1] + last[tail]
    if first[head] == last[tail] or place * 31 % 100 < 28 or short in pool("blocked"):
        return first[head] + middle[place % _EARLY_MIDDLES] + last[tail]
    return short


def _composed(brand: str, word: str, prefix: int, form: int) -> str:
    area = pool("prefixes")[prefix]
    if form == 1 or not area:
        return f"{brand}{word}{_FORMS[1]}{MARK}"
    return f"{area}{brand}{word}{_FORMS[form]}{MARK}"


def near_duplicate(name: str) -> str:
    """What a sister firm is called, or the same firm on somebody else's list."""
    for old, new in (("嘉善", "浙江"), ("浙江", "嘉兴"), ("嘉兴", "嘉善")):
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name.replace(_FORMS[1], "（浙江）有限公司")


def former_name(name: str) -> str:
    """What a firm was called before it grew: another legal form and the county before its brand."""
    plain = name.removesuffix(MARK)
    for form in ("股份有限公司", "（嘉善）有限公司", "（浙江）有限公司", "有限责任公司", "有限公司"):
        if plain.endswith(form):
            plain = plain.removesuffix(form)
            break
    for area in ("嘉善", "浙江", "嘉兴"):
        plain = plain.removeprefix(area)
    return f"嘉善县{plain}厂{MARK}"


def people(seed: int, purpose: str, block: int, size: int) -> list[str]:
    chance = stream(seed, "people", purpose, block)
    surnames, given = pool("surnames"), pool("given")
    parts = _drawn(chance, surnames, size), _drawn(chance, given, size), _drawn(chance, given, size)
    single = (chance.random_sample(size) < 0.18).tolist()
    return [
        family + one + ("" if alone or one == two else two)
        for family, one, two, alone in zip(*parts, single, strict=True)
    ]


def _drawn(chance: np.random.RandomState, signs: Sequence[str], size: int) -> list[str]:
    return [signs[place] for place in chance.randint(0, len(signs), size).tolist()]
