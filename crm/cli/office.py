"""Bringing the house up: schema, reference data, the demo county, web and clock."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import cast

import click
from flask import Flask, current_app

from crm import clock
from crm.actions.backups import Saved
from crm.actions.checks import CLOCK, refuse_unsafe_start
from crm.actions.demo import DEMO_PASSWORD, DEMO_USERS, is_empty, load_demo, load_reference
from crm.actions.evaluations import evaluate_county
from crm.actions.event_seals import seal_events
from crm.actions.events import COMMAND
from crm.actions.explained import load_explained
from crm.actions.models import train_model, use_model
from crm.actions.schema import downgrade_schema, upgrade_schema
from crm.actions.scoring import score_firms
from crm.actions.tasks import drop_tasks
from crm.cli.bars import moving
from crm.cli.keeping import tell
from crm.cli.refusals import refusals
from crm.queries.users import active_administrators
from seeds import DEFAULT_FIRMS, DEFAULT_SEED

_ROOT = Path(__file__).resolve().parents[2]
LEDGER_ON_THE_DESK = "待导入台账.xlsx"
_THREADS = 8
_SECONDS_FOR_THE_CLOCK_TO_LEAVE = 30


def register(app: Flask) -> None:
    app.cli.add_command(upgrade)
    app.cli.add_command(up)
    of_the_schema = cast(click.Group, app.cli.commands["db"])
    of_the_schema.add_command(_db_upgrade)
    of_the_schema.add_command(_db_downgrade)


@click.command("upgrade")
def upgrade() -> None:
    """把数据库升级到当前版本；升级前自动备份。"""
    _upgrade("heads")


@click.command("upgrade")
@click.argument("target", default="heads")
def _db_upgrade(target: str) -> None:
    """把数据库升级到某个版本；升级前自动备份。"""
    _upgrade(target)


@click.command("downgrade")
@click.argument("target", default="-1")
def _db_downgrade(target: str) -> None:
    """把数据库退回某个版本，新版本才有的数据会丢失；退回前自动备份。"""
    with refusals():
        _tell_saved(downgrade_schema(f"-{target}" if target.isdigit() and len(target) < 4 else target))


@click.command("up")
def up() -> None:
    """准备好数据库，启动网页和定时进程；按 Ctrl+C 停止。"""
    host, port = current_app.config["HOST"], current_app.config["PORT"]
    _refuse_a_taken_port(host, port)
    prepare()
    _look_around()
    _say_where(f"http://{host}:{port}")
    clock_process = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "clock"], cwd=_ROOT)

    def leave(_number: int, _frame: FrameType | None) -> None:
        clock_process.terminate()  # now: its seconds run while the pages that are being made are finished
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    try:
        _serve(host, port)
    finally:
        drop_tasks()
        clock_process.terminate()
        clock_process.wait(timeout=_SECONDS_FOR_THE_CLOCK_TO_LEAVE)


def _upgrade(target: str) -> None:
    with refusals():
        _tell_saved(upgrade_schema(target))
    click.echo("数据库结构已是最新。" if target == "heads" else f"数据库结构已升级到 {target}。")


def _tell_saved(saved: Saved | None) -> None:
    if saved:
        click.echo(f"改动结构之前{saved.told}")


def prepare() -> None:
    """Schema and reference data; in demo mode, when there is no firm yet, an invented county and a ledger to import."""
    with refusals():
        _tell_saved(upgrade_schema())
    load_reference(COMMAND)
    if current_app.config["MODE"] == "demo" and is_empty():
        with click.progressbar(length=DEFAULT_FIRMS, label="数据库是空的，正在生成演示县") as bar:
            load_demo(DEFAULT_FIRMS, DEFAULT_SEED, clock.today(), bar.update)
        load_explained(clock.today())
        with click.progressbar(length=1, label="正在按政策判断每家企业") as bar:
            evaluate_county(clock.today(), COMMAND.through, progress=moving(bar))
        click.echo("正在训练演示模型，给候选企业排序")
        use_model(train_model(clock.today(), COMMAND).id, COMMAND)
        score_firms(clock.today(), COMMAND)
        from seeds.messy_workbook import write_messy_workbook  # slow import: numpy

        write_messy_workbook(Path(current_app.instance_path) / LEDGER_ON_THE_DESK, clock.today())
    seal_events()  # `up` stays in one app context as long as it runs


def _look_around() -> None:
    with refusals():
        for check in refuse_unsafe_start(_this_app()):
            if check.name != CLOCK:  # it is started next
                tell(check)


def _this_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]  # a LocalProxy


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            raise click.ClickException(f"端口 {port} 已被占用：可能已经在运行；也可以设置 CRM_PORT 换一个端口。")


def _say_where(address: str) -> None:
    click.echo(f"\n雁阵已启动：{address}")
    if current_app.config["MODE"] == "demo":
        click.echo(f"\n演示账号（口令都是 {DEMO_PASSWORD}）：")
        for account, name, role, area in DEMO_USERS:
            click.echo(f"  {account:<10}{role.label}　{area or ''}　{name}")
    elif not active_administrators():
        click.echo("还没有账号，请在本机另开一个窗口建立第一个管理员：.venv/bin/flask --app wsgi create-user")
    click.echo("\n按 Ctrl+C 停止。")


def _serve(host: str, port: int) -> None:
    import waitress

    waitress.serve(
        _this_app(),
        host=host,
        port=port,
        threads=_THREADS,
        ident=None,
        # Beyond our own limit by far, so that an upload that is too large is told so in Chinese, by us.
        max_request_body_size=16 * current_app.config["MAX_CONTENT_LENGTH"],
        clear_untrusted_proxy_headers=not current_app.config["TRUSTED_PROXIES"],  # doors.py reads them then
        max_request_header_size=64 * 1024,
        channel_timeout=60,
    )
