"""Figures that cannot be meant as they stand: put right or set aside for the model, and asked of the officer.

Nothing is written back; a finding is a question about data, never a correction of it.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from pipelines.classifier.ledger import MONEY, Columns, Flags, Floats

_SLIP = 10_000  # 万元 typed as yuan, or yuan as 万元
_APART = 300  # times the firm's own median
_LARGEST = 2e11  # 2,000 亿元


class Doubt(StrEnum):
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    ZERO_RESEARCH = "zero_research"
    SHARE_ABOVE_ONE = "share_above_one"


DOUBT_WORDS = {
    Doubt.TOO_LARGE: "销售收入比该企业其他年度高 300 倍以上或超过 2000 亿元，疑为把元当成万元填写，请核对单位",
    Doubt.TOO_SMALL: "销售收入不到该企业其他年度的三百分之一，疑为把万元当成元填写，请核对单位",
    Doubt.ZERO_RESEARCH: "研发费用填的是 0，请确认当年确实没有研发支出，还是尚未填报",
    Doubt.SHARE_ABOVE_ONE: "部分大于整体（研发费用大于销售收入、科技人员多于职工或高新收入大于总收入），请核对",
}


class Finding(NamedTuple):
    """firm: its place in the ledger; year: the fiscal year of the figure."""

    firm: int
    year: int
    doubt: Doubt


def cleaned(figures: Columns, size: int) -> tuple[Columns, list[Finding]]:
    """The figures of a snapshot, one row a firm and year (the latest filing), put right for the model."""
    latest = _latest_filings(figures)
    values = {name: column[latest].copy() for name, column in figures.items()}
    found: list[Finding] = []
    _mend_units(values, size, found)
    _set_aside(values, ("rd",), values["rd"] == 0, Doubt.ZERO_RESEARCH, found)
    for part, whole in (("rd", "sales"), ("tech_staff", "staff"), ("high_tech", "income")):
        with np.errstate(invalid="ignore"):
            _set_aside(values, (part,), values[part] > values[whole], Doubt.SHARE_ABOVE_ONE, found)
    values["sales"][values["sales"] <= 0] = np.nan
    return values, sorted(found)


def _latest_filings(figures: Columns) -> Flags:
    """A later filing of the same firm and year supersedes the earlier one."""
    order = np.lexsort((figures["known"], figures["year"], figures["firm"]))
    firm, year = figures["firm"][order], figures["year"][order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (firm[1:] != firm[:-1]) | (year[1:] != year[:-1])
    latest = np.zeros(len(order), dtype=bool)
    latest[order[last]] = True
    return latest


def _mend_units(values: Columns, size: int, found: list[Finding]) -> None:
    middle = _own_median(values, size)[values["firm"]]
    with np.errstate(invalid="ignore"):
        large = (values["sales"] > _APART * middle) | (values["sales"] > _LARGEST)
        small = (values["sales"] > 0) & (values["sales"] < middle / _APART)
    for name in MONEY:
        values[name][large] /= _SLIP
        values[name][small] *= _SLIP
    _tell(values, large, Doubt.TOO_LARGE, found)
    _tell(values, small, Doubt.TOO_SMALL, found)


def _own_median(values: Columns, size: int) -> Floats:
    """The median of each firm's sales; NaN for a firm with one year only, which has nothing to be compared with."""
    known = np.flatnonzero(values["sales"] > 0)
    order = known[np.lexsort((values["sales"][known], values["firm"][known]))]
    firm, sales = values["firm"][order], values["sales"][order]
    counts = np.bincount(firm, minlength=size)
    ends = np.cumsum(counts)
    median = np.full(size, np.nan)
    several = counts > 1
    # The upper of the two middle ones: of two years that lie apart by a slip the larger is taken as meant.
    median[several] = sales[(ends - counts + counts // 2)[several]]
    return median


def _set_aside(values: Columns, names: tuple[str, ...], where: Flags, doubt: Doubt, found: list[Finding]) -> None:
    for name in names:
        values[name][where] = np.nan
    _tell(values, where, doubt, found)


def _tell(values: Columns, where: Flags, doubt: Doubt, found: list[Finding]) -> None:
    for place in np.flatnonzero(where).tolist():
        found.append(Finding(int(values["firm"][place]), int(values["year"][place]), doubt))
