"""Whether what the house works with is sound: database, backups, disk, clock process, accounts, folder."""

import os
import shutil
import stat
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError

from crm import clock
from crm.actions.database_copies import kind, sqlite_path
from crm.actions.demo import DEMO_PASSWORD, DEMO_USERS
from crm.actions.findings import Finding, attention, danger, fine
from crm.actions.password_hashes import matches
from crm.actions.schema import CUT_OFF, SchemaState, newest_revision, schema, told
from crm.extensions import db, impatient_connection
from crm.models import User
from crm.queries.backups import TOO_OLD, kept_backups, last_rehearsal, restore_was_cut_off
from crm.queries.reminders import silence
from crm.queries.users import active_administrators
from pipelines.refusals import Refusal

_GIGABYTE = 1024**3
_TOO_LITTLE = 200 * 1024**2
_BACKUP_NOW = "在“备份”页点“立即备份”，或执行 flask backup；平时由定时进程每天自动备份。"
_DAYS_OF_A_REHEARSAL = 8


def database() -> Finding:
    """Read from end to end, and the write lock taken for a moment."""
    try:
        with impatient_connection() as connection:
            if connection.dialect.name == "sqlite":
                verdict = connection.scalar(sa.text("PRAGMA quick_check(1)"))
                if verdict != "ok":
                    return danger(f"数据库内部有损坏：{verdict}。", "停止使用，从最近的备份恢复到空的位置。")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif connection.scalar(sa.text("SELECT current_setting('transaction_read_only')")) == "on":
                return danger("数据库只读，不能保存。", "请数据库管理员恢复写入，或核对 CRM_DATABASE_URL。")
    except OperationalError as error:
        return _told_of(error)
    except sa.exc.DatabaseError as error:
        return danger(f"数据库打不开：{_short(error)}。", "不要覆盖它；从最近的备份恢复到空的位置。")
    return fine(f"{'SQLite' if kind() == 'sqlite' else 'PostgreSQL'}，可读可写。")


def structure() -> Finding:
    if restore_was_cut_off():
        return danger(CUT_OFF, "清点备份文件，重新恢复；做完之前系统不会启动。")
    try:
        found = schema()
    except Refusal as refusal:
        return danger(str(refusal), "从最近的备份恢复到空的位置。")
    if found.state is SchemaState.CURRENT:
        return fine(f"结构版本 {found.revision}，与程序一致。")
    if found.state is SchemaState.FOREIGN:
        return danger(told(found), "换用与库相配的程序。")
    words = "还没有建表" if found.state is SchemaState.EMPTY else f"结构版本 {found.revision} 旧于程序"
    return danger(f"{words}（程序需要 {newest_revision()}）。", "执行 flask upgrade：先自动备份，再升级。")


def backup() -> Finding:
    kept = kept_backups()
    if not kept:
        return attention("还没有备份。", _BACKUP_NOW)
    if kept[0].fault:
        return attention(f"最近的备份 {kept[0].name} 是坏的：{kept[0].fault}。", _BACKUP_NOW)
    if clock.now() - kept[0].made_at > TOO_OLD:
        return attention(f"最近的备份是 {kept[0].age}前的，已超过 26 小时。", _BACKUP_NOW)
    return fine(f"最近的备份做于 {kept[0].age}前，共留有 {len(kept)} 份。")


def second_copy() -> Finding:
    second = current_app.config["BACKUP_SECOND_FOLDER"]
    if second is None:
        return attention(
            "备份只存在本机，电脑坏了就一起丢了。", "设 CRM_BACKUP_SECOND_FOLDER 为另一块硬盘或另一台电脑上的文件夹。"
        )
    copies = kept_backups(second)
    if not copies or clock.now() - copies[0].made_at > TOO_OLD:
        found = f"最近的是 {copies[0].age}前的" if copies else "还没有备份"
        return attention(f"第二存放处 {second} 里{found}。", "检查它是否挂上、能否写入，然后立即备份一次。")
    return fine(f"第二存放处 {second} 里最近的备份是 {copies[0].age}前的。")


def rehearsal() -> Finding:
    last = last_rehearsal()
    todo = "在“备份”页点“恢复演练”。"
    if last is None:
        return attention("还没有做过恢复演练，不知道备份能不能用。", todo)
    if last.particulars.get("reason"):
        return attention(f"最近一次恢复演练没有通过：{last.particulars['reason']}", f"先立即备份，再{todo}")
    days = (clock.now() - last.at).days
    if days > _DAYS_OF_A_REHEARSAL:
        return attention(f"上次恢复演练是 {days} 天前。", todo)
    when = f"{days} 天前" if days else "一天之内"
    return fine(f"{when}演练通过：{last.particulars.get('subject')}，用时 {last.particulars.get('seconds')} 秒。")


def disk() -> Finding:
    free = shutil.disk_usage(current_app.instance_path).free
    size = sqlite_path().stat().st_size if kind() == "sqlite" and sqlite_path().exists() else 0
    if free < _TOO_LITTLE:
        return danger(f"磁盘只剩 {free // 1024**2} MB，随时可能存不下。", "清理磁盘后再启动。")
    if free < max(_GIGABYTE, 3 * size):
        return attention(f"磁盘只剩 {free / _GIGABYTE:.1f} GB，备份可能做不成。", "清理磁盘，或把备份放到别的磁盘。")
    return fine(f"磁盘还有 {free / _GIGABYTE:.0f} GB。")


def clock_process() -> Finding:
    silent = silence(clock.now())
    if silent is None:
        return fine("定时进程在运行。")
    return attention("定时进程超过十分钟没有动静：不备份，不发提醒。", "用 make run 或 flask clock 启动。")


def passwords() -> Finding:
    """Of the accounts of the demo; what people choose themselves the rules of passwords see to."""
    accounts = [account for account, *_ in DEMO_USERS]
    suspects = db.session.scalars(sa.select(User).where(User.account.in_(accounts), User.active).order_by(User.id))
    known = [user.account for user in suspects if _is_demo_password(user.password_hash)]
    if known:
        worse = danger if current_app.config["MODE"] == "production" else attention
        return worse(
            f"账号 {'、'.join(known)} 还在用公开的演示口令。",
            "正式使用请换一个空的实例目录；或在演示模式下登录，停用这些账号或重置口令。",
        )
    if not active_administrators():
        return attention("还没有能用的管理员账号。", "在这台电脑上执行 flask create-user。")
    return fine("没有默认口令。")


def folder() -> Finding:
    path = Path(current_app.instance_path)
    if os.name == "nt":
        return fine("由 Windows 的文件夹权限管理，请只让运行雁阵的账号访问实例目录。")
    others = stat.S_IMODE(path.stat().st_mode) & 0o007
    if others & stat.S_IWOTH:
        return danger("这台电脑上的任何人都能改实例目录里的数据。", f"执行 chmod 700 {path}")
    if others:
        return attention("这台电脑上的其他用户能看到实例目录。", f"执行 chmod 700 {path}")
    return fine("实例目录只有运行雁阵的账号能进。")


@lru_cache(maxsize=64)
def _is_demo_password(password_hash: str) -> bool:
    """A hash keeps its meaning, and argon2 is slow on purpose."""
    return matches(password_hash, DEMO_PASSWORD)


def _told_of(error: OperationalError) -> Finding:
    words = str(error.orig).lower()
    if "locked" in words:
        return fine("可读可写，此刻正有人在写入。")
    if "readonly" in words or "read-only" in words:
        return danger("数据库只读，不能保存。", "检查数据库文件和所在文件夹的权限、磁盘是否只读。")
    return danger(f"数据库连不上：{_short(error)}。", "核对 CRM_DATABASE_URL、数据库服务和文件夹权限。")


def _short(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).strip()[:200]
