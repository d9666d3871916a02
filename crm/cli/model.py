"""flask model train|evaluate|score|use: what orders the candidates."""

import click
from flask import Flask

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.models import score_firms, train_model, use_model
from crm.models import ModelVersion
from crm.queries.candidates import newest_version
from pipelines.refusals import Refusal


def register(app: Flask) -> None:
    app.cli.add_command(_model)


@click.group("model")
def _model() -> None:
    """潜力模型：训练、检验、启用、给企业排序。"""


@_model.command("train")
def _train() -> None:
    """用往年首次申报的结果训练一个新版本；启用前先看检验。"""
    try:
        version = train_model(clock.today(), COMMAND)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(
        f"已训练模型 {version.id}：{version.card['decisions']} 件有结果的首次申报，{version.card['passes']} 件通过。"
    )
    _tell(version)


@_model.command("evaluate")
def _evaluate() -> None:
    """最新版本逐年的检验：用以前各年训练，预测当年。"""
    version = newest_version()
    if version is None:
        raise click.ClickException("还没有模型，请先执行 flask model train。")
    _tell(version)


@_model.command("use")
@click.argument("version_id", type=int)
def _use(version_id: int) -> None:
    """启用一个版本，并给企业排序。"""
    try:
        use_model(version_id, COMMAND)
        click.echo(score_firms(clock.today()))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


@_model.command("score")
def _score() -> None:
    """用启用的版本给全部可申报的企业排序。"""
    click.echo(score_firms(clock.today()))


def _tell(version: ModelVersion) -> None:
    click.echo("年度  方法        家数  通过  AUC（95% 区间）       前列命中  Brier")
    for row in version.card["evaluation"]:
        brier = f"{row['brier']:.3f}" if row["brier"] is not None else "—"
        click.echo(
            f"{row['year']}  {row['name']:<6}  {row['firms']:>6}{row['passed']:>6}  "
            f"{row['auc']:.3f}（{row['auc_low']:.3f}–{row['auc_high']:.3f}）  {row['precision']:>7.1%}  {brier}"
        )
