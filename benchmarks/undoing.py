"""Undo of an import of 10,000 firms against the import itself: all new, and all known with a changed figure.

Both are what the command line and the pages do, judgements included, since the undo has them made anew as well.
"""

import csv
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa

from benchmarks.county import a_county, peak_megabytes
from benchmarks.imports import WHOLE, forty_columns
from crm import clock
from crm.actions.evaluations import evaluate_import
from crm.actions.events import COMMAND
from crm.actions.exports import export_firms, plain_layout
from crm.actions.import_undoing import undo_import, undoing_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Firm
from crm.queries.firm_filter import FirmFilter

FIRMS = 10_000


def main() -> None:
    with a_county(FIRMS) as source:
        ledger = Path(source.instance_path).with_suffix(".xlsx")
        export_firms(FirmFilter(), plain_layout(forty_columns()), None, COMMAND, ledger, disclosure=WHOLE)
        changed = ledger.with_suffix(".csv")
        _changed_figures(changed)
        _measure("every firm known, two figures of each changed", changed)
    with a_county(1):
        _measure("every firm new", ledger)
    for file in (ledger, changed):
        file.unlink()
    print(f"  aim: at most 2; peak memory {peak_megabytes()[0]:.0f} MB")


def _changed_figures(file: Path) -> None:
    draw = random.Random(7)
    with file.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["统一社会信用代码", "企业名称", "2025年净利润(万元)", "2025年资产总额(万元)"])
        for uscc, name in db.session.execute(sa.select(Firm.uscc, Firm.name)):
            rows.writerow([uscc, name, draw.randrange(1, 900) + 0.25, draw.randrange(1000, 90000) + 0.25])


def _measure(what: str, file: Path) -> None:
    started = time.process_time()
    batch = preview_import(file, file.name, COMMAND)
    batch = apply_import(batch.id, COMMAND)
    written = time.process_time()
    evaluate_import(batch.id, clock.today())
    judged = time.process_time()
    firms = undoing_of(batch, None)
    seen = time.process_time()
    undo_import(batch.id, (), COMMAND)
    undone = time.process_time()
    evaluate_import(batch.id, clock.today())
    over = time.process_time()
    print(f"{what}: {batch.counts}, {firms.removed:,} taken away, {firms.restored:,} set back, {len(firms.left)} left")
    print(f"  import {written - started:6.2f} s, with judgements {judged - started:6.2f} s (CPU of this process)")
    print(f"  page before the undo {seen - judged:6.2f} s")
    print(f"  undo   {undone - seen:6.2f} s, with judgements {over - seen:6.2f} s")
    ratios = (undone - seen) / (written - started), (over - seen) / (judged - started)
    print("  ratio  {:6.2f}, with judgements {:6.2f}".format(*ratios), flush=True)


if __name__ == "__main__":
    main()
