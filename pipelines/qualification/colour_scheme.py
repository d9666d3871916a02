"""How points and missed conditions become a colour: the numbers of the edition of 三色评价."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pipelines.facts import Fact
from pipelines.qualification.criteria import fact_of
from pipelines.qualification.sections import Section
from pipelines.vocabulary import Programme


@dataclass(frozen=True, slots=True)
class ColourScheme:
    """applies_if says which firms are coloured at all; green_from and yellow_from are points of score.

    A condition of basis named in red_if_missed makes red when missed, yellow when it is met by less than near (a share
    of its threshold). quota: at most this share of the firms is green.
    """

    applies_if: Fact
    score: str
    green_from: Decimal
    yellow_from: Decimal
    basis: Programme
    red_if_missed: tuple[str, ...]
    near: Fraction
    quota: Fraction | None


def read_colour_scheme(section: Section) -> ColourScheme:
    section.only(("applies_if", "score", "green_from", "yellow_from", "basis", "red_if_missed", "near", "quota"))
    quota = section.get("quota")
    return ColourScheme(
        applies_if=fact_of(section, "applies_if"),
        score=section.text("score"),
        green_from=section.number("green_from"),
        yellow_from=section.number("yellow_from"),
        basis=section.word("basis", Programme),
        red_if_missed=section.texts("red_if_missed"),
        near=Fraction(section.number("near")),
        quota=None if quota is None else Fraction(section.number("quota")),
    )
