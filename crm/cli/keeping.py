"""flask check-deploy, backup and restore: what keeps the house safe, by command."""

from pathlib import Path

import click
from flask import Flask

from crm.actions.backups import back_up, save_as
from crm.actions.checks import Check, all_checks, worst
from crm.actions.database_moves import move_database
from crm.actions.events import COMMAND
from crm.actions.restoring import restore
from crm.cli.bars import moving
from crm.cli.refusals import refusals
from crm.queries.event_chain import Check as EventCheck
from pipelines.vocabulary import BackupReason, CheckState

_CODES = {CheckState.FINE: 0, CheckState.ATTENTION: 1, CheckState.DANGER: 2}
_FILE = click.Path(dir_okay=False, path_type=Path)


def register(app: Flask) -> None:
    app.cli.add_command(_check_deploy)
    app.cli.add_command(_backup)
    app.cli.add_command(_restore)
    app.cli.add_command(_move_database)


@click.command("check-deploy")
@click.pass_context
def _check_deploy(context: click.Context) -> None:
    """检查设置、数据库、备份、磁盘、账号是否适合正式使用。

    \b
    退出码  0  全部正常
            1  有需要注意的
            2  有危险的：正式模式下不能启动
    """
    checks = all_checks()
    for check in checks:
        tell(check)
    counted = "，".join(f"{state.label} {sum(check.state is state for check in checks)}" for state in CheckState)
    click.echo(f"\n{counted}。")
    context.exit(_CODES[worst(checks)])


@click.command("backup")
@click.option("-o", "--output", type=_FILE, help="存成这个文件；不加时存进备份文件夹，并按保留天数清理旧的")
def _backup(output: Path | None) -> None:
    """立即备份：数据库、上传的文件、附件和文书模板，存成一个文件；系统可以照常使用。"""
    with refusals():
        if output:
            click.echo(f"已备份到 {output}，共 {save_as(output.resolve(), COMMAND):,} 行，读回核对无误。")
            return
        with click.progressbar(length=1, label="备份") as bar:
            saved = back_up(BackupReason.BY_HAND, COMMAND, moving(bar))
        click.echo(saved.told)
        click.echo(f"文件：{saved.backup.path}")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def _restore(context: click.Context, file: Path) -> None:
    """把一份备份恢复到空的实例目录和空的数据库；已有数据时拒绝，文件不合适时什么都不动。

    \b
    退出码  0  已恢复，逐表一致，操作记录完好
            1  被拒绝，什么都没有动
            2  已恢复且逐表一致，但操作记录与封印不一致，请查明
    """
    with refusals():
        done = restore(file)
    for table, (said, found) in done.rows.items():
        click.echo(f"{table:<28}{said:>10,}{found:>10,}  一致")
    total = sum(found for _, found in done.rows.values())
    click.echo(f"\n已恢复 {len(done.rows)} 张表 {total:,} 行、{done.files} 个文件，行数与备份清单逐表一致。")
    if done.was_upgraded:
        click.echo("备份的结构较旧，已升级到当前版本。")
    if done.held:
        click.echo(f"{done.held} 条待发的提醒可能已经发过，没有再发：请在“期限提醒”里确认后再发。")
    _tell_log(done.log)
    click.echo("请重新启动雁阵，用原来的账号登录。")
    context.exit(0 if done.log.is_whole else 2)


@click.command("move-database")
@click.argument("address", metavar="URL")
@click.option("--dry-run", "is_trial", is_flag=True, help="全部做一遍、逐表核对，最后撤回；目标库里什么都不留")
@click.pass_context
def _move_database(context: click.Context, address: str, is_trial: bool) -> None:
    """把现在的数据库整个搬进另一个空的库，如从 SQLite 搬到 PostgreSQL；先停下雁阵。现在的库不改动。

    \b
    URL     postgresql+psycopg://用户@主机/库名，口令写在 ~/.pgpass 里；或 sqlite:////目录/crm.db
    退出码  0  已搬完（试做时：能搬完），逐表行数和摘要一致
            1  没有搬，原因已写明，目标库里什么都没有留下
            2  已搬完且逐表一致，但操作记录与封印不一致：原来的库里就是这样，请查明
    """
    with refusals(), click.progressbar(length=1, label="搬移") as bar:
        moved = move_database(address, is_trial=is_trial, progress=moving(bar))
    for table, content in moved.tables.items():
        click.echo(f"{table:<28}{content.rows:>10,}  {content.digest}  一致")
    total = sum(content.rows for content in moved.tables.values())
    click.echo(f"\n{len(moved.tables)} 张表 {total:,} 行，行数和内容摘要逐表一致。")
    _tell_log(moved.log)
    click.echo(
        "这是试做，目标库里没有留下任何内容。"
        if is_trial
        else "请把 CRM_DATABASE_URL 改成新的地址再启动；旧库留存备查。"
    )
    context.exit(0 if moved.log.is_whole else 2)


def _tell_log(log: EventCheck) -> None:
    """What the walk along the seals has found in the new place."""
    for fault in log.faults:
        click.echo(f"✗ {fault}")
    told = "完好" if log.is_whole else "与封印不一致：原来就是这样，请保留原件，先查明原因"
    click.echo(f"操作记录 {log.events:,} 条、{log.seals:,} 枚封印：{told}。")


def tell(check: Check) -> None:
    click.echo(f"[{check.state.label}] {check.name}：{check.found}")
    if check.todo:
        click.echo(f"        怎么办：{check.todo}")
