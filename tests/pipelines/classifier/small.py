"""Ledgers of a few firms, spelled out."""

from datetime import date

import numpy as np

from pipelines.classifier.features import PLACE
from pipelines.classifier.ledger import TABLES, Ledger, columns_of
from pipelines.classifier.measures import measured

WAN = 1e4
D = date(2026, 3, 31)


def day(year, month=1, of_month=15):
    return date(year, month, of_month).toordinal()


def figures(firm=0, year=2025, known=None, **values):
    named = {"sales": 4000 * WAN, "rd": 220 * WAN, **values}
    rest = [named.get(name) for name in TABLES["figures"][3:]]
    return (firm, known or day(year + 1, 2), year, *rest)


_FOUNDED = day(2015)


def a_small_ledger(firms=1, founded=_FOUNDED, today=date(2026, 11, 24), applied=(), **tables):
    asked = list(applied)
    return Ledger(
        ids=np.arange(1, firms + 1),
        founded=np.full(firms, founded),
        sector_level=np.full(firms, 3.0),
        gone=np.zeros(firms, dtype=bool),
        today=today,
        tables={name: columns_of(name, tables.get(name, [])) for name in TABLES},
        applied={
            "firm": np.array([row[0] for row in asked], dtype=np.int64),
            "year": np.array([row[1] for row in asked], dtype=np.int64),
            "first": np.ones(len(asked), dtype=bool),
        },
    )


def feature(ledger, name, year=2026, on=D, firm=0):
    return float(measured(ledger.on(on), year).values[firm, PLACE[name]])
