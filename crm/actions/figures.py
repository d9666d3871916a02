"""Deeds on a firm's annual figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.actions.changes import Opened, Saving, compare, firm_for_change, leave_trace, plain
from crm.actions.events import Author
from crm.extensions import db
from crm.models import AnnualFigures, Firm
from pipelines.vocabulary import EventKind


@dataclass(frozen=True)
class Cell:
    """One place of the grid; its key is what the form calls it."""

    field: str
    year: int

    @property
    def key(self) -> str:
        return f"{self.field}-{self.year}"


def update_figures(firm_id: int, values: Mapping[Cell, Any], opened: Opened, by: Author) -> Saving:
    """Only the cells given are looked at; None among them was cleared by a person and becomes unknown."""
    firm = firm_for_change(firm_id)
    by_year = {figures.year: figures for figures in firm.annual_figures}
    cells = {cell.key: cell for cell in values}
    yours = {key: plain(values[cell]) for key, cell in cells.items()}
    now = {key: plain(getattr(by_year.get(cell.year), cell.field, None)) for key, cell in cells.items()}
    comparison = compare(opened, yours, now)
    if comparison.conflicts:
        db.session.rollback()
        return Saving(firm, kept=comparison.kept, conflicts=comparison.conflicts)
    mine = [cells[key] for key in comparison.mine]
    changes = tuple(_write_cell(firm, by_year, cell, values[cell], by) for cell in mine)
    if changes:
        leave_trace(firm_id, EventKind.FIGURES_UPDATED, by, {"changes": changes})
    db.session.commit()
    return Saving(firm, changes=changes, kept=comparison.kept)


def _write_cell(firm: Firm, by_year: dict[int, AnnualFigures], cell: Cell, value: Any, by: Author) -> dict[str, Any]:
    figures = by_year.get(cell.year)
    if figures is None:
        figures = by_year[cell.year] = AnnualFigures(firm_id=firm.id, year=cell.year, sources={})
        db.session.add(figures)
    old = plain(getattr(figures, cell.field))
    setattr(figures, cell.field, value)
    others = {name: source for name, source in figures.sources.items() if name != cell.field}
    figures.sources = others if value is None else others | {cell.field: by.through}
    return {"field": cell.field, "year": cell.year, "old": old, "new": plain(value)}
