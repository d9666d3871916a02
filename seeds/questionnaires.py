"""What firms answered when the office asked about their organisation: one row an answer, dated, never for all."""

from typing import Any

import numpy as np

from seeds.days import dates, ordinal
from seeds.draws import Ints, logistic, stream
from seeds.figures import Books
from seeds.gaps import SHOWN_YEARS
from seeds.population import PAST_YEARS, Population

QUESTIONNAIRE_FIELDS = (
    "firm_id", "answered_on", "rd_centre", "has_partner", "took_part_in_standard", "conversions", "documents",
)  # fmt: skip
_ASKED = 0.4  # share of firms on the office's mind that answer in a year
_DOCUMENTS = 5


def questionnaire_rows(firms: Population, books: Books) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for year in range(firms.setting.today.year - SHOWN_YEARS + 2, firms.setting.today.year + 1):
        rows += _year_rows(firms, books, year)
    return rows


def _year_rows(firms: Population, books: Books, year: int) -> list[tuple[Any, ...]]:
    """Asked in January, answered until late March."""
    chance = stream(firms.setting.seed, "questionnaire", firms.setting.block, year - firms.setting.today.year)
    column = year - firms.setting.today.year + PAST_YEARS
    minded = (year >= firms.aspires_from - 3) | (chance.random_sample(firms.size) < 0.08)
    day = ordinal(year, 1, 12) + chance.randint(0, 70, firms.size)
    answers = minded & (chance.random_sample(firms.size) < _ASKED) & (firms.founded < day - 200)
    answers &= (day <= firms.setting.today.toordinal()) & (firms.gone_year > year)
    made: Ints = books.conversions[:, column - 3 : column].sum(axis=1)
    centre = chance.binomial(2, logistic(-2.1 + 0.8 * firms.quality))
    partner = chance.random_sample(firms.size) < logistic(-0.9 + 0.7 * firms.quality)
    standard = chance.random_sample(firms.size) < logistic(-2.6 + 0.6 * firms.quality)
    documents = chance.binomial(_DOCUMENTS, logistic(0.4 + 0.8 * firms.management))
    chosen = np.flatnonzero(answers)
    columns = [
        firms.numbers[chosen].tolist(), dates(day[chosen]), centre[chosen].tolist(), partner[chosen].tolist(),
        standard[chosen].tolist(), made[chosen].tolist(), documents[chosen].tolist(),
    ]  # fmt: skip
    return list(zip(*columns, strict=True))
