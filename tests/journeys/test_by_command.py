"""The first flight by command: import a messy workbook, mend its faulty rows, export, import the export."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from flask import Flask

from crm import clock
from crm.actions.demo import load_demo
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import firm_ids
from seeds import DEFAULT_SEED
from seeds.messy_workbook import MessyWorkbook, write_messy_workbook

FIRMS = 300  # the workbook knows some of the county's first two hundred


@pytest.fixture
def flask(app: Flask):
    load_demo(FIRMS, DEFAULT_SEED, clock.today())
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


def counts(result: Result) -> dict[str, int]:
    lines = (line.split() for line in result.output.splitlines())
    return {words[0].strip("　"): int(words[1].replace(",", "")) for words in lines if _is_count(words)}


def _is_count(words: list[str]) -> bool:
    return len(words) == 2 and words[1].replace(",", "").isdigit()


def mend(leftovers: Path, workbook: MessyWorkbook) -> None:
    book = openpyxl.load_workbook(leftovers)
    right = {fault.wrong: fault.right for fault in workbook.faulty}
    for row in book.active.iter_rows():
        for cell in row:
            cell.value = right.get(cell.value, cell.value)
    book.save(leftovers)


def test_messy_workbook_is_imported_mended_exported_and_read_again_unchanged(flask, tmp_path):
    workbook = write_messy_workbook(tmp_path / "研发情况.xlsx", clock.today())
    leftovers, exported = tmp_path / "未导入行.xlsx", tmp_path / "企业台账.xlsx"

    dry = flask("import", workbook.path)
    applied = flask("import", workbook.path, "--apply", "--faulty-rows", leftovers)
    mend(leftovers, workbook)
    mended = flask("import", leftovers, "--apply")
    export = flask("export", "all", "-o", exported)
    again = flask("import", exported)

    assert (dry.exit_code, applied.exit_code, mended.exit_code, export.exit_code, again.exit_code) == (2, 2, 0, 0, 0)
    assert counts(dry) == counts(applied)
    assert (counts(dry)["新增"], counts(dry)["更新"], counts(dry)["不变"], counts(dry)["有误"]) == (
        workbook.created,
        workbook.updated,
        workbook.unchanged,
        2,
    )
    assert (counts(mended)["新增"], counts(mended)["更新"]) == (1, 1)
    assert {word: number for word, number in counts(again).items() if number} == {
        "不变": len(firm_ids(FirmFilter(), None, clock.today()))
    }
