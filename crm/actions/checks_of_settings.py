"""Whether the settings are fit for real work: mode, secret, addresses, encryption, mail, time zone."""

import smtplib
import ssl
import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from config import BUILT_IN_SECRET
from crm import clock
from crm.actions.findings import Finding, attention, danger, fine
from crm.extensions import db
from crm.models import Event

_SHORTEST_SECRET = 32
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
_PATIENCE = 3  # seconds for a mail server to answer; a page waits for it
_SLACK = timedelta(minutes=5)
_MAKE_A_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"  # noqa: S105 - a command, no secret


def mode() -> Finding:
    if not _is_production():
        return attention(
            "演示模式：账号口令公开，只能放虚构的数据。", "正式使用前设 CRM_MODE=production，并换一个空的实例目录。"
        )
    if current_app.debug:
        return danger(
            "正式模式开着调试：出错页面会泄露程序和数据，甚至能执行命令。", "去掉 FLASK_DEBUG 和 --debug 后重新启动。"
        )
    return fine("正式模式。")


def secret() -> Finding:
    key = current_app.config["SECRET_KEY"]
    if key != BUILT_IN_SECRET and len(key) >= _SHORTEST_SECRET:
        return fine("已设置自己的密钥。")
    found = "用的是内置密钥，人人都知道。" if key == BUILT_IN_SECRET else f"密钥只有 {len(key)} 个字符，容易被猜到。"
    worse = danger if _is_production() else attention
    return worse(found, f"设置 CRM_SECRET_KEY（至少 {_SHORTEST_SECRET} 个字符），可这样生成：{_MAKE_A_SECRET}")


def hosts() -> Finding:
    trusted, host = current_app.config["TRUSTED_HOSTS"], urlsplit(current_app.config["BASE_URL"]).hostname or ""
    if not trusted:
        return attention(
            "没有限定主机名，别人可以用伪造的网址访问。", "把局里访问用的域名或地址写进 CRM_TRUSTED_HOSTS。"
        )
    if host in _THIS_MACHINE:
        return attention(
            f"邮件里的链接以 {current_app.config['BASE_URL']} 开头，别的电脑打不开。",
            "把同事访问用的网址写进 CRM_BASE_URL。",
        )
    if not any(host == name or (name.startswith(".") and host.endswith(name)) for name in trusted):
        return attention(
            f"邮件里的链接用的主机名 {host} 不在允许之列，点开会被拒绝。",
            "让 CRM_BASE_URL 与 CRM_TRUSTED_HOSTS 一致。",
        )
    return fine(f"只接受 {'、'.join(trusted)}。")


def encryption() -> Finding:
    """A cookie for https only, and https in front; what a proxy says is believed only when it alone can speak."""
    config = current_app.config
    is_https = config["BASE_URL"].startswith("https://")
    if not config["SESSION_COOKIE_SECURE"]:
        return attention(
            "没有加密（https）：口令和数据在网络上明文传送。",
            "在前面加一个带证书的代理（如 nginx），去掉 CRM_PLAIN_HTTP，CRM_BASE_URL 写 https 网址。",
        )
    if not is_https:
        return attention(
            "登录凭证只经 https 传送，而网址写的是 http：用 http 打开会登录不上。",
            "CRM_BASE_URL 写成 https 网址；确实没有 https 时设 CRM_PLAIN_HTTP=yes。",
        )
    if not config["TRUSTED_PROXIES"]:
        return attention(
            "前面有代理，却没有设代理层数：所有人看起来都来自同一个地址，一人输错口令会锁住大家。",
            "设 CRM_TRUSTED_PROXIES=1。",
        )
    if config["HOST"] not in _THIS_MACHINE:
        return attention(
            f"程序在 {config['HOST']} 上直接可以访问，能绕过代理伪造来源地址。", "设 CRM_HOST=127.0.0.1，只让代理访问。"
        )
    return fine("经 https 访问，登录凭证只走加密连接。")


def mail() -> Finding:
    config = current_app.config
    if config["MAIL_BACKEND"] != "smtp":
        return attention("邮件只写成文件，没有真的发出。", "设 CRM_MAIL_BACKEND=smtp 和邮件服务器，见 .env.example。")
    where = f"{config['MAIL_SERVER']}:{config['MAIL_PORT']}"
    try:
        _knock()
    except (OSError, smtplib.SMTPException) as error:
        return attention(
            f"邮件服务器 {where} 连不上：{error}。提醒会排队等待。", "核对 CRM_MAIL_SERVER、端口、CRM_MAIL_TLS 和网络。"
        )
    if config["MAIL_USERNAME"] and not (config["MAIL_USE_TLS"] or config["MAIL_USE_SSL"]):
        return attention(f"邮件服务器 {where} 连得上，但邮箱口令明文传送。", "设 CRM_MAIL_TLS=ssl 或 starttls。")
    return fine(f"邮件服务器 {where} 连得上。")


def time_zone() -> Finding:
    """Days are reckoned in the office's zone whatever the machine's is; a clock set back is another matter."""
    now = clock.now()
    newest = db.session.scalar(sa.select(sa.func.max(Event.at)))
    if newest and newest > now + _SLACK:
        return attention(
            f"本机时间 {_shown(now)} 比库里最近的记录 {_shown(newest)} 还早，时间可能被调过。", "校准本机时间。"
        )
    return fine(f"按北京时间计算日期，现在是 {_shown(now)}；本机时区 {time.tzname[0]}，没有影响。")


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"


def _knock() -> None:
    """As far as the greeting: a wrong password tried at every look would lock the mail account."""
    config = current_app.config
    place = (config["MAIL_SERVER"], config["MAIL_PORT"])
    if config["MAIL_USE_SSL"]:
        with smtplib.SMTP_SSL(*place, timeout=_PATIENCE, context=ssl.create_default_context()) as server:
            server.noop()
        return
    with smtplib.SMTP(*place, timeout=_PATIENCE) as server:
        if config["MAIL_USE_TLS"]:
            server.starttls(context=ssl.create_default_context())
        server.noop()


def _is_production() -> bool:
    return current_app.config["MODE"] == "production"
