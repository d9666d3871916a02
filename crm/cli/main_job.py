"""flask demo: the main job once, as an officer would do it on a Monday morning."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from flask import Flask, current_app

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.exports import export_firms, plain_layout
from crm.actions.import_plans import limits, planned
from crm.actions.imports import apply_import, preview_import
from crm.cli.office import LEDGER_ON_THE_DESK, prepare
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import firm_page
from crm.queries.ledger import ledger_columns
from pipelines.sheets.reading import read_sheets
from pipelines.vocabulary import RowOutcome, Tier

_Result = TypeVar("_Result")


def register(app: Flask) -> None:
    app.cli.add_command(demo)


@click.command("demo")
def demo() -> None:
    """从头到尾做一遍主要工作：载入演示县、导入台账、查名单、导出，最后打印一张表。"""
    if current_app.config["MODE"] == "production":
        raise click.ClickException("正式运行的系统不做演示，以免改动真实数据。")
    folder = Path(current_app.instance_path)
    workbook, exported = folder / LEDGER_ON_THE_DESK, folder / "企业台账.xlsx"
    prepare()
    lines = [
        _timed("导入台账", lambda: _import(workbook)),
        _timed("查名单", _list),
        _timed("导出", lambda: _export(exported)),
        _timed("导出再导入", lambda: _compare(exported)),
    ]
    click.echo("")
    for step, seconds, told in lines:
        click.echo(f"{step:　<6}{seconds:>7.2f} 秒  {told}")


def _timed(step: str, deed: Callable[[], _Result]) -> tuple[str, float, _Result]:
    begun = time.perf_counter()
    told = deed()
    return step, time.perf_counter() - begun, told


def _import(workbook: Path) -> str:
    batch = preview_import(workbook, workbook.name, COMMAND)
    apply_import(batch.id, COMMAND)
    return f"{workbook.name}：{_counted(batch.counts)}"


def _list() -> str:
    wanted = FirmFilter.from_args({"tier": Tier.TECH_SME, "sort": "-rd_ratio"})
    page = firm_page(wanted, None, clock.today())
    return f"省科小按研发占比排序，共 {page.total:,} 家，第一家：{page.rows[0].name}"


def _export(target: Path) -> str:
    count = export_firms(FirmFilter(), plain_layout(ledger_columns()), None, COMMAND, str(target))
    return f"{count:,} 家 → {target}"


def _compare(exported: Path) -> str:
    """What was exported says nothing new when it is read again."""
    plan = planned(read_sheets(exported, exported.name, limits()), None, {})
    return _counted({outcome.value: number for outcome, number in plan.counts.items()})


def _counted(counts: dict[str, int]) -> str:
    return "，".join(f"{outcome.label} {counts[outcome]:,}" for outcome in RowOutcome if counts.get(outcome))
