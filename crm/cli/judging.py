"""flask judge: typed-in facts against the editions in force, without the database; flask evaluate: every firm."""

import json
from datetime import datetime
from pathlib import Path

import click
import yaml
from flask import Flask

from crm import clock
from crm.actions.evaluations import JUDGED, evaluate_county
from crm.actions.events import COMMAND
from crm.cli.bars import moving
from crm.queries.policies import shipped_policies
from pipelines.facts import FirmFacts
from pipelines.facts.case import facts_from_case
from pipelines.qualification.assessment import qualify
from pipelines.refusals import Refusal
from pipelines.vocabulary import Programme

_PROGRAMMES = {each.value: each for each in Programme}


def register(app: Flask) -> None:
    app.cli.add_command(judge)
    app.cli.add_command(evaluate)


@click.command("judge")
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--programme",
    type=click.Choice(list(_PROGRAMMES)),
    default=Programme.HIGH_TECH.value,
    help="按哪个政策项目判断，默认高新技术企业",
)
def judge(case: Path, programme: str) -> None:
    """按案例文件（YAML：as_of 与 facts）里的事实判断一家企业，结果以 JSON 输出，不读写数据库。"""
    facts = _facts(case)
    policy = shipped_policies().in_force(_PROGRAMMES[programme], facts.as_of)
    if policy is None:
        raise click.ClickException(
            f"{facts.as_of} 时{_PROGRAMMES[programme].label}还没有施行的文件，请改用较晚的 as_of。"
        )
    click.echo(json.dumps(qualify(facts, policy).as_data(), ensure_ascii=False, indent=2))


@click.command("evaluate")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天判断，默认今天")
@click.option("--programme", type=click.Choice(list(_PROGRAMMES)), help="只判断一个政策项目，默认全部")
def evaluate(on: datetime | None, programme: str | None) -> None:
    """判断全部企业；只写入结论或依据有变化的，再执行一次什么都不写。"""
    chosen = (_PROGRAMMES[programme],) if programme else JUDGED
    with click.progressbar(length=1, label="判断") as bar:
        written = evaluate_county(on.date() if on else clock.today(), COMMAND.through, chosen, moving(bar))
    click.echo(f"已判断全部企业，结论有变化的写入 {written} 条。")


def _facts(case: Path) -> FirmFacts:
    try:
        content = yaml.safe_load(case.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as fault:
        raise click.ClickException(f"{case.name} 不是能读的 YAML 文件（UTF-8）：{_where(fault)}") from None
    if not isinstance(content, dict) or not isinstance(content.get("facts") or {}, dict):
        raise click.ClickException(f"{case.name} 应写成两栏：as_of（判断日期）和 facts（已知的事实）。")
    try:
        return facts_from_case(content)
    except Refusal as refusal:
        raise click.ClickException(f"{case.name}：{refusal}") from None


def _where(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    return f"第 {mark.line + 1} 行写法有误" if mark else "编码或写法有误"
