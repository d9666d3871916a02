"""flask seed: the reference data. flask load-demo: the invented county."""

import datetime

import click
from flask import Flask

from crm import clock
from crm.actions.demo import DEMO_PASSWORD, DEMO_USERS, load_demo, load_reference
from crm.actions.events import COMMAND
from pipelines.refusals import Refusal
from seeds import DEFAULT_FIRMS, DEFAULT_SEED, LARGEST

_TABLE_NAMES = {
    "firms": "企业",
    "former_names": "曾用名",
    "flags": "负面清单记录",
    "contacts": "联系人",
    "annual_figures": "年度数据",
    "ip_rights": "知识产权",
    "recognitions": "资质",
    "applications": "申报记录",
    "questionnaires": "能力问卷",
    "candidacies": "培育对象",
    "trainings": "培训",
    "parts": "研发活动和产品",
    "visits": "走访",
    "alliances": "联合体和外资研发中心",
    "institutions": "研发机构",
    "projects": "科技项目",
}


def register(app: Flask) -> None:
    app.cli.add_command(seed)
    app.cli.add_command(load_demo_county)


@click.command("seed")
def seed() -> None:
    """载入或更新基础数据（镇街、行业、技术领域）；可以重复执行。"""
    changed = load_reference(COMMAND)
    click.echo(f"基础数据已是最新，本次新增或更新 {changed} 条。")


@click.command("load-demo")
@click.option("--firms", default=DEFAULT_FIRMS, show_default=True, type=click.IntRange(1, LARGEST), help="企业数")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, type=click.IntRange(min=0), help="随机种子")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="以哪一天为今天，默认为当天")
def load_demo_county(firms: int, seed: int, today: datetime.datetime | None) -> None:
    """向空的企业库载入一个虚构的县，全部名称、代码、电话均为模拟。"""
    day = today.date() if today else clock.today()
    with click.progressbar(length=firms, label="载入演示数据") as bar:
        try:
            counts = load_demo(firms, seed, day, bar.update)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal
    click.echo("、".join(f"{_TABLE_NAMES[table]} {count:,}" for table, count in counts.items()) + "。")
    click.echo(f"演示账号：{'、'.join(account for account, *_ in DEMO_USERS)}；口令均为 {DEMO_PASSWORD}")
