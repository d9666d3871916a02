"""What goes wrong becomes a calm page in Chinese, once, here: no view holds a try, no page shows a stack trace."""

import errno
from typing import NamedTuple

from flask import Flask, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from crm import log, once
from crm.extensions import db, trouble_of
from crm.forms.session import typed_into
from crm.own_paths import page_before
from pipelines.refusals import Refusal


class Page(NamedTuple):
    title: str
    text: str


_PAGES = {
    400: Page("请求有误", "系统看不懂这个请求。请返回上一页，检查后再试。"),
    401: Page("请先登录", "登录后才能打开这个页面。"),
    403: Page("没有权限", "您的角色不能做这项操作。如确有需要，请联系管理员。"),
    404: Page("没有这个页面", "地址可能有误，或者这条记录不在您的负责范围内。"),
    405: Page("不支持这种操作", "这个地址不接受这种请求。请从页面上的按钮操作。"),
    409: Page("内容已被他人修改", "在您编辑期间，另有人保存了这条记录。请返回并刷新页面，核对后再改。"),
    413: Page("内容太大", "上传的文件或填写的内容超过了限制。请拆分后再试。"),
    422: Page("未能办理", "提交的内容不符合要求。请返回修改后再试。"),
    429: Page("操作太频繁", "请稍等几分钟再试。"),
    500: Page("系统出错了", "这次操作没有完成，数据没有改动。请稍后再试；仍不行时，请把错误编号告诉管理员。"),
    503: Page("请稍后重试", "系统正忙或正在维护，这次操作没有完成，数据没有改动。"),
}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _form_out_of_date)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _not_unique)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(OverflowError, _unfit)
    app.register_error_handler(DatabaseError, _database)
    app.register_error_handler(TimeoutError, _database)  # every connection is taken
    app.register_error_handler(OSError, _disk)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Back to the page one came from, with the reason; where there is none, a page that gives it."""
    db.session.rollback()
    g.refused = True
    back = page_before() if request.method == "POST" else None
    if back and not request.headers.get("HX-Request"):
        flash(str(refusal), "bad")
        return redirect(back, 303)
    return _page(getattr(refusal, "status", 422), str(refusal))


def _form_out_of_date(_error: CSRFError) -> ResponseReturnValue:
    """Who came in anew in another window may send the form once more, by a page of ours and under today's name."""
    if current_user.is_authenticated and page_before() and (typed := typed_into(request)):
        fields = [pair for pair in typed if pair[0] != once.FIELD]
        return render_template(
            "sessions/resume.html", target=request.full_path.rstrip("?"), fields=fields, is_new=True
        ), 400
    return _page(400, "这个页面打开后，登录状态有过变化（例如在别的窗口退出或重新登录）。请返回、刷新页面后再提交。")


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()  # a redirect to the right spelling of an address
    allowed = getattr(error, "valid_methods", None)
    return _page(code, _told(error), {"Allow": ", ".join(allowed)} if allowed else {})


def _told(error: HTTPException) -> str | None:
    """Our own words where we gave some; Werkzeug's are English and name its parts."""
    if error.code == 413:
        limits = (current_app.config[name] // 1024**2 for name in ("UPLOAD_MAX_BYTES", "MAX_FORM_MEMORY_SIZE"))
        return "超过了大小限制：文件不超过{}MB，填写的文字不超过{}MB。请拆分后再试。".format(*limits)
    words = error.description or ""
    return words if any("\u4e00" <= letter <= "\u9fff" for letter in words) else None


def _not_unique(error: IntegrityError) -> ResponseReturnValue:
    if once.is_taken(error):
        return once.first_result()
    if "uscc" in str(error.orig):
        return _refused(Refusal("该企业已在库：统一社会信用代码与库中一家企业相同，请先查找该企业。"))
    _log(error)
    return _refused(Refusal("与库中已有的记录重复或冲突，没有保存。请刷新页面核对后再试。"))


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    db.session.rollback()
    return _page(409)


def _unfit(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    _log(error)
    return _page(400, "有的内容数据库存不下（数值过大或含有特殊字符）。请返回检查后再试。")


def _database(error: SQLAlchemyError) -> ResponseReturnValue:
    db.session.rollback()
    _log(error)
    return _page(503, trouble_of(error), {"Retry-After": "10"})


def _disk(error: OSError) -> ResponseReturnValue:
    if error.errno not in _NO_SPACE:
        raise error
    db.session.rollback()
    _log(error)
    return _page(503, "服务器磁盘空间不足或不可写，暂时不能保存，请联系管理员。")


def _log(error: Exception) -> None:
    current_app.logger.error("%s: %.500r", type(error).__name__, str(error), exc_info=error)


def _page(status: int, told: str | None = None, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    page = _PAGES.get(status) or _PAGES[400 if status < 500 else 500]
    values = {"title": page.title, "text": told or page.text, "reference": log.reference() if status >= 500 else ""}
    try:
        text = render_template("errors/page.html", back=page_before(), **values)
    except (HTTPException, SQLAlchemyError, RuntimeError):
        # Nothing to lean on: no addresses under a foreign host name, no database to say who is signed in.
        text = current_app.jinja_env.get_template("errors/plain.html").render(values)
    return text, status, headers or {}
