"""Whatever lies in the place of a backup: a sentence, and nothing anywhere."""

import json
import random
import stat
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from crm import backup_archive
from crm.backup_archive import Member, Origin, read_manifest, unpack, write_archive
from crm.clock import OFFICE_ZONE
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason

ORIGIN = Origin(
    made_at=datetime(2026, 11, 28, 1, 20, tzinfo=OFFICE_ZONE), reason=BackupReason.NIGHTLY, by_name="系统",
    database="sqlite", revision="1795817069", rows={"firms": 2500, "users": 8},
)  # fmt: skip
DATABASE = random.Random(7).randbytes(300_000)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An office's folder: an upload, an attachment in a folder of its own, a template; and what does not belong."""
    for name, content in {
        "uploads/ab12.xlsx": b"a workbook",
        "uploads/tmp9f3k": b"still coming in",
        "attachments/2026/cd34.bin": "照片".encode(),
        "word/候选名单.docx": b"the office's own template",
        "exports/list.xlsx": b"can be made again",
        "log/crm.jsonl": b"{}",
    }.items():
        (tmp_path / "office" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "office" / name).write_bytes(content)
    return tmp_path / "office"


@pytest.fixture
def backup(instance: Path, tmp_path: Path) -> Path:
    (tmp_path / "copy").write_bytes(DATABASE)
    write_archive(tmp_path / "backup.zip", ORIGIN, tmp_path / "copy", instance, lambda done, total: None)
    return tmp_path / "backup.zip"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive after somebody opened it and did something."""
    held = members(file)
    change(held)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return file


def with_manifest(file: Path, change: Callable[[dict], None]) -> Path:
    def edit(held: dict[str, bytes]) -> None:
        said = json.loads(held["manifest.json"])
        change(said)
        held["manifest.json"] = json.dumps(said).encode()

    return rewritten(file, edit)


def refused(file: Path, place: Path) -> str:
    with pytest.raises(Refusal) as told:
        unpack(file, place)
    return str(told.value)


def test_what_went_in_comes_out_byte_for_byte_and_only_the_owner_can_read_it(backup: Path, place: Path):
    manifest = unpack(backup, place)

    assert {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()} == {
        "database.sqlite3": DATABASE,
        "uploads/ab12.xlsx": b"a workbook",
        "attachments/2026/cd34.bin": "照片".encode(),
        "word/候选名单.docx": b"the office's own template",
    }
    assert manifest.origin == ORIGIN == read_manifest(backup).origin
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*")} == {0o600, 0o700}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_file_that_goes_while_it_is_being_saved_is_left_out(instance: Path, tmp_path: Path):
    (tmp_path / "copy").write_bytes(b"x")

    def go(done: int, total: int) -> None:
        (instance / "uploads/ab12.xlsx").unlink(missing_ok=True)

    manifest = write_archive(tmp_path / "backup.zip", ORIGIN, tmp_path / "copy", instance, go)

    assert "uploads/ab12.xlsx" not in manifest.members
    assert unpack(tmp_path / "backup.zip") == manifest


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空的（0 字节）"),
        (b"PK", "这不是雁阵的备份文件"),
        ("企业名称,统一社会信用代码\n".encode(), "这不是雁阵的备份文件"),
        (b"SQLite format 3\x00" + bytes(4096), "这不是雁阵的备份文件"),
        (b"PK\x03\x04" + bytes(500), "不完整，后面缺了一截"),
    ],
    ids=["empty", "two letters", "a list of firms", "a bare database", "the beginning of a zip"],
)
def test_what_is_no_backup_is_told(tmp_path: Path, place: Path, content: bytes, sentence: str):
    (tmp_path / "file").write_bytes(content)

    assert sentence in refused(tmp_path / "file", place)
    assert list(place.iterdir()) == []


def test_a_workbook_is_a_zip_but_no_backup(backup: Path, place: Path):
    rewritten(backup, lambda held: held.pop("manifest.json"))

    assert refused(backup, place) == backup_archive.NOT_A_BACKUP


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_a_copy_that_was_cut_off_is_told_from_a_strange_file(backup: Path, place: Path, share: float):
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])

    assert "不完整，后面缺了一截" in refused(backup, place)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda said: said.update(format="another"), "这不是雁阵的备份文件"),
        (lambda said: said.update(version=2), "由更新版本的程序制作"),
        (lambda said: said.pop("origin"), "这不是雁阵的备份文件"),
        (lambda said: said["origin"].update(reason="whim"), "已损坏，读不下去"),
        (lambda said: said["origin"].update(database="oracle"), "内容与清单对不上"),
        (lambda said: said["members"].pop("word/候选名单.docx"), "内容与清单对不上"),
        (lambda said: said["members"].update({"uploads/x.xlsx": {"sha256": "0" * 64, "size": 1}}), "内容与清单对不上"),
        (lambda said: said["members"]["uploads/ab12.xlsx"].update(sha256="0" * 64), "校验值与清单不一致"),
        (lambda said: said["members"]["uploads/ab12.xlsx"].update(size=3), "校验值与清单不一致"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(backup: Path, place: Path, change, sentence: str):
    assert sentence in refused(with_manifest(backup, change), place)


@pytest.mark.parametrize("text", [b"[]", b"null", b"{", b"\xff\xfe", b"[" * 9999], ids=lambda text: str(text[:9]))
def test_a_manifest_that_is_none_is_refused(backup: Path, place: Path, text: bytes):
    rewritten(backup, lambda held: held.update({"manifest.json": text}))

    assert "没有恢复任何内容" in refused(backup, place)


@pytest.mark.parametrize(
    "name",
    ["../evil", "uploads/../../evil", "/etc/evil", "uploads/..\\..\\evil", "C:/evil", "uploads//evil", "evil.py",
     "database.sqlite3/x", "uploads/./x"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused_even_if_the_manifest_knows_it(backup: Path, place: Path, name: str):
    member = Member("0" * 64, 4)
    with_manifest(backup, lambda said: said["members"].update({name: vars(member)}))
    rewritten(backup, lambda held: held.update({name: b"evil"}))

    assert "指向别处的文件名" in refused(backup, place)
    assert list(place.iterdir()) == []
    assert not list(place.parent.rglob("evil"))


def test_a_name_that_stands_there_twice_is_refused(backup: Path, place: Path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(backup, "a") as archive:
        archive.writestr("uploads/ab12.xlsx", b"another")

    assert "内容与清单对不上" in refused(backup, place)


def test_a_member_that_unfolds_to_more_than_was_said_is_not_unfolded(backup: Path, place: Path):
    bomb = bytes(50_000_000)
    rewritten(backup, lambda held: held.update({"uploads/ab12.xlsx": bomb}))

    assert "校验值与清单不一致" in refused(backup, place)
    assert sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) < 5_000_000


def test_a_backup_that_does_not_fit_on_the_disk_is_refused_before_it_is_unpacked(backup, place, monkeypatch):
    monkeypatch.setattr(backup_archive.shutil, "disk_usage", lambda path: shutil_usage(free=100_000))

    assert "磁盘空间不足" in refused(backup, place)
    assert list(place.iterdir()) == []


def shutil_usage(free: int):
    return type("Usage", (), {"free": free})


def test_damage_anywhere_is_found(backup: Path, place: Path):
    """A byte changed at three hundred places: either a sentence, or the byte meant nothing (a date, a padding)."""
    whole, told = backup.read_bytes(), unpack(backup)
    chance = random.Random(11)
    found = 0
    for at in chance.sample(range(len(whole)), 300):
        backup.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        try:
            assert unpack(backup) == told
        except Refusal:
            found += 1

    assert found > 290
