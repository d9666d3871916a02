"""The workbook that lies on the desk: a survey of some sixty firms, typed by many hands.

Title and unit rows, year heads merged over several columns, a total, notes, sheets that are none; figures in full
width, with commas or as "约"; days, codes, phones and brackets as they come. Exactly two of its rows are faulty.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.vocabulary import ContactRole, FirmStatus
from seeds import DEFAULT_SEED, LARGEST
from seeds.codes import mobile, newcomer_code
from seeds.county import FIELDS, Chunk, county
from seeds.draws import stream
from seeds.messy_sheet import FIRST_ROW, write_survey
from seeds.names import MARK, brand, people

UNCHANGED, UPDATED, CREATED = 12, 28, 20
_AMONG_FIRST = 200  # the known firms are among the county's first, so that small counties know them too
_FIGURES = ("sales_revenue", "rd_spend", "staff", "tech_staff")
_TOWNS = ("罗星", "魏塘街道", "嘉善县惠民街道", "西塘", "姚庄镇", "大云镇")


@dataclass(frozen=True)
class Correction:
    """One faulty cell: its Excel row and column letter, what stands there, what should."""

    row: int
    column: str
    wrong: str
    right: str | float


@dataclass(frozen=True)
class MessyWorkbook:
    """What an import should make of the workbook, for the county of the same seed and day."""

    path: Path
    years: tuple[int, int]
    created: int
    updated: int
    unchanged: int
    faulty: tuple[Correction, Correction]


@dataclass
class _Line:
    """One firm as the clean sheet would have it; money in yuan."""

    name: str
    code: str
    township: str | None
    founded_on: date | None
    legal: str | None
    contact: str | None
    phone: str | None
    figures: list[dict[str, Any]]
    remark: str = ""


def write_messy_workbook(path: Path, today: date, seed: int = DEFAULT_SEED) -> MessyWorkbook:
    years = (today.year - 2, today.year - 1)
    lines = _known_lines(next(county(_AMONG_FIRST, seed, today)), years) + _new_lines(seed, today)
    rows = [_typed(line) for line in lines]
    _dirty(rows)
    faulty = _faults(rows)
    write_survey(path, rows, years)
    return MessyWorkbook(path, years, CREATED - 1, UPDATED - 1, UNCHANGED, faulty)


def _known_lines(chunk: Chunk, years: tuple[int, int]) -> list[_Line]:
    """Firms of the county: first those whose figures are as the county has them, then those with newer ones."""
    contacts = {row[0]: row for row in reversed(chunk.contacts) if row[2] is ContactRole.APPLICATION}
    figures = {(row[0], row[1]): dict(zip(FIELDS["annual_figures"], row, strict=True)) for row in chunk.annual_figures}
    complete: list[_Line] = []
    late: list[_Line] = []
    for row in chunk.firms:
        firm = dict(zip(FIELDS["firms"], row, strict=True))
        former, last = (figures.get((firm["id"], year)) for year in years)
        if firm["status"] is FirmStatus.ACTIVE and firm["id"] in contacts and former and _is_whole(former):
            known = complete if last and _is_whole(last) else late
            known.append(_line(firm, contacts[firm["id"]], [former, former if known is late else last]))
    unchanged, updated = complete[:UNCHANGED], [*complete[UNCHANGED:], *late][:UPDATED]
    for number, line in enumerate(updated):
        _renew(line, number)
    return unchanged + updated


def _is_whole(figures: dict[str, Any]) -> bool:
    return all(figures[field] for field in _FIGURES)


def _line(firm: dict[str, Any], contact: tuple[Any, ...], figures: list[Any]) -> _Line:
    return _Line(
        name=firm["name"],
        code=firm["uscc"],
        township=firm["township"],
        founded_on=firm["founded_on"],
        legal=firm["legal_representative"],
        contact=contact[1],
        phone=contact[4],
        figures=[{field: year[field] for field in _FIGURES} for year in figures],
    )


def _renew(line: _Line, number: int) -> None:
    """Audited figures of the last year differ a little from the flash count, or come in for the first time."""
    last = line.figures[1]
    last["sales_revenue"] += 10_000 * (number % 7 + 1)
    last["rd_spend"] += 1_000 * (number % 5)
    if number % 4 == 0:
        last["tech_staff"] = max(last["tech_staff"] - Decimal("0.25"), Decimal("0.5"))


def _new_lines(seed: int, today: date) -> list[_Line]:
    chance = stream(seed, "newcomers")
    names = people(seed, "newcomers", 0, CREATED * 2)
    lines = []
    for number in range(CREATED):
        sales = int(chance.randint(300, 6_000)) * 10_000
        years = [
            {"sales_revenue": sales + growth, "rd_spend": sales // 2_000 * 100, "staff": Decimal(8 + number * 3),
             "tech_staff": Decimal(2 + number)}
            for growth in (0, sales // 1_000 * 100)
        ]  # fmt: skip
        lines.append(
            _Line(
                name=f"嘉善{brand(seed, LARGEST + 1 + number)}科技有限公司{MARK}",
                code=newcomer_code(number + 1),
                township=_TOWNS[number % len(_TOWNS)],
                founded_on=date(today.year - 3 - number % 9, 1 + number % 12, 1 + number * 7 % 28),
                legal=names[number],
                contact=names[CREATED + number],
                phone=mobile(900_000 + number),
                figures=years,
                remark="新入库" if number % 5 == 0 else "",
            )
        )
    return lines


def _typed(line: _Line) -> list[Any]:
    """The cells of a row, money in 万元."""
    cells: list[Any] = [line.name, line.code, line.township, line.founded_on, line.legal, line.contact, line.phone]
    for year in line.figures:
        cells += [year["sales_revenue"] / 10_000, year["rd_spend"] / 10_000, float(year["staff"])]
        cells.append(float(year["tech_staff"]))
    return [*cells, line.remark]


_NAME, _CODE, _TOWN, _FOUNDED, _LEGAL, _CONTACT, _PHONE, _SALES, _RD = range(9)
_LAST_SALES, _LAST_RD = 11, 12


def _dirty(rows: list[list[Any]]) -> None:
    """Spellings of the same values by other hands; and two that say less than they seem to."""
    new = rows[-CREATED:]
    full_width = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
    rows[1][_CODE] = rows[1][_CODE].lower() + " "
    rows[2][_FOUNDED] = _said(rows[2][_FOUNDED], "{0.year}.{0.month}.{0.day}")
    rows[3][_SALES] = f"{rows[3][_SALES]:,.2f}"
    rows[4][_LAST_SALES] = f"{rows[4][_LAST_SALES]:,.2f}".translate(full_width)
    rows[5][_FOUNDED] = _said(rows[5][_FOUNDED], "{0.year}年{0.month}月{0.day}日")
    rows[6][_RD] = f"{rows[6][_RD]:.2f}万"
    rows[7][_RD] = "—"  # a blank never erases
    new[1][_NAME] = new[1][_NAME].replace("（", "(").replace("）", ")") + "  "
    new[2][_FOUNDED] = _said(new[2][_FOUNDED], "{0:%Y%m%d}")
    new[3][_PHONE] = float(new[3][_PHONE])
    new[4][_PHONE] = f"{new[4][_PHONE]} / 0573-80001234"
    new[5][_SALES] = "约1200"
    new[6][_RD] = "暂无"
    new[7][_LAST_SALES] = f"{new[7][_LAST_SALES]:,.2f}".translate(full_width)
    new[8][_CODE] = f"'{new[8][_CODE]}"
    new[9][_FOUNDED] = _said(new[9][_FOUNDED], "{0.year}/{0.month}/{0.day}")


def _said(day: date | None, pattern: str) -> str | None:
    return pattern.format(day) if day else None


def _faults(rows: list[list[Any]]) -> tuple[Correction, Correction]:
    """A code with two signs swapped, and a figure that is a sentence."""
    place = UNCHANGED + UPDATED + 10
    right = rows[place][_CODE]
    wrong = right[:12] + right[13] + right[12] + right[14:]
    rows[place][_CODE] = wrong
    code = Correction(FIRST_ROW + place, "C", wrong, right)
    place = UNCHANGED + 5
    figure = Correction(FIRST_ROW + place, "N", "见附表", rows[place][_LAST_RD])
    rows[place][_LAST_RD] = figure.wrong
    return code, figure
