"""flask import, flask export, flask template: workbooks by command."""

from pathlib import Path

import click
from flask import Flask

from crm import clock
from crm.actions.evaluations import evaluate_import
from crm.actions.events import COMMAND
from crm.actions.exports import Disclosure, Layout, export_firms, plain_layout, template_layout
from crm.actions.import_plans import limits, plan_of, planned, reading_of
from crm.actions.imports import answer_rows, apply_import, preview_import
from crm.cli.bars import moving
from crm.cli.refusals import refusals
from crm.queries.export_columns import export_templates, template_named
from crm.queries.firm_filter import VIEWS, FirmFilter
from crm.queries.import_preview import conflict_count
from crm.queries.imports import earlier_import
from crm.queries.ledger import ledger_columns, listed_columns
from crm.queries.saved_views import shared_names, shared_view
from crm.queries.template_choices import fill_template
from crm.template_filters import moment
from pipelines.refusals import Refusal
from pipelines.sheets.faulty_rows import LEFT_OUT, write_faulty
from pipelines.sheets.plan import ImportPlan
from pipelines.sheets.reading import read_sheets
from pipelines.sheets.tables import SheetReading
from pipelines.vocabulary import RowOutcome

_ROWS_TOLD = 20
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


def register(app: Flask) -> None:
    app.cli.add_command(import_file)
    app.cli.add_command(export)
    app.cli.add_command(template)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "is_applied", is_flag=True, help="写入数据库；不加时只看预览，不写任何数据")
@click.option(
    "--answer", "answers", multiple=True, metavar="行=回答", help="待确认的行：台账!17=new、=skip 或 =企业编号"
)
@click.option("--faulty-rows", "leftovers", type=_NEW_FILE, help="把没有导入的行连同原因存成这个 xlsx 文件")
@click.pass_context
def import_file(
    context: click.Context, file: Path, is_applied: bool, answers: tuple[str, ...], leftovers: Path | None
) -> None:
    """导入企业台账或年度数据（xlsx、xls、csv）。

    \b
    退出码  0  每一行都读懂了（加 --apply 时都已写入）
            1  文件或操作被拒绝，没有写入任何数据
            2  有行没有导入：有误、待确认或重复（加 --apply 时其余行已写入）
    """
    with refusals():
        reading, plan = (_apply if is_applied else _preview)(file, _answers(answers))
    _tell(plan, is_applied)
    if leftovers and write_faulty(str(leftovers), reading, plan.rows):
        click.echo(f"没有导入的行已存为 {leftovers}，改好后可直接再导入。")
    context.exit(2 if any(plan.counts.get(outcome) for outcome in LEFT_OUT) else 0)


@click.command("export")
@click.argument("view", metavar="VIEW")
@click.option("-o", "--output", required=True, type=_NEW_FILE, help="存成哪个 xlsx 文件")
@click.option("--as-listed", is_flag=True, help="只要列表上的列；不加时导出台账全部列，可以原样再导入")
@click.option("--template", "template_name", metavar="名称", help="按页面上做好的导出模板")
@click.option("--reason", metavar="事由", help="要完整的电话和邮箱时写明事由，会记入操作记录；不写则遮住中间部分")
def export(view: str, output: Path, as_listed: bool, template_name: str | None, reason: str | None) -> None:
    """把一个视图的全部企业导出为 xlsx。

    VIEW 是内置视图之一（all 为全部企业），或共享视图的名称。
    """
    disclosure = Disclosure(reason) if reason else None
    with refusals():
        words, wanted = _view(view)
        layout = _layout(wanted, as_listed, template_name)
        with click.progressbar(length=1, label="导出") as bar:
            count = export_firms(wanted, layout, None, COMMAND, output, moving(bar), disclosure)
    click.echo(f"{words}：已导出 {count:,} 家到 {output}")


@click.command("template")
@click.option("-o", "--output", required=True, type=_NEW_FILE, help="存成哪个 xlsx 文件")
def template(output: Path) -> None:
    """空白的导入模板，带下拉选项和填写说明。"""
    fill_template(str(output))
    click.echo(f"模板已存为 {output}")


def _view(name: str) -> tuple[str, FirmFilter]:
    if name in VIEWS:
        return VIEWS[name]
    if saved := shared_view(name):
        return saved.name, FirmFilter.from_args(saved.args)
    raise Refusal(f"没有名为“{name}”的视图。可以导出：{'、'.join([*VIEWS, *shared_names()])}")


def _layout(wanted: FirmFilter, as_listed: bool, template_name: str | None) -> Layout:
    if template_name is None:
        return plain_layout(listed_columns(wanted.cols) if as_listed else ledger_columns())
    if chosen := template_named(template_name):
        return template_layout(chosen)
    known = "、".join(each.name for each in export_templates()) or "还没有"
    raise Refusal(f"没有名为“{template_name}”的导出模板。现有模板：{known}。")


def _preview(file: Path, answers: dict[str, str]) -> tuple[SheetReading, ImportPlan]:
    reading = read_sheets(file, file.name, limits())
    return reading, planned(reading, None, answers)


def _apply(file: Path, answers: dict[str, str]) -> tuple[SheetReading, ImportPlan]:
    batch = preview_import(file, file.name, COMMAND)
    if answers:
        answer_rows(batch.id, answers, COMMAND)
    if earlier := earlier_import(batch):
        click.echo(f"同一个文件已于 {moment(earlier.applied_at)} 导入过（第 {earlier.id} 批）。")
    reading, plan = reading_of(batch), plan_of(batch)
    with click.progressbar(length=1, label="导入") as bar:
        apply_import(batch.id, COMMAND, moving(bar))
    with click.progressbar(length=1, label="判断") as bar:
        evaluate_import(batch.id, clock.today(), moving(bar))
    return reading, plan


def _answers(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in given]
    if wrong := [text for text, pair in zip(given, pairs, strict=True) if not pair[0] or not pair[2]]:
        raise Refusal(f"--answer 应写成 行=回答，例如 台账!17=new；现在写的是“{wrong[0]}”。")
    return {key: answer for key, _, answer in pairs}


def _tell(plan: ImportPlan, is_applied: bool) -> None:
    for note in plan.notes:
        click.echo(f"· {note}")
    for outcome in RowOutcome:
        click.echo(f"{outcome.label:　<4}{plan.counts.get(outcome, 0):>8,}")
    if conflicts := conflict_count(plan):
        click.echo(
            f"冲突　　{conflicts:>8,}  库中的数来源更可靠，未作回答的保留原值；--answer 'conflict:*=take' 采用本表。"
        )
    _tell_left_out(plan)
    click.echo("已写入。" if is_applied else "这是预览，没有写入任何数据；加 --apply 写入。")


def _tell_left_out(plan: ImportPlan) -> None:
    left_out = [row for row in plan.rows if row.outcome in LEFT_OUT]
    for row in left_out[:_ROWS_TOLD]:
        told = "；".join(f"{error.column}：{error.message}" for error in row.errors)
        choices = "、".join(f"{each.firm_id} {each.name}" for each in row.candidates)
        told = told or (f"可能是 {choices}" if choices else "")
        click.echo(f"{row.key}  {row.outcome.label}  {row.name}  {told}")
    if left_out[_ROWS_TOLD:]:
        click.echo(f"… 还有 {len(left_out) - _ROWS_TOLD:,} 行，用 --faulty-rows 存成文件查看。")
