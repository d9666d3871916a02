"""flask verify-audit: whether the log still says what was sealed."""

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from crm.actions.event_seals import check_events
from crm.actions.events import COMMAND
from crm.queries.event_chain import Check, Link, check_chain
from crm.template_filters import moment

_CAUSES = "数据库可能没有升级（flask upgrade）、正被占用、只读或已损坏；只读时可加 --read-only。"


def register(app: Flask) -> None:
    app.cli.add_command(verify_audit)


@click.command("verify-audit")
@click.option("--seal", "written_down", metavar="编号:摘要", help="与另处抄录的一枚封印比对")
@click.option("--read-only", is_flag=True, help="只核验，不在操作记录里留下这次核验")
def verify_audit(written_down: str | None, read_only: bool) -> None:
    """沿封印链核验全部操作记录；有一处不一致，退出码为 1。"""
    expected = _link(written_down) if written_down else None
    try:
        found = check_chain(expected) if read_only else check_events(COMMAND, expected)
    except SQLAlchemyError as error:
        raise click.ClickException(f"操作记录读不完或写不进：{error.__class__.__name__}。{_CAUSES}") from error
    for fault in found.faults:
        click.echo(f"✗ {fault}")
    click.echo(_summary(found))
    if not found.is_whole:
        raise click.ClickException("操作记录与封印不一致。请保留数据库文件原样，先查明原因。")


def _summary(found: Check) -> str:
    lines = [f"已核验 {found.events:,} 条记录、{found.seals:,} 枚封印。"]
    if found.newest.number:
        lines.append(f"最新封印 {found.newest.number}:{found.newest.chain}（可抄录在别处，以后用 --seal 比对）")
    if found.waiting:
        lines.append(f"另有 {found.waiting:,} 条尚未封存，最早 {moment(found.waiting_since)}。")
    return "\n".join(lines)


def _link(typed: str) -> Link:
    number, colon, chain = typed.partition(":")
    if not (colon and number.isascii() and number.isdigit() and len(chain) == 64):
        raise click.BadParameter("应为 编号:摘要，摘要为 64 个字符，如 12:ab…", param_hint="--seal")
    return Link(int(number), 0, chain.lower())
