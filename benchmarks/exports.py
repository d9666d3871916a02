"""Export of 10,000 firms against XlsxWriter alone writing the same cells."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import xlsxwriter

from benchmarks.county import a_county, interleaved, peak_megabytes
from crm import clock
from crm.actions.events import COMMAND
from crm.actions.exports import export_firms, plain_layout
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import firm_ids
from crm.queries.ledger import ledger_columns, ledger_rows, listed_columns
from pipelines.sheets.columns import Column
from pipelines.sheets.writing import BoundColumn, shown, wan_yuan

FIRMS = 10_000
COLUMNS = 20
ROUNDS = 5


def main() -> None:
    with a_county(FIRMS) as app:
        folder = Path(app.instance_path)
        columns = (listed_columns() + ledger_columns()[-40:])[:COLUMNS]
        cells = [
            [_plain(value, column) for value, (column, _) in zip(row, columns, strict=True)]
            for row in ledger_rows(firm_ids(FirmFilter(), None, clock.today()), columns)
        ]
        taken = interleaved(
            {
                "XlsxWriter alone": lambda: _write_alone(folder / "alone.xlsx", cells),
                "our export": lambda: _export(folder / "ours.xlsx", columns),
            },
            ROUNDS,
        )
    ratio = taken["our export"] / taken["XlsxWriter alone"]
    print(f"{len(cells):,} rows × {len(columns)} columns, median CPU of {ROUNDS} interleaved rounds")
    for name, seconds in taken.items():
        print(f"  {name:<20}{seconds:7.2f} s")
    print(f"  ratio {ratio:.2f} (aim 1.5); peak memory {peak_megabytes()[0]:.0f} MB")


def _export(path: Path, columns: list[BoundColumn]) -> None:
    assert (
        export_firms(FirmFilter(), plain_layout(columns), None, COMMAND, path) > FIRMS * 0.9
    )  # some of the invented are archived


def _plain(value: Any, column: Column) -> Any:
    """The value as the writer takes it: what is left of the work is the writing alone."""
    if value is None or column.cell in ("date", "day"):
        return value
    if column.cell == "money":
        return wan_yuan(value)
    if column.cell in ("people", "count", "year", "percent"):
        return float(value)
    return shown(value)


def _write_alone(path: Path, cells: list[list[Any]]) -> None:
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    workbook = xlsxwriter.Workbook(str(path), options)
    sheet = workbook.add_worksheet()
    for row, values in enumerate(cells):
        for position, value in enumerate(values):
            if value is not None:
                sheet.write(row, position, value)
    workbook.close()


if __name__ == "__main__":
    main()
