"""What the clock does at night: derived rows are made anew, what has had its time goes."""

from datetime import date, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.actions.bulk_undoing import UNDONE_WITHIN as BULK_UNDONE_WITHIN
from crm.actions.evaluations import evaluate_county
from crm.actions.events import SYSTEM
from crm.actions.import_undoing import IMAGES_KEPT
from crm.actions.merges import UNDONE_WITHIN
from crm.actions.standings import refresh_standings
from crm.actions.uploads import remove_files_before
from crm.extensions import Base, begin_exclusive, db
from crm.models import BulkDeed, ImportBatch, Merge, OnceToken, RowImages, Session, SignIn

_FORMS_KEPT = timedelta(days=1)  # whoever sends a form again does so at once; see crm/once.py


def refresh_all_standings(today: date) -> str:
    """Recompute the derived row of every firm: validity and age change with the day, without any edit."""
    begin_exclusive()
    refreshed = refresh_standings(None, today)
    db.session.commit()
    return f"已重算 {refreshed} 家企业的列表数据。"


def evaluate_all_firms(today: date) -> str:
    """Judge every firm anew: ages, certificates and editions change with the day, without any edit."""
    return f"已判断全部企业，结论有变化的写入 {evaluate_county(today, SYSTEM.through)} 条。"


def purge_expired(today: date) -> str:
    """Remove sessions that ended, sign-in records past their time, uploads and exports past theirs."""
    midnight = datetime.combine(today, datetime.min.time(), tzinfo=clock.OFFICE_ZONE)
    hours = timedelta(hours=current_app.config["SESSION_HOURS"])
    sessions = _delete(Session, Session.created_at < midnight - hours)
    sign_ins = _delete(SignIn, SignIn.at < midnight - timedelta(days=current_app.config["AUDIT_KEEP_DAYS"]))
    _forget_images()
    _delete(OnceToken, OnceToken.made_at < clock.now() - _FORMS_KEPT)
    db.session.commit()
    files = remove_files_before(midnight - timedelta(days=current_app.config["UPLOAD_KEEP_DAYS"]))
    return f"已清理：会话 {sessions} 个，登录记录 {sign_ins} 条，导入导出文件 {files} 个。"


def _forget_images() -> None:
    """What a deed can no longer be taken back from: it holds names and telephones."""
    now, number = clock.now(), sa.String
    merges = sa.select(sa.literal("merge:") + sa.cast(Merge.id, number)).where(Merge.made_at < now - UNDONE_WITHIN)
    imports = sa.select(sa.literal("import:") + sa.cast(ImportBatch.id, number))
    imports = imports.where(ImportBatch.applied_at < now - IMAGES_KEPT)
    bulk = sa.select(sa.literal("bulk:") + sa.cast(BulkDeed.id, number))
    bulk = bulk.where(BulkDeed.made_at < now - BULK_UNDONE_WITHIN)
    _delete(RowImages, sa.or_(*(RowImages.deed.in_(deeds) for deeds in (merges, imports, bulk))))


def _delete(model: type[Base], condition: sa.ColumnElement[bool]) -> int:
    result = db.session.execute(sa.delete(model).where(condition))
    return cast("sa.CursorResult[Any]", result).rowcount
