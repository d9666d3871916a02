"""The grid of annual figures as inputs. Each cell is read as the import reads one; nothing typed is ever lost."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crm.actions.changes import Opened, Plain, Saving, plain
from crm.actions.figures import Cell
from crm.extensions import db
from crm.forms.opened import ConflictRow, chosen_sides, conflict_rows, memory_of, remembered, told_kept
from crm.models import AnnualFigures, Firm
from crm.queries.figures_grid import FIGURE_FIELDS, MOST_YEARS, Grid, figures_grid
from crm.queries.spoken import spoken_value, wan_yuan_exact
from pipelines.refusals import Refusal
from pipelines.sheets.columns import column
from pipelines.sheets.numbers import money_reader, people_reader, read_count
from pipelines.sheets.pasted import Block, PastedCell, read_block
from pipelines.sheets.titles import MONEY_UNITS
from pipelines.sheets.troubles import Doubt, Fault

_NAME = re.compile(r"([a-z_]{1,40})-(\d{4})")
_FIRST_YEAR = 1990
_LONGEST = 60
_MAY_BE_NEGATIVE = frozenset({"net_profit", "net_assets", "tax_paid"})


@dataclass(frozen=True)
class Pasted:
    """block, unit, at: what waits in the box, when it could not be laid down. changes: key, label, now, pasted."""

    block: str = ""
    unit: str = ""
    at: str = ""
    cells: int = 0
    changes: tuple[tuple[str, str, str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def keys(self) -> set[str]:
        return {key for key, *_ in self.changes}


class FiguresForm:
    """texts: what stands in each input, by the cell's key. conflicts: what waits for a choice."""

    def __init__(
        self, firm: Firm, today: date, args: Mapping[str, str], typed: Mapping[str, str] | None = None
    ) -> None:
        self.firm, self.today = firm, today
        self.args = {name: text for name in ("years", "year") if (text := args.get(name))}
        self.grid: Grid = figures_grid(firm, today, self.args)
        self.texts = {cell.key: _as_typed(cell.field, value) for cell, value in self._standing()}
        self.opened = memory_of({cell.key: plain(value) for cell, value in self._standing()})
        self.seen = memory_of({})
        self.values: dict[Cell, Any] = {}
        self.errors: dict[str, str] = {}
        self.doubts: list[str] = []
        self.conflicts: list[ConflictRow] = []
        self.outcome: Saving | None = None
        self.refusal: str | None = None
        self.pasted = Pasted()
        if typed is not None:
            self._read(typed)

    def _standing(self) -> Iterator[tuple[Cell, Any]]:
        rows: dict[int, AnnualFigures] = {row.year: row for row in self.firm.annual_figures}
        for year in self.grid.years:
            for field in FIGURE_FIELDS:
                yield Cell(field, year), getattr(rows.get(year), field, None)

    def _read(self, typed: Mapping[str, str]) -> None:
        """Only inputs that were sent count: a missing one is not a cleared one."""
        self.opened, self.seen = typed.get("opened", ""), typed.get("seen", "")
        for name, text in typed.items():
            cell = self._cell(name)
            if cell is not None:
                self.texts[name] = text
                self._read_cell(cell, text)

    def _cell(self, name: str) -> Cell | None:
        match = _NAME.fullmatch(name)
        if not match or match[1] not in FIGURE_FIELDS or not _FIRST_YEAR <= int(match[2]) <= self.today.year:
            return None
        return Cell(match[1], int(match[2]))

    def _read_cell(self, cell: Cell, text: str) -> None:
        value = _reader(cell.field)(text) if len(text) <= _LONGEST else Fault("应为数字")
        if isinstance(value, Fault) or (isinstance(value, Doubt) and value.value is None):
            # An import goes on and counts such a cell as unknown (按未知处理); whoever types can say it better.
            self.errors[cell.key] = f"{value.message.partition('，按')[0]}，请填写具体的数或清空"
            return
        if isinstance(value, Doubt):
            self.doubts.append(f"{self.label_of(cell.key)}{value.message}")
            value = value.value
        self.values[cell] = _unscaled(cell.field, value)

    def paste(self, typed: Mapping[str, str]) -> None:
        """Lay a block out of a workbook into the inputs, beside what was typed; nothing is saved by it."""
        self.pasted = Pasted(typed.get("block", ""), typed.get("unit", ""), typed.get("at", ""))
        try:
            self._lay_down(self._block())
        except Refusal as refusal:
            self.refusal = str(refusal)

    def _block(self) -> Block:
        cell, rows = (
            self._cell(self.pasted.at),
            [row for _, rows in self.grid.groups for row in rows if not row.is_derived],
        )
        begins = (cell.field, cell.year) if cell else None
        block = read_block(self.pasted.block, [row.field for row in rows], self.grid.years, begins)
        if block.lacks_unit and self.pasted.unit not in MONEY_UNITS:
            raise Refusal("表里没有写明金额的单位。请在“金额单位”里选择，再点“填入”。")
        last = self.grid.years[-1]
        for year in {each.year for each in block.cells}:
            if not last - MOST_YEARS < year <= self.today.year:
                raise Refusal(f"{year} 年不能填：这里填 {last - MOST_YEARS + 1} 年到 {self.today.year} 年的数据。")
        return block

    def _lay_down(self, block: Block) -> None:
        self._show_from(min(each.year for each in block.cells))
        standing = {cell.key: _as_typed(cell.field, value) for cell, value in self._standing()}
        changes = []
        for each in block.cells:
            cell = Cell(each.field, each.year)
            text = self.texts[cell.key] = _in_wan_yuan(each, self.pasted.unit)
            self.errors.pop(cell.key, None)
            self._read_cell(cell, text)
            if text != standing[cell.key]:
                changes.append((cell.key, self.label_of(cell.key), standing[cell.key] or "—", text))
        self.pasted = Pasted(cells=len(block.cells), changes=tuple(changes), left_out=block.left_out)

    def _show_from(self, year: int) -> None:
        """Earlier years come into view with what stands in them."""
        if year in self.grid.years:
            return
        self.args = {"years": str(max(self.grid.years[-1], self.today.year - 1) - min(year, self.grid.years[0]) + 1)}
        self.grid = figures_grid(self.firm, self.today, self.args)
        opened = remembered(self.opened)
        for cell, value in self._standing():
            self.texts.setdefault(cell.key, _as_typed(cell.field, value))
            opened.setdefault(cell.key, plain(value))
        self.opened = memory_of(opened)

    @property
    def memory(self) -> Opened:
        return Opened(remembered(self.opened), remembered(self.seen), chosen_sides())

    def saves(self, deed: Callable[[], Saving]) -> bool:
        """Run the save. False when a cell cannot be read, when it was refused, or when it has to ask."""
        if self.errors:
            return False
        try:
            self.outcome = deed()
        except Refusal as refusal:
            db.session.rollback()
            self.refusal = str(refusal)
            return False
        if self.outcome.conflicts:
            self.ask(self.outcome)
        return not self.outcome.conflicts

    @property
    def http_status(self) -> int:
        return 409 if self.conflicts else 422

    @property
    def told(self) -> list[tuple[str, str]]:
        """Kind and sentence of each thing to be said after the save."""
        changes = len(self.outcome.changes) if self.outcome else 0
        told = [("good", f"已保存 {changes} 项年度数据。" if changes else "内容没有变化，未作修改。")]
        if self.kept:
            told.append(("good", self.kept))
        return told + [("warn", f"{doubt}。") for doubt in self.doubts]

    @property
    def kept(self) -> str:
        return told_kept(self.outcome, self.label_of)

    def ask(self, saving: Saving) -> None:
        asked = {conflict.field: conflict for conflict in saving.conflicts}
        standing = {cell.key: value for cell, value in self._standing()}
        self.opened = memory_of(
            {key: asked[key].opened if key in asked else plain(value) for key, value in standing.items()}
        )
        self.seen = memory_of({key: conflict.now for key, conflict in asked.items()})
        for key in saving.kept:
            self.texts[key] = _as_typed(key.partition("-")[0], standing.get(key))
        self.conflicts = conflict_rows(self.firm.id, saving.conflicts, self.label_of, _said)

    @staticmethod
    def label_of(key: str) -> str:
        field, _, year = key.partition("-")
        return f"{year}年{column(field, 'figures').title}"

    @property
    def error_sentences(self) -> list[tuple[str, str]]:
        """Key of the input and what is to be done, in the order of the grid."""
        return [
            (key, f"{self.label_of(key)}写的是“{self.texts[key][:_LONGEST]}”，{message}")
            for key, message in self.errors.items()
        ]


def _reader(field: str) -> Callable[[str], Any]:
    """What the import reads a cell of this column with."""
    kind = column(field, "figures").cell
    if kind == "money":
        return money_reader("万元", may_be_negative=field in _MAY_BE_NEGATIVE)
    return people_reader(whole=False) if kind == "people" else read_count


def _in_wan_yuan(cell: PastedCell, unit: str) -> str:
    """As it would be typed here; what cannot be read stays as it was pasted, and is told beside its cell."""
    if column(cell.field, "figures").cell != "money":
        return cell.text
    read = money_reader(cell.unit or unit, may_be_negative=cell.field in _MAY_BE_NEGATIVE)(cell.text)
    fen = read.value if isinstance(read, Doubt) else read
    return cell.text if fen is None or isinstance(fen, Fault) else _as_typed(cell.field, Decimal(fen) / 100)


def _unscaled(field: str, value: int | None) -> Decimal | int | None:
    """Money and heads are read in hundredths, as the database keeps them."""
    return value if value is None or field == "conversions" else Decimal(value) / 100


def _as_typed(field: str, value: Decimal | int | None) -> str:
    """As an officer would type it, exact to the fen, without thousands marks."""
    if value is None:
        return ""
    if column(field, "figures").cell == "money":
        return wan_yuan_exact(Decimal(value)).replace(",", "")
    return f"{Decimal(value).normalize():f}"


def _said(key: str, value: Plain) -> str:
    return spoken_value("firm", key.partition("-")[0], value)
