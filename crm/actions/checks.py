"""The house looks at itself, check by check. The only place that refuses a start."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from crm.actions import checks_of_settings, checks_of_state
from crm.actions.findings import Finding, attention
from crm.actions.schema import CUT_OFF
from crm.extensions import db
from crm.queries.backups import restore_was_cut_off
from pipelines.refusals import Refusal
from pipelines.vocabulary import CheckState


class Check(NamedTuple):
    name: str
    state: CheckState
    found: str
    todo: str


CLOCK = "定时进程"
_CHECKS: dict[str, Callable[[], Finding]] = {
    "运行方式": checks_of_settings.mode,
    "密钥": checks_of_settings.secret,
    "允许的主机名": checks_of_settings.hosts,
    "登录凭证和加密": checks_of_settings.encryption,
    "数据库": checks_of_state.database,
    "数据库结构": checks_of_state.structure,
    "备份": checks_of_state.backup,
    "第二份备份": checks_of_state.second_copy,
    "恢复演练": checks_of_state.rehearsal,
    "磁盘": checks_of_state.disk,
    "时间": checks_of_settings.time_zone,
    CLOCK: checks_of_state.clock_process,
    "邮件": checks_of_settings.mail,
    "默认口令": checks_of_state.passwords,
    "文件权限": checks_of_state.folder,
}
_UNSEEN = "数据库读不出来，这一项没能检查。"


def all_checks() -> list[Check]:
    return [Check(name, *_looked(look)) for name, look in _CHECKS.items()]


def worst(checks: list[Check]) -> CheckState:
    return max((check.state for check in checks), key=list(CheckState).index)


def refuse_unsafe_start(app: Flask) -> list[Check]:
    """What deserves attention, for whoever starts it; Refusal where it would be dangerous. The demo may be careless."""
    with app.app_context():
        if restore_was_cut_off():
            raise Refusal(CUT_OFF)
        if app.config["MODE"] != "production":
            return []
        checks = all_checks()
    if dangers := [check for check in checks if check.state is CheckState.DANGER]:
        told = "\n".join(f"  {check.name}：{check.found}\n    怎么办：{check.todo}" for check in dangers)
        raise Refusal(f"有危险，没有启动：\n{told}\n全部检查：flask check-deploy")
    return [check for check in checks if check.state is CheckState.ATTENTION]


def _looked(look: Callable[[], Finding]) -> Finding:
    """One that cannot be made keeps the others from nothing."""
    try:
        return look()
    except SQLAlchemyError:
        return attention(_UNSEEN, "先处理“数据库”一项。")
    finally:
        db.session.rollback()
