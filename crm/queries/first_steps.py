"""The first steps of an office that begins with nothing, ticked by what is there."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from crm.extensions import db
from crm.models import Event, Firm, Township, User
from crm.queries.backups import newest_backup
from pipelines.vocabulary import EventKind, Role

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 - what nobody else can type


@dataclass(frozen=True)
class Step:
    """endpoint: where it is done; empty where only the settings of the server can do it."""

    name: str
    is_done: bool
    words: str
    endpoint: str


def first_steps() -> list[Step]:
    """In the order in which they lean on one another."""
    townships, colleagues, firms, exports = _counts()
    backup = newest_backup()
    return [
        Step(
            "核对镇街",
            townships > 0,
            f"现有 {townships} 个。名称与台账里的写法对得上，导入时才认得；增减、改名、分片区都在“镇街”里。",
            "townships.index",
        ),
        Step("让同事的电脑打得开", _can_be_reached(), _reach_in_words(), ""),
        Step(
            "给同事建账号",
            colleagues > 0,
            f"除管理员外现有 {colleagues} 人。科长、科员、镇街专干各用各的账号，首次登录时自己改口令。",
            "users.new",
        ),
        Step(
            "导入第一份台账",
            firms > 0,
            f"企业库现有 {firms:,} 家。手边的 Excel 台账直接上传，先看打算怎么做，确认后才写入；没有台账就下载模板填。",
            "imports.new",
        ),
        Step(
            "导出第一份名单",
            exports > 0,
            "在企业库筛好条件、选好列，点“导出”。",
            "firms.index",
        ),
        Step("设置邮件", _sends_mail(), _mail_in_words(), ""),
        Step(
            "做一次备份",
            backup is not None,
            f"最近一次在 {backup.age}前。" if backup else "系统每天自动备份；第一次可以现在就做，并下载到别处存一份。",
            "backups.index",
        ),
    ]


def steps_left(user: User) -> list[Step]:
    """For the first page of who leads the office in; nothing for who has put them away."""
    if user.first_steps_hidden_at or current_app.config["MODE"] == "demo":
        return []
    return [step for step in first_steps() if not step.is_done]


def _counts() -> tuple[int, int, int, int]:
    counted = (
        sa.select(sa.func.count()).select_from(Township).where(Township.voided_at.is_(None)),
        sa.select(sa.func.count()).select_from(User).where(User.active, User.role != Role.ADMINISTRATOR),
        sa.select(sa.func.count()).select_from(Firm).where(Firm.archived_at.is_(None)),
        sa.select(sa.func.count()).select_from(
            sa.select(Event.id).where(Event.kind == EventKind.EXPORTED).limit(1).subquery()
        ),
    )
    found = db.session.execute(sa.select(*(each.scalar_subquery() for each in counted))).one()
    return found[0], found[1], found[2], found[3]


def _can_be_reached() -> bool:
    return urlsplit(current_app.config["BASE_URL"]).hostname not in _THIS_MACHINE


def _reach_in_words() -> str:
    if _can_be_reached():
        return f"同事用 {current_app.config['BASE_URL']} 打开。"
    return (
        "现在只写着本机的地址。请信息中心设 CRM_HOST=0.0.0.0（或在前面加代理）、CRM_TRUSTED_HOSTS 和 "
        "CRM_BASE_URL（同事打开用的网址），重新启动。"
    )


def _sends_mail() -> bool:
    return bool(current_app.config["MAIL_BACKEND"] == "smtp")


def _mail_in_words() -> str:
    if _sends_mail():
        return f"由 {current_app.config['MAIL_SERVER']} 发出。"
    return (
        "现在邮件只写成文件，不发出去。请信息中心在服务器上设 CRM_MAIL_BACKEND=smtp 和 CRM_MAIL_SERVER 等"
        "（见 .env.example），重新启动后在“期限提醒”里给自己发测试邮件。不发邮件也能用，期限在“今日”里看。"
    )
