"""One deed on every firm of a county of 10,000 and of 100,000: time, statements, and what memory it takes beyond that.

python benchmarks/bulk.py [--firms 10000 100000]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa

from benchmarks.counties import KEPT_IN, visitor
from benchmarks.county import peak_megabytes
from config import Testing
from crm import clock, create_app
from crm.actions.bulk_deeds import Deed, do_in_bulk
from crm.actions.bulk_undoing import undo_bulk_deed
from crm.actions.events import COMMAND
from crm.extensions import db
from crm.models import Tag, User
from crm.queries.bulk_deeds import chosen_firms
from crm.queries.firm_filter import FirmFilter
from pipelines.vocabulary import BulkKind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        _measure(asked.one)
        return
    for firms in asked.firms:  # each in a process of its own: a peak never falls
        if not (KEPT_IN / str(firms)).exists():
            visitor(firms)
        subprocess.run([sys.executable, __file__, "--one", str(firms)], check=True)


def _measure(firms: int) -> None:
    """On a copy of the kept county, in a process that has not made it."""
    folder = Path(tempfile.mkdtemp(prefix="yanzhen-bench-"))
    shutil.copytree(KEPT_IN / str(firms), folder, dirs_exist_ok=True)

    class ForThisRun(Testing):
        INSTANCE = folder

    try:
        with create_app(ForThisRun).app_context():
            db.create_all()
            _do_all(firms)
    finally:
        shutil.rmtree(folder)


def _do_all(firms: int) -> None:
    owner, tag = db.session.scalars(sa.select(User)).first(), Tag(name="试验")
    assert owner
    db.session.add(tag)
    db.session.commit()
    print(f"{firms:,} firms; peak of the process before: {peak_megabytes()[0]:.0f} MB")
    _do(Deed(BulkKind.ASSIGN, owner.id, owner.name))
    _do(Deed(BulkKind.TAG, tag.id, tag.name), is_taken_back=False)
    _do(Deed(BulkKind.UNTAG, tag.id, tag.name))
    _do(Deed(BulkKind.ARCHIVE, None, "试验"))


def _do(deed: Deed, is_taken_back: bool = True) -> None:
    statements: list[int] = []

    def count(*_: object) -> None:
        statements.append(1)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    found = chosen_firms(FirmFilter(), None, clock.today()).count
    statements.clear()
    started = time.process_time()
    done = do_in_bulk(deed, FirmFilter(), found, None, COMMAND)
    written, statements_of_deed = time.process_time(), len(statements)
    peak = peak_megabytes()[0]
    undone = undo_bulk_deed(done.id, COMMAND) if is_taken_back else None
    over = time.process_time()
    sa.event.remove(db.engine, "before_cursor_execute", count)
    told = f", undo {over - written:6.2f} s ({undone.restored:,})" if undone else ""
    print(
        f"  {deed.kind.label}\t{done.changed:,} firms {written - started:6.2f} s CPU, {statements_of_deed} statements, "
        f"peak {peak:.0f} MB{told}, then {peak_megabytes()[0]:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
