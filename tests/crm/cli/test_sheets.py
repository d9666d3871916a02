import openpyxl
import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.export_templates import add_template
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Event, Firm, ImportBatch
from pipelines.vocabulary import EventKind
from tests.builders import a_contact, a_firm, a_township, a_uscc
from tests.workbooks import a_workbook


@pytest.fixture
def flask(app):
    a_township("西塘镇")
    db.session.commit()
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


@pytest.fixture
def ledger(tmp_path):
    """Writes rows into a workbook and answers its path."""

    def write(rows, **more):
        path = tmp_path / "台账.xlsx"
        path.write_bytes(a_workbook(rows, **more).getvalue())
        return path

    return write


def count_of(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_import_is_dry_unless_told_otherwise(flask, ledger):
    result = flask("import", ledger([[a_uscc(), "嘉善甲科技有限公司"]]))

    assert result.exit_code == 0, result.output
    assert "新增" in result.output
    assert "没有写入任何数据" in result.output
    assert (count_of(Firm), count_of(ImportBatch), count_of(Event)) == (0, 0, 0)


def test_applied_import_writes_in_the_name_of_the_command_line(flask, ledger):
    result = flask("import", ledger([[a_uscc(), "嘉善甲科技有限公司"]]), "--apply")

    event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.FIRM_CREATED)).one()
    assert result.exit_code == 0, result.output
    assert (event.by_name, event.through) == ("命令行", "import:1")


def test_refused_file_ends_with_one_and_its_sentence(flask, tmp_path):
    path = tmp_path / "图.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)

    result = flask("import", path, "--apply")

    assert result.exit_code == 1
    assert "这是图片，不是表格" in result.output
    assert count_of(Firm) == 0


def test_rows_left_out_end_with_two_and_can_be_had_as_a_file(flask, ledger, tmp_path):
    path = ledger([["91330421X", "嘉善甲科技有限公司"], [a_uscc(), "嘉善乙科技有限公司"]])

    result = flask("import", path, "--apply", "--faulty-rows", tmp_path / "未导入.xlsx")

    assert result.exit_code == 2
    assert "台账!2  有误  嘉善甲科技有限公司" in result.output
    assert openpyxl.load_workbook(tmp_path / "未导入.xlsx").active.max_row == 2
    assert count_of(Firm) == 1


def test_question_is_answered_on_the_command_line(flask, ledger):
    firm = a_firm(name="嘉善同名科技有限公司")
    db.session.commit()
    path = ledger([[None, "嘉善同名科技有限公司", "西塘镇"]])

    asked = flask("import", path)
    answered = flask("import", path, "--apply", "--answer", f"台账!2={firm.id}")

    db.session.expire_all()
    assert (asked.exit_code, answered.exit_code) == (2, 0)
    assert f"可能是 {firm.id} 嘉善同名科技有限公司" in asked.output
    assert firm.township.name == "西塘镇"


@pytest.mark.parametrize("answer", ["台账!2", "=new", "台账!2="])
def test_answer_that_says_nothing_is_refused(flask, ledger, answer):
    result = flask("import", ledger([[a_uscc(), "嘉善甲科技有限公司"]]), "--answer", answer)

    assert result.exit_code == 1
    assert "应写成 行=回答" in result.output


def test_same_file_again_says_when_it_came_and_changes_nothing(flask, ledger):
    path = ledger([[a_uscc(), "嘉善甲科技有限公司"]])
    flask("import", path, "--apply")
    version = db.session.scalars(sa.select(Firm.version)).one()

    again = flask("import", path, "--apply")

    assert again.exit_code == 0
    assert "同一个文件已于" in again.output
    assert db.session.scalars(sa.select(Firm.version)).one() == version


def test_export_of_all_can_be_imported_again_unchanged(flask, tmp_path):
    a_contact(a_firm(), phone="057300000001")
    refresh_standings(None, clock.today())
    db.session.commit()

    exported = flask("export", "all", "-o", tmp_path / "全部.xlsx")
    again = flask("import", tmp_path / "全部.xlsx")

    assert (exported.exit_code, again.exit_code) == (0, 0), exported.output + again.output
    assert "已导出 1 家" in exported.output
    assert "不变" in again.output
    assert [line.split() for line in again.output.splitlines() if line.startswith("不变")] == [["不变", "1"]]


def test_view_that_is_none_is_refused_with_the_choices(flask, tmp_path):
    result = flask("export", "nonsense", "-o", tmp_path / "x.xlsx")

    assert result.exit_code == 1
    assert "all" in result.output


def test_template_of_a_list_is_chosen_by_its_name_and_a_reason_lets_numbers_out(flask, tmp_path):
    a_contact(a_firm(), phone="13800000003")
    columns = [{"key": "firm.name", "heading": "单位"}, {"key": "contact.phone", "heading": ""}]
    refresh_standings(None, clock.today())
    db.session.commit()
    values = {"name": "通讯表", "title": "各企业电话", "columns": columns, "by_township": False, "names_maker": True}
    add_template(values, COMMAND)

    def exported(*options: str) -> list[str]:
        result = flask("export", "all", "-o", tmp_path / "表.xlsx", "--template", "通讯表", *options)
        assert result.exit_code == 0, result.output
        return [line[1].value for line in openpyxl.load_workbook(tmp_path / "表.xlsx").active.iter_rows()]

    assert "138****0003" in exported()
    assert "13800000003" in exported("--reason", "通知培训")


def test_template_that_is_none_is_refused_with_those_there_are(flask, tmp_path):
    result = flask("export", "all", "-o", tmp_path / "x.xlsx", "--template", "星座表")

    assert result.exit_code == 1
    assert "没有名为“星座表”的导出模板。现有模板：还没有" in result.output


def test_template_is_written(flask, tmp_path):
    result = flask("template", "-o", tmp_path / "模板.xlsx")

    assert result.exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "模板.xlsx").sheetnames == ["企业台账", "选项", "填写说明"]
