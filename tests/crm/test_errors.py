"""What goes wrong is said calmly, in Chinese, without a trace of how the house is built."""

import errno
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from crm.extensions import db
from crm.log import JsonLine
from crm.permissions import requires
from pipelines.refusals import Refusal
from pipelines.vocabulary import Role

PHONE = "13800000003"
Breaking = Callable[[BaseException], FlaskClient]


@pytest.fixture
def breaking(app: Flask, signed_in: Callable[[Role], FlaskClient], monkeypatch: pytest.MonkeyPatch) -> Breaking:
    """A visitor of a page that raises what it is given, in a house that runs as in the office."""
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def page_that_raises(error: BaseException) -> FlaskClient:
        @requires("account.own")
        def broken() -> str:
            raise error

        monkeypatch.setitem(app.view_functions, "home.index", broken)
        monkeypatch.setitem(app.view_functions, "passwords.update", broken)
        return signed_in(Role.OFFICER)

    return page_that_raises


@pytest.fixture
def lines(app: Flask) -> Iterator[list[str]]:
    """What the log file would hold."""
    written: list[str] = []

    class ToList(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = ToList()
    handler.setFormatter(JsonLine())
    app.logger.addHandler(handler)
    yield written
    app.logger.removeHandler(handler)


def sqlite_says(words: str) -> OperationalError:
    return OperationalError("UPDATE firms SET name=?", {"name": "秘密"}, sqlite3.OperationalError(words))


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (sqlite_says("database is locked"), 503, "数据库正忙（可能有人在导入），请稍后重试。"),
        (sqlite_says("attempt to write a readonly database"), 503, "数据库目前只能查看、不能修改，请联系管理员。"),
        (sqlite_says("database or disk is full"), 503, "服务器磁盘空间不足，暂时不能保存，请联系管理员。"),
        (sqlite_says("disk I/O error"), 503, "服务器磁盘读写出错，这次没有保存"),
        (sqlite_says("unable to open database file"), 503, "系统正忙或正在维护"),
        (PoolTimeout("QueuePool limit of size 5 overflow 10 reached"), 503, "请稍后重试"),
        (OSError(errno.ENOSPC, "No space left on device"), 503, "服务器磁盘空间不足"),
        (StaleDataError("UPDATE statement on table 'firms'"), 409, "在您编辑期间，另有人保存了这条记录"),
        (DataError("INSERT", {}, Exception("integer out of range")), 400, "有的内容数据库存不下"),
        (OverflowError("Python int too large to convert to SQLite INTEGER"), 400, "有的内容数据库存不下"),
        (RequestEntityTooLarge(), 413, "文件不超过20MB，填写的文字不超过2MB"),
        (TooManyRequests(), 429, "请稍等几分钟再试"),
        (Refusal("走访日期不能晚于今天"), 422, "走访日期不能晚于今天"),
        (RuntimeError("/srv/crm/secret.py broke"), 500, "这次操作没有完成，数据没有改动"),
        (PermissionError(errno.EACCES, "denied"), 500, "这次操作没有完成，数据没有改动"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_error_becomes_a_calm_page(breaking: Breaking, error: BaseException, status: int, sentence: str) -> None:
    answer = breaking(error).get("/")

    assert answer.status_code == status
    assert sentence in answer.text
    for leak in ("Traceback", "sqlalchemy", "sqlite3", "UPDATE", "秘密", ".py", "Werkzeug"):
        assert leak not in answer.text


def test_server_error_names_the_line_of_the_log(breaking: Breaking, lines: list[str]) -> None:
    answer = breaking(RuntimeError("broke\nFAKE LINE \u202e")).get("/?q=%0aFAKE")

    line = json.loads(lines[0])
    assert line["reference"] in answer.text
    assert "RuntimeError: broke" in line["trace"]
    assert (len(lines), lines[0].isascii(), "\n" in lines[0]) == (1, True, False)


def test_database_error_is_logged_without_what_was_typed(
    app: Flask, breaking: Breaking, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = breaking(RuntimeError("never reached"))

    @requires("account.own")
    def broken() -> None:
        db.session.execute(sa.text("INSERT INTO nowhere VALUES (:phone)"), {"phone": PHONE})

    monkeypatch.setitem(app.view_functions, "home.index", broken)
    answer = officer.get("/")

    assert (answer.status_code, len(lines)) == (503, 1)
    assert "INSERT INTO nowhere" in lines[0]
    assert PHONE not in lines[0]


def test_refusal_after_a_button_leads_back_with_the_reason(breaking: Breaking) -> None:
    officer = breaking(Refusal("该企业已归档，请先恢复再修改。"))

    answer = officer.post("/password", headers={"Referer": "http://localhost/firms?page=2"})

    assert (answer.status_code, answer.location) == (303, "/firms?page=2")
    assert "该企业已归档，请先恢复再修改。" in officer.get("/firms").text


@pytest.mark.parametrize("referrer", ["", "http://evil.example/", "http://localhost//evil.example"])
def test_refusal_without_a_page_of_ours_to_go_back_to_is_a_page(breaking: Breaking, referrer: str) -> None:
    answer = breaking(Refusal("该企业已归档。")).post("/password", headers={"Referer": referrer})

    assert answer.status_code == 422
    assert "该企业已归档。" in answer.text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("UNIQUE constraint failed: firms.uscc", "该企业已在库"),
        ('duplicate key value violates unique constraint "uq_firms_uscc"', "该企业已在库"),
        ("UNIQUE constraint failed: ip_rights.number", "与库中已有的记录重复或冲突"),
    ],
)
def test_second_firm_of_one_code_is_told_so(breaking: Breaking, words: str, sentence: str) -> None:
    error = IntegrityError("INSERT INTO firms", {}, sqlite3.IntegrityError(words))

    assert sentence in breaking(error).get("/").text


def test_error_while_the_database_is_gone_still_has_a_page(
    app: Flask, breaking: Breaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = breaking(RuntimeError("never reached"))

    def gone(_token: str) -> None:
        raise sqlite_says("unable to open database file")

    monkeypatch.setattr(app.login_manager, "_user_callback", gone)
    answer = officer.get("/")

    assert answer.status_code == 503
    assert "请稍后重试" in answer.text


def test_address_that_does_not_exist_is_escaped_and_not_repeated(client: FlaskClient) -> None:
    answer = client.get("/<script>alert(1)</script>")

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "没有这个页面" in answer.text
