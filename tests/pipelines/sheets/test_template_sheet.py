from pathlib import Path

import openpyxl
import pytest

from pipelines.refusals import Refusal
from pipelines.sheets.lists import KINDS
from pipelines.sheets.reading import read_sheets
from pipelines.sheets.tables import Limits
from pipelines.sheets.template_sheet import write_list_template, write_template

CHOICES = {
    "township": ["西塘镇", "大云镇"],
    "industry": ["汽车制造业"],
    "tech_field": ["电子信息"],
    "owner": ["王科员"],
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "模板.xlsx"
    write_template(path, [2024, 2025], CHOICES)
    return path


def titles_of(path: Path) -> dict[str, str]:
    """Title → letter of its column."""
    return {cell.value: cell.column_letter for cell in openpyxl.load_workbook(path)["企业台账"][1]}


def test_filled_template_is_read_with_every_column_understood(template):
    workbook = openpyxl.load_workbook(template)
    workbook["企业台账"].append(["91330421MAXN000010", "甲公司"])
    workbook.save(template)

    (table,) = read_sheets(template, "模板.xlsx", Limits()).tables

    assert table.unknown_titles == ()
    assert len(table.bindings) == len(titles_of(template))
    assert [row.cells[:2] for row in table.rows] == [["91330421MAXN000010", "甲公司"]]


def test_empty_template_is_refused_and_says_that_data_is_missing(template):
    with pytest.raises(Refusal, match="没有数据行"):
        read_sheets(template, "模板.xlsx", Limits())


def test_code_column_is_text_down_to_the_last_row(template):
    sheet = openpyxl.load_workbook(template)["企业台账"]

    assert sheet.column_dimensions[titles_of(template)["统一社会信用代码"]].number_format == "@"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("镇街", ["西塘镇", "大云镇"]),
        ("是否规上", ["是", "否"]),
        ("经营状态", ["在营", "迁出", "注销"]),
        ("责任人", ["王科员"]),
    ],
)
def test_drop_down_offers_what_the_importer_understands(template, title, words):
    workbook = openpyxl.load_workbook(template)
    letter = titles_of(template)[title]

    (rule,) = [each for each in workbook["企业台账"].data_validations.dataValidation if f"{letter}2" in each.sqref]
    sheet_name, _, cells = rule.formula1.partition("!")
    offered = [cell.value for (cell,) in workbook[sheet_name.strip("'")][cells.replace("$", "")]]

    assert offered == words
    assert workbook["选项"].sheet_state == "hidden"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)
def test_filled_template_of_a_list_is_told_for_what_it_is(tmp_path, kind):
    path = tmp_path / "清单模板.xlsx"
    write_list_template(path, kind)
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0].append(["甲公司", "91330421MAXN000010", "某物"])
    workbook.save(path)

    (table,) = read_sheets(path, "清单模板.xlsx", Limits()).tables

    assert table.kind is kind
    assert table.unknown_titles == ()
    assert {bound.column.field for bound in table.bindings} == {"name", "uscc", *(each.field for each in kind.columns)}
