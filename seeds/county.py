"""A whole invented county, block by block, so that a million firms need no more memory than a few thousand.

Pure and repeatable: the same seed and day give the same rows, whatever the machine, its zone and the county's size
(firm 17 is the same firm among 100 and among 1,000,000). What is assumed is set down in seeds/demo and CLASSIFIER §3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from seeds.award_rows import (
    APPLICATION_FIELDS,
    IP_RIGHT_FIELDS,
    RECOGNITION_FIELDS,
    application_rows,
    ip_right_rows,
    recognition_rows,
)
from seeds.figure_rows import FIGURE_FIELDS, figure_rows
from seeds.figures import drawn_books
from seeds.firm_rows import CONTACT_FIELDS, FIRM_FIELDS, FORMER_NAME_FIELDS, contact_rows, firm_rows, former_name_rows
from seeds.flags import FLAG_FIELDS, drawn_entries, flag_rows
from seeds.gaps import drawn_reporting
from seeds.high_tech import lived_rounds
from seeds.ip_rights import drawn_rights
from seeds.population import BLOCK, Setting, drawn_population
from seeds.questionnaires import QUESTIONNAIRE_FIELDS, questionnaire_rows
from seeds.titles import drawn_awards

Rows = list[tuple[Any, ...]]

FIELDS = {
    "firms": FIRM_FIELDS,
    "former_names": FORMER_NAME_FIELDS,
    "flags": FLAG_FIELDS,
    "contacts": CONTACT_FIELDS,
    "annual_figures": FIGURE_FIELDS,
    "ip_rights": IP_RIGHT_FIELDS,
    "recognitions": RECOGNITION_FIELDS,
    "applications": APPLICATION_FIELDS,
    "questionnaires": QUESTIONNAIRE_FIELDS,
}


@dataclass(frozen=True)
class Chunk:
    """Rows of some firms, a list a table, in the order of FIELDS; a firm's id is its number in the county."""

    firms: Rows
    former_names: Rows
    flags: Rows
    contacts: Rows
    annual_figures: Rows
    ip_rights: Rows
    recognitions: Rows
    applications: Rows
    questionnaires: Rows

    def tables(self) -> Iterator[tuple[str, Rows]]:
        return ((name, getattr(self, name)) for name in FIELDS)


def county(firms: int, seed: int, today: date) -> Iterator[Chunk]:
    for block in range(-(-firms // BLOCK)):
        yield _cut(_block(Setting(seed, block, today)), firms)


def _block(setting: Setting) -> Chunk:
    firms = drawn_population(setting)
    books = drawn_books(firms)
    rights = drawn_rights(firms, books.sales)
    entries = drawn_entries(firms)
    rounds = lived_rounds(firms, books, rights, entries.accidents)
    reporting = drawn_reporting(firms, books, rounds)
    rows = firm_rows(firms, books)
    return Chunk(
        firms=rows,
        former_names=former_name_rows(firms, rows),
        flags=flag_rows(firms, entries),
        contacts=contact_rows(firms, rows),
        annual_figures=figure_rows(firms, books, reporting),
        ip_rights=ip_right_rows(firms, rights),
        recognitions=recognition_rows(firms, drawn_awards(firms, books, rounds)),
        applications=application_rows(firms, rounds),
        questionnaires=questionnaire_rows(firms, books),
    )


def _cut(chunk: Chunk, firms: int) -> Chunk:
    """The last block of a county holds more firms than were asked for; every row begins with its firm's number."""
    if chunk.firms[-1][0] <= firms:
        return chunk
    return Chunk(**{name: [row for row in rows if row[0] <= firms] for name, rows in chunk.tables()})
