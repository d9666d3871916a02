"""What is missing, in units an officer can act on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from pipelines.facts import FACTS, Fact, FirmFacts
from pipelines.facts.showing import exact, money_up
from pipelines.vocabulary import Unit


@dataclass(frozen=True, slots=True)
class Gap:
    """amount is exact, in unit, and always positive (zero: the threshold itself must be passed); on is a day from
    which the condition is met by itself."""

    words: str
    amount: Fraction | None = None
    unit: Unit | None = None
    on: date | None = None


def shortfall(fact: Fact, facts: FirmFacts, threshold: Decimal, *, strict: bool, reached: str = "起满足") -> Gap:
    """The gap of a value that lies below its threshold. strict: the threshold itself is not enough."""
    if fact.unit is Unit.DAYS:
        return _waiting(facts, int(threshold) + strict, reached)
    if fact.is_ratio:
        return _share_below(fact, facts, Fraction(threshold), strict)
    amount = Fraction(threshold) - exact(getattr(facts, fact.name))
    return Gap(f"还差 {_amount(amount, fact.unit, strict)}", amount, fact.unit)


def excess(fact: Fact, facts: FirmFacts, threshold: Decimal, *, strict: bool) -> Gap:
    """The gap of a value that lies above its threshold."""
    if fact.is_ratio:
        return _share_above(fact, facts, Fraction(threshold), strict)
    amount = exact(getattr(facts, fact.name)) - Fraction(threshold)
    return Gap(f"超出 {_amount(amount, fact.unit, strict)}", amount, fact.unit)


def _waiting(facts: FirmFacts, days: int, reached: str) -> Gap:
    day = facts.old_enough_on(days)
    if day is None:
        return Gap(f"还差 {days - facts.age_days} 天", Fraction(days - facts.age_days), Unit.DAYS)
    return Gap(f"{day} {reached}", Fraction((day - facts.as_of).days), Unit.DAYS, day)


def _share_below(fact: Fact, facts: FirmFacts, threshold: Fraction, strict: bool) -> Gap:
    part, whole = _parts(fact, facts)
    if part is None or whole is None:
        return _points(threshold - exact(getattr(facts, fact.name)), fact.unit, strict)
    missing = threshold * Fraction(whole) - Fraction(part)
    named = FACTS[fact.part]
    if named.unit is Unit.PEOPLE:
        return _people(named.label, missing, threshold, strict)
    return Gap(f"{named.label}还差 {_amount(missing, named.unit, strict)}", missing, named.unit)


def _people(label: str, missing: Fraction, threshold: Fraction, strict: bool) -> Gap:
    """A new hire makes the whole larger as well; a transfer does not."""
    moved = _heads(missing, strict)
    if threshold >= 1:
        return Gap(f"须有 {moved} 名职工转为{label}", missing, Unit.PEOPLE)
    hired = _heads(missing / (1 - threshold), strict)
    return Gap(f"再增 {hired} 名{label}（新招），或转岗 {moved} 名", missing, Unit.PEOPLE)


def _heads(missing: Fraction, strict: bool) -> int:
    return floor(missing) + 1 if strict else ceil(missing)


def _share_above(fact: Fact, facts: FirmFacts, threshold: Fraction, strict: bool) -> Gap:
    part, whole = _parts(fact, facts)
    if part is None or whole is None:
        return _points(exact(getattr(facts, fact.name)) - threshold, fact.unit, strict, "超出")
    over = Fraction(part) - threshold * Fraction(whole)
    named = FACTS[fact.part]
    return Gap(f"{named.label}须减少 {_amount(over, named.unit, strict)}", over, named.unit)


def _parts(fact: Fact, facts: FirmFacts) -> tuple[Decimal | None, Decimal | None]:
    if not fact.part or fact.name in facts.stated:
        return None, None
    return getattr(facts, fact.part), getattr(facts, fact.whole)


def _points(missing: Fraction, unit: Unit, strict: bool, word: str = "还差") -> Gap:
    scale, named = (100, "个百分点") if unit is Unit.SHARE else (1, unit.label)
    amount = Decimal(ceil(missing * scale * 100)).scaleb(-2).normalize()
    return Gap(f"{word} {amount:f} {named}{_more(strict)}", missing, unit)


def _amount(amount: Fraction, unit: Unit, strict: bool) -> str:
    if unit is Unit.YUAN:
        return money_up(amount) + _more(strict)
    if unit is Unit.PEOPLE:
        return f"{_heads(amount, strict)} 人"
    return f"{_heads(amount, strict)} {unit.label}"


def _more(strict: bool) -> str:
    return "以上" if strict else ""
