"""flask model train|evaluate|score|use: what orders the candidates."""

import click
from flask import Flask

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.models import train_model, use_model
from crm.actions.scoring import score_firms
from crm.cli.bars import moving
from crm.models import ModelVersion
from crm.queries.model_card import version_page
from crm.queries.models import newest_version
from pipelines.refusals import Refusal


def register(app: Flask) -> None:
    app.cli.add_command(_model)


@click.group("model")
def _model() -> None:
    """潜力模型：训练、检验、启用、给企业排序。"""


@_model.command("train")
def _train() -> None:
    """用往年首次申报的结果训练一个新版本；启用前先看检验。"""
    with click.progressbar(length=1, label="训练和检验") as bar:
        version = train_model(clock.today(), COMMAND, moving(bar))
    click.echo(
        f"已训练模型 {version.id}（{version.level.label}）：首次申报的结果 {version.card['decisions']} 项，"
        f"其中未通过 {version.card['failures']} 项。"
    )
    _tell(version)


@_model.command("evaluate")
def _evaluate() -> None:
    """最新版本逐年的检验：用以前各年训练，预测当年，与规则、研发强度和随机比较。"""
    version = newest_version()
    if version is None:
        raise click.ClickException("还没有模型，请先执行 flask model train。")
    _tell(version)


@_model.command("use")
@click.argument("version_id", type=int)
def _use(version_id: int) -> None:
    """启用一个版本，并给企业排序；换回以前的版本也用它。"""
    try:
        use_model(version_id, COMMAND)
        click.echo(score_firms(clock.today(), COMMAND))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


@_model.command("score")
def _score() -> None:
    """用启用的版本给全部可申报的企业排序。"""
    try:
        click.echo(score_firms(clock.today(), COMMAND))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _tell(version: ModelVersion) -> None:
    for sentence in version.card["notes"]:
        click.echo(sentence)
    click.echo("年度  方法        AUC（95% 区间）         前列通过率   Brier  对数损失  预计-实际")
    for year in reversed(version_page(version).years):
        for row in year.rows:
            auc = f"{row.auc[0]:.3f}（{row.auc[1]:.3f}–{row.auc[2]:.3f}）"
            told = "".join(f"{value:9.3f}" for value in (row.brier, row.log_loss) if value is not None)
            surplus = f"{row.surplus:+9.1f}" if row.surplus is not None else ""
            click.echo(f"{year.year}  {row.order:<6}{auc:>24}  {row.precision[0]:9.1%}{told}{surplus}")
