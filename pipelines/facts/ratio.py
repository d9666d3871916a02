"""A share kept as the two whole numbers it comes from, so that it can be compared without dividing."""

from decimal import Decimal
from fractions import Fraction
from math import lcm

Number = Decimal | int


class Ratio:
    """numerator / denominator, not reduced; the denominator is positive."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: int, denominator: int = 1) -> None:
        self.numerator = numerator
        self.denominator = denominator

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ratio) and self.numerator * other.denominator == other.numerator * self.denominator

    def __hash__(self) -> int:
        return hash(self.fraction)

    def __repr__(self) -> str:
        return f"Ratio({self.numerator}, {self.denominator})"


class Manual:
    """In place of a value that no formula yields: a person must judge, for this reason."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"Manual({self.reason!r})"


Share = Ratio | Manual | None

NO_WHOLE = Manual("分母为零或为负，比例无从计算")
ZERO = Ratio(0)


def share(part: Number | None, whole: Number | None) -> Share:
    """part / whole; None when either is not known, Manual when there is no whole to speak of."""
    if part is None or whole is None:
        return None
    if whole <= 0:
        return NO_WHOLE
    parts, wholes = part * 100, whole * 100
    numerator, denominator = int(parts), int(wholes)
    if numerator == parts and denominator == wholes:  # all records are kept in hundredths
        return Ratio(numerator, denominator)
    return Ratio(*whole_numbers(part, whole))


def whole_numbers(*values: Number) -> list[int]:
    """The values on one scale without decimals: hundredths, or finer where needed."""
    hundredths = [value * 100 for value in values]
    whole = [int(value) for value in hundredths]
    if whole == hundredths:
        return whole
    exact = [Fraction(value) for value in values]
    scale = lcm(*(value.denominator for value in exact))
    return [int(value * scale) for value in exact]


def ratio_of(value: Decimal | Fraction) -> Ratio:
    return Ratio(*value.as_integer_ratio())
