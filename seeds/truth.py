"""What nobody in an office can know: who would have passed, and how likely it was. For tests and benchmarks only.

Nothing here is among the county's rows, and nothing of the app reads it.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np

from seeds.draws import Flags, Floats, Ints
from seeds.figures import drawn_books
from seeds.flags import drawn_entries
from seeds.high_tech import lived_rounds
from seeds.ip_rights import drawn_rights
from seeds.population import BLOCK, Setting, drawn_population


class YearOfTruth(NamedTuple):
    """One year of one block: the numbers of its firms; eligible ones could have applied for a first certificate."""

    year: int
    firm: Ints
    eligible: Flags
    chance: Floats
    would_pass: Flags
    score: Floats


def truths(firms: int, seed: int, today: date) -> Iterator[YearOfTruth]:
    for block in range(-(-firms // BLOCK)):
        people = drawn_population(Setting(seed, block, today))
        books = drawn_books(people)
        rounds = lived_rounds(people, books, drawn_rights(people, books.sales), drawn_entries(people).accidents)
        known = np.flatnonzero(people.numbers <= firms)
        for live in rounds:
            truth = live.truth
            yield YearOfTruth(
                live.year,
                people.numbers[known],
                truth.eligible[known],
                truth.chance[known],
                truth.would_pass[known],
                truth.score[known],
            )
