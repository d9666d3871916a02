"""flask create-user, the way in for the first administrator; flask unlock and flask users, for when nobody else can."""

import click
import sqlalchemy as sa
from flask import Flask

from crm.actions import users
from crm.actions.events import COMMAND
from crm.actions.password_rules import check_password, rule_in_words
from crm.actions.second_factors import reset_codes
from crm.extensions import db
from crm.models import Township
from crm.queries.users import account_key, active_administrators, user_by_account
from pipelines.refusals import Refusal
from pipelines.vocabulary import Role


def register(app: Flask) -> None:
    app.cli.add_command(create_user)
    app.cli.add_command(unlock)
    app.cli.add_command(of_users)


@click.command("create-user")
@click.option("--account", prompt="账号", help="登录时输入的账号")
@click.option("--name", prompt="姓名")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), help="角色；还没有管理员时默认为 administrator"
)
@click.option("--township", help="镇街专干负责的镇街名称")
@click.option("--one-time", is_flag=True, help="不输入口令，生成一个首次登录后必须修改的一次性口令")
def create_user(account: str, name: str, role: str | None, township: str | None, one_time: bool) -> None:
    """建立一个账号。第一个管理员只能这样建立：系统没有默认账号。"""
    chosen = _role(role)
    password = None if one_time else _ask_password(account_key(account), name)
    try:
        made = users.create_user(
            COMMAND, account=account, name=name, password=password, role=chosen, township_id=_township_id(township)
        )
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"已建立账号 {made.user.account}（{chosen.label}）。")
    if one_time:
        click.echo(f"一次性口令：{made.password}（首次登录时须修改）")


@click.command("unlock")
@click.argument("account")
def unlock(account: str) -> None:
    """解除一个账号的登录锁定。"""
    user = user_by_account(account_key(account))
    if user is None:
        raise click.ClickException(f"没有账号“{account}”。")
    users.unlock_user(user, COMMAND)
    click.echo(f"已解除 {user.name}（{user.account}）的登录锁定。")


@click.group("users")
def of_users() -> None:
    """账号：没有别的管理员可以求助时，在服务器上处理。"""


@of_users.command("reset-codes")
@click.argument("account")
def reset_codes_of(account: str) -> None:
    """重置一个账号的两步验证：手机和恢复码都丢失时用，下次登录只需口令。"""
    user = user_by_account(account_key(account))
    if user is None:
        raise click.ClickException(f"没有账号“{account}”。")
    try:
        reset_codes(user, COMMAND)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"已重置 {user.name}（{user.account}）的两步验证。")


def _role(typed: str | None) -> Role:
    choices = {role.value: role for role in Role}
    if typed is None and not active_administrators():
        return Role.ADMINISTRATOR
    return choices[typed or click.prompt("角色", type=click.Choice(list(choices)))]


def _ask_password(account: str, name: str) -> str:
    """Asked again until it meets the rules: nobody types account and name anew because of it."""

    def fitting(typed: str) -> str:
        try:
            check_password(typed, account, name)
        except Refusal as refusal:
            raise click.BadParameter(str(refusal)) from refusal
        return typed

    words = f"口令（{rule_in_words()}；输入时不显示）"
    return str(click.prompt(words, hide_input=True, confirmation_prompt="再输一遍", value_proc=fitting))


def _township_id(name: str | None) -> int | None:
    if name is None:
        return None
    found = db.session.scalar(sa.select(Township.id).where(Township.name == name))
    if found is None:
        raise Refusal(f"没有叫“{name}”的镇街，请先执行 flask seed，或核对名称。")
    return found
