"""Import of a ledger of 10,000 firms × 40 columns against python-calamine merely reading the file.

The import is what `flask import --apply` does: the file is kept, read in a child process, planned, planned again under
the writer's lock and written with events and derived rows. Child processes count. Nothing is remembered of an earlier
round, names and their pinyin included. Memory is that of a process that imports once and does nothing else.
"""

import gc
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from python_calamine import CalamineWorkbook

from benchmarks.county import a_county, interleaved, peak_megabytes
from crm.actions import import_plans
from crm.actions.events import COMMAND
from crm.actions.exports import Disclosure, export_firms, plain_layout
from crm.actions.imports import apply_import, preview_import
from crm.actions.uploads import readings_folder
from crm.extensions import db
from crm.models import Firm, ImportBatch
from crm.queries.firm_filter import FirmFilter
from crm.queries.ledger import ledger_columns
from pipelines import names
from pipelines.sheets.writing import BoundColumn

FIRMS = 10_000
COLUMNS = 40
ROUNDS = 5
WHOLE = Disclosure("性能测量")  # telephone numbers that are hidden would not be read again


def main() -> None:
    with a_county(FIRMS) as source:
        ledger = Path(source.instance_path).with_suffix(".xlsx")
        rows = export_firms(FirmFilter(), plain_layout(forty_columns()), None, COMMAND, ledger, disclosure=WHOLE)
    with a_county(1) as app:  # its areas and officers, and one firm
        kept = Path(app.instance_path) / "crm.db"
        empty, full = kept.with_name("empty.db"), kept.with_name("full.db")
        _copy(kept, empty)
        _import(ledger)
        _copy(kept, full)
        taken = interleaved(
            {
                "calamine reads": lambda: CalamineWorkbook.from_path(str(ledger)).get_sheet_by_index(0).to_python(),
                "import": lambda: _import(ledger),
                "import again": lambda: _see_again(ledger),
            },
            ROUNDS,
            before={
                "calamine reads": _forget,
                "import": lambda: _begin_with(empty, kept),
                "import again": lambda: _begin_with(full, kept),
            },
        )
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        own, child = alone.submit(_peak_of_one_import, ledger).result()
    ledger.unlink()
    print(f"{rows:,} rows × {COLUMNS} columns, median CPU of {ROUNDS} interleaved rounds, child processes included")
    for name, seconds in taken.items():
        print(f"  {name:<16}{seconds:7.2f} s   ratio {seconds / taken['calamine reads']:5.2f}")
    print(f"  aims: 4 and 2; peak memory {own:.0f} MB, of its child process at most {child:.0f} MB (aim 400)")


def _peak_of_one_import(ledger: Path) -> tuple[float, float]:
    with a_county(1):
        _import(ledger)
        return peak_megabytes()


def forty_columns() -> list[BoundColumn]:
    """Firm, contact, titles, and figures until there are forty columns."""
    columns = ledger_columns()
    firm = [each for each in columns if each[0].scope != "figures"]
    figures = [each for each in columns if each[0].field in ("sales_revenue", "rd_spend", "staff", "tech_staff")]
    return (firm[:24] + figures[::-1])[:COLUMNS]


def _import(ledger: Path) -> None:
    shutil.rmtree(readings_folder())  # a ledger that comes for the first time
    batch = preview_import(ledger, ledger.name, COMMAND)
    apply_import(batch.id, COMMAND)
    assert db.session.query(Firm).count() > FIRMS * 0.9


def _see_again(ledger: Path) -> None:
    batch: ImportBatch = preview_import(ledger, ledger.name, COMMAND)
    assert batch.counts["create"] + batch.counts["update"] + batch.counts["faulty"] == 0, batch.counts


def _forget() -> None:
    """What this process remembers of files, plans and names, as if it had just started."""
    import_plans._read.cache_clear()
    import_plans._plans.clear()
    for remembered in (names.folded, names.normalised_name, names.pinyin):
        remembered.cache_clear()
    gc.collect()


def _begin_with(database: Path, kept: Path) -> None:
    _forget()
    _copy(database, kept)


def _copy(source: Path, target: Path) -> None:
    """Put a database in the place of another, with nothing left of it in memory."""
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()
    for leftover in target.parent.glob(f"{target.name}-*"):
        leftover.unlink()
    shutil.copy(source, target)


if __name__ == "__main__":
    main()
