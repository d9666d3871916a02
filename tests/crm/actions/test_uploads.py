import hashlib
import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from crm import clock
from crm.actions.uploads import keep_upload, kept_upload, readings_folder, remove_files_before, shown_name, upload_path
from pipelines.refusals import Refusal


def test_upload_is_kept_under_its_hash_and_readable_by_the_server_alone(app):
    upload = keep_upload(BytesIO(b"a,b\n"), "台账.CSV")

    assert upload.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
    assert upload.path.name == f"{upload.sha256}.csv"
    assert upload.path.stat().st_mode & 0o777 == 0o600
    assert upload.size == 4


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.xlsx", "passwd.xlsx"),
        (r"C:\Users\王\台账.xlsx", "台账.xlsx"),
        ("a\r\nSet-Cookie: x=1.xlsx", "a Set-Cookie: x=1.xlsx"),
        ("台\x00账\u202e.xlsx", "台账.xlsx"),
        ("台" * 300 + ".xlsx", "台" * 115 + ".xlsx"),
        ("", "未命名"),
        ("..", ".."),
    ],
)
def test_file_name_is_only_shown_and_shown_plain(sent, shown):
    assert shown_name(sent) == shown


@pytest.mark.parametrize("name", ["CON", "x.php", "台账.", "no_extension", "a.xlsx.exe", "a.xlsx/../../b"])
def test_path_of_an_upload_never_comes_from_its_name(app, name):
    assert upload_path("ab" * 32, shown_name(name)).name == "ab" * 32 + ".bin"


def test_upload_over_the_limit_is_refused_by_name_and_leaves_nothing(app, monkeypatch):
    monkeypatch.setitem(app.config, "UPLOAD_MAX_BYTES", 1024 * 1024)
    before = uploads(app)

    with pytest.raises(Refusal, match="1 MB"):
        keep_upload(BytesIO(b"x" * (1024 * 1024 + 1)), "台账.xlsx")

    assert uploads(app) == before


def test_changed_file_is_not_taken_for_the_one_that_was_uploaded(app):
    upload = keep_upload(BytesIO(b"a,b\n"), "台账.csv")
    upload.path.write_bytes(b"a,c\n")

    with pytest.raises(Refusal, match="不一致"):
        kept_upload(upload.sha256, "台账.csv")


def test_old_uploads_are_removed_and_say_so_when_asked_for(app):
    old = keep_upload(BytesIO(b"old"), "旧.csv")
    new = keep_upload(BytesIO(b"new"), "新.csv")
    month_ago = time.time() - 31 * 86_400
    os.utime(old.path, (month_ago, month_ago))

    remove_files_before(clock.now() - timedelta(days=30))

    assert new.path.exists()
    with pytest.raises(Refusal, match="30 天"):
        kept_upload(old.sha256, "旧.csv")


def test_cells_of_old_uploads_are_removed_with_them(app):
    cells = readings_folder() / "cells"
    cells.write_bytes(b"telephone numbers")
    os.utime(cells, (time.time() - 31 * 86_400,) * 2)

    removed = remove_files_before(clock.now() - timedelta(days=30))

    assert removed == 1
    assert not cells.exists()


def uploads(app) -> set[str]:
    return {path.name for path in Path(app.instance_path, "uploads").glob("*")}
