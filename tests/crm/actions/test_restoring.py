"""A backup back into an empty place, whole or not at all; and the weekly proof."""

from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions import restoring
from crm.actions.backups import back_up, save
from crm.actions.database_copies import is_database_empty, kind
from crm.actions.event_seals import seal_events
from crm.actions.events import COMMAND, SYSTEM, record_event
from crm.actions.reminders import deliver_reminders, plan_reminders
from crm.actions.restoring import rehearse, rehearse_when_due
from crm.actions.schema import upgrade_schema
from crm.actions.sessions import open_session
from crm.actions.uploads import attachments_folder
from crm.backup_archive import read_manifest
from crm.extensions import db, migrations
from crm.models import Event, FollowUp, Reminder
from crm.queries.backups import kept_backups, last_rehearsal, restore_was_cut_off
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason, EventKind, ReminderKind, ReminderStatus, Role
from tests.backups import a_file_of, ago, restored_in, rows_in, spoil
from tests.builders import a_contact, a_firm, a_user
from tests.crm.actions.test_event_seals import behind_the_triggers
from tests.crm.test_backup_archive import with_manifest

BY_HAND = BackupReason.BY_HAND


@pytest.fixture
def folder(app, tmp_path, monkeypatch) -> Path:
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", tmp_path / "backups")
    migrations.stamp()  # the tests make their tables from the models
    return tmp_path / "backups"


@pytest.fixture
def backup(folder) -> Path:
    """Of a house with a firm, a picture and somebody signed in."""
    a_contact(a_firm("嘉善留存科技有限公司"))
    open_session(a_user(account="wang"), "127.0.0.1", "pytest")
    (attachments_folder() / "cd34.bin").write_bytes(b"a picture")
    db.session.commit()
    return save(BY_HAND, COMMAND).backup.path


def files_of(place) -> list[str]:
    root = Path(place.instance_path)
    names = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith(("-wal", "-shm")))


def test_everything_is_back_and_counts_as_the_manifest_says(backup, place):
    done = restored_in(place, backup)

    assert done.rows["firms"] == done.rows["contacts"] == (1, 1)
    assert all(said == found for said, found in done.rows.values())
    assert {table: said for table, (said, _) in done.rows.items()} == dict(read_manifest(backup).origin.rows)
    assert (Path(place.instance_path) / "attachments/cd34.bin").read_bytes() == b"a picture"
    with place.app_context():
        assert db.session.scalar(sa.text("SELECT name FROM firms")) == "嘉善留存科技有限公司"
        assert not restore_was_cut_off()


def test_a_restore_is_an_event_and_ends_every_session(backup, place):
    restored_in(place, backup)

    assert rows_in(place, "sessions") == 0
    with place.app_context():
        event = db.session.scalars(sa.select(Event)).one()
        assert (event.kind, event.particulars["subject"]) == (EventKind.RESTORED, backup.name)


@pytest.fixture
def altered(folder) -> Path:
    """A backup of a house whose log somebody had changed behind the triggers."""
    record_event(EventKind.EXPORTED, COMMAND, None, {"subject": "企业台账"})
    db.session.commit()
    seal_events()
    behind_the_triggers("UPDATE events SET by_name = '别人'")
    return save(BY_HAND, COMMAND).backup.path


def test_a_log_that_was_altered_is_told_when_its_backup_comes_back(altered, place):
    done = restored_in(place, altered)

    assert [fault.split("（")[0] for fault in done.log.faults] == ["记录 1"]
    with place.app_context():
        event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.RESTORED)).one()
        assert event.particulars["is_whole"] is False


def test_a_rehearsal_finds_a_log_that_was_altered(altered):
    with pytest.raises(Refusal, match="操作记录与封印不一致：记录 1"):
        rehearse(COMMAND)


def test_a_backup_of_an_older_schema_is_brought_up(folder, place, tmp_path):
    with place.app_context():
        migrations.upgrade("1795792199")  # keep reminders
        place.config["BACKUP_FOLDER"] = tmp_path / "old"
        old = save(BackupReason.BEFORE_UPGRADE, COMMAND).backup.path
        migrations.downgrade("base")
        db.session.execute(sa.text("DROP TABLE alembic_version"))
        db.session.commit()

    done = restored_in(place, old)

    assert done.was_upgraded
    assert rows_in(place, "heartbeats") == 0


@pytest.mark.parametrize("held", ["a database", "an upload", "an attachment"])
def test_a_place_that_is_not_empty_is_refused_and_left_as_it_is(backup, place, held):
    root = Path(place.instance_path)
    if held == "a database":
        with place.app_context():
            db.session.execute(sa.text("CREATE TABLE firms (id INTEGER)"))
            db.session.commit()
    else:
        (root / f"{held.split()[1]}s").mkdir()
        (root / f"{held.split()[1]}s" / "ours").write_bytes(b"ours")
    before = files_of(place)

    with pytest.raises(Refusal, match="没有恢复"):
        restored_in(place, backup)

    assert files_of(place) == before
    with place.app_context():
        assert is_database_empty() == (held != "a database")


def damaged(backup: Path) -> None:
    spoil(backup)


def cut_off(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-100])


def of_a_newer_program(backup: Path) -> None:
    with_manifest(backup, lambda said: said["origin"].update(revision="9999999999"))


def of_another_database(backup: Path) -> None:
    other = "postgresql" if kind() == "sqlite" else "sqlite"
    with_manifest(backup, lambda said: said["origin"].update(database=other))


def with_a_row_too_few(backup: Path) -> None:
    with_manifest(backup, lambda said: said["origin"]["rows"].update(firms=2))


def with_a_table_too_many(backup: Path) -> None:
    with_manifest(backup, lambda said: said["origin"]["rows"].update(secrets=0))


def of_a_schema_that_is_not_its_own(backup: Path) -> None:
    with_manifest(backup, lambda said: said["origin"].update(revision="1795792199"))


def no_backup(backup: Path) -> None:
    backup.write_text("企业名称")


@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        (damaged, "已损坏"),
        (cut_off, "不完整"),
        (of_a_newer_program, "只认到"),
        (of_another_database, "备份来自"),
        (with_a_row_too_few, "firms 清单 2、实际 1"),
        (with_a_table_too_many, "secrets 清单 0、实际 无"),
        (of_a_schema_that_is_not_its_own, "结构版本 清单 1795792199"),
        (no_backup, "不是雁阵的备份文件"),
    ],
)
def test_an_unfit_file_is_refused_in_its_own_sentence_and_nothing_is_half_done(backup, place, spoiled, sentence):
    spoiled(backup)

    with pytest.raises(Refusal, match=sentence):
        restored_in(place, backup)

    assert files_of(place) == []
    with place.app_context():
        assert is_database_empty()
        assert not restore_was_cut_off()


def test_a_restore_that_breaks_near_its_end_takes_everything_back(backup, place, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_settle", cut)
    with pytest.raises(KeyboardInterrupt):
        restored_in(place, backup)

    assert files_of(place) == []
    with place.app_context():
        assert is_database_empty()


def test_a_restore_that_was_killed_is_taken_up_from_the_beginning(backup, place, monkeypatch):
    with monkeypatch.context() as killed:  # nothing is taken back any more
        killed.setattr(restoring, "_clear", lambda room: None)
        killed.setattr(restoring, "_settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restored_in(place, backup)
    with place.app_context():
        assert restore_was_cut_off()
        with pytest.raises(Refusal, match="没有做完"):
            upgrade_schema()

    done = restored_in(place, backup)

    assert done.rows["firms"] == (1, 1)
    with place.app_context():
        assert not restore_was_cut_off()


def a_reminder(status: ReminderStatus, number: int) -> None:
    day = date(2026, 6, 15)
    user = a_user(email=f"u{number}@example.cn")
    db.session.add(
        Reminder(
            key=f"follow_up_due:{number}", kind=ReminderKind.FOLLOW_UP_DUE, user_id=user.id, planned_on=day,
            matter_on=day, words="一件事", path="/", status=status,
        )
    )  # fmt: skip
    db.session.commit()


def test_what_was_waiting_when_the_backup_was_made_waits_for_a_person_after_it(folder, place):
    statuses = [
        ReminderStatus.PENDING,
        ReminderStatus.SENDING,
        ReminderStatus.SENT,
        ReminderStatus.FAILED,
        ReminderStatus.CANCELLED,
    ]
    for number, status in enumerate(statuses):
        a_reminder(status, number)
    backup = save(BY_HAND, COMMAND).backup.path

    done = restored_in(place, backup)

    assert done.held == 2
    with place.app_context():
        rows = list(db.session.scalars(sa.select(Reminder).order_by(Reminder.id)))
        assert [row.status for row in rows] == [ReminderStatus.HELD] * 2 + statuses[2:]
        assert [row.error for row in rows[:2]] == ["恢复备份之前的提醒，可能已经发过"] * 2
        assert deliver_reminders(clock.now()) == "没有到时间的提醒。"


def test_what_was_sent_after_the_backup_does_not_go_out_again(folder, place):
    """Saved at night, planned and sent in the morning, the machine broken at noon, restored in the afternoon."""
    with time_machine.travel("2026-06-14 01:20+08:00", tick=False) as travel:
        owner = a_user(Role.OFFICER, email="shen@example.cn")
        firm = a_firm()
        for due_on in (date(2026, 6, 15), date(2026, 6, 17)):
            db.session.add(FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, due_on=due_on, by_name="某人"))
        db.session.commit()
        backup = save(BY_HAND, COMMAND).backup.path
        travel.move_to(datetime.fromisoformat("2026-06-15 15:00+08:00"))
        restored_in(place, backup)

        with place.app_context():
            told = plan_reminders(date(2026, 6, 15))
            held = {row.matter_on: row.status for row in db.session.scalars(sa.select(Reminder))}
            assert "属于恢复备份之前" in told
            assert set(held.values()) == {ReminderStatus.HELD}
            assert deliver_reminders(clock.now()) == "没有到时间的提醒。"

            travel.move_to(datetime.fromisoformat("2026-06-17 07:30+08:00"))
            plan_reminders(date(2026, 6, 17))
            pending = db.session.scalars(sa.select(Reminder).where(Reminder.status == ReminderStatus.PENDING)).all()
            assert {row.planned_on for row in pending} == {date(2026, 6, 17)}


def test_a_rehearsal_of_a_sound_backup_says_so_everywhere(folder):
    a_firm()
    db.session.commit()
    back_up(BY_HAND, COMMAND)

    told = rehearse(COMMAND)

    assert told.startswith("演练通过")
    assert last_rehearsal().particulars["reason"] is None
    assert kept_backups()[0].fault is None
    assert [path.suffix for path in sorted(folder.iterdir())] == [".json", ".zip"]


def test_a_rehearsal_finds_a_damaged_backup(folder):
    back_up(BY_HAND, COMMAND)
    spoil(kept_backups()[0].path)

    with pytest.raises(Refusal, match="演练发现问题"):
        rehearse(COMMAND)

    assert "已损坏" in last_rehearsal().particulars["reason"]
    assert "已损坏" in kept_backups()[0].fault


def test_a_rehearsal_finds_a_damaged_older_one_too(folder):
    back_up(BY_HAND, COMMAND)
    old = a_file_of(folder, ago(days=3))
    old.write_bytes(b"PK\x03\x04 b backup")

    with pytest.raises(Refusal, match=old.name):
        rehearse(COMMAND)

    assert [each.fault is None for each in kept_backups()] == [True, False]


def test_a_backup_put_there_by_hand_is_read_whole_since_nobody_knows_its_checksum(folder):
    back_up(BY_HAND, COMMAND)
    newest = kept_backups()[0]
    other = folder / "yanzhen-20250101-012000-nightly.zip"
    other.write_bytes(newest.path.read_bytes())
    spoil(other)

    with pytest.raises(Refusal, match="yanzhen-20250101"):
        rehearse(COMMAND)


def test_a_rehearsal_finds_that_the_counts_are_not_those_of_the_manifest(folder):
    back_up(BY_HAND, COMMAND)
    newest = kept_backups()[0]
    with_manifest(newest.path, lambda said: said["origin"]["rows"].update(firms=5))
    a_file_of(folder, newest.made_at).unlink()
    (folder / newest.path.with_suffix(".json").name).unlink()

    with pytest.raises(Refusal, match="firms 清单 5、实际 0"):
        rehearse(COMMAND)


def test_the_clock_rehearses_once_a_week_and_a_day_after_a_failure(folder):
    with time_machine.travel("2026-11-02 09:00+08:00", tick=False) as travel:
        assert rehearse_when_due(clock.today()) == "还没有备份，暂不演练。"
        back_up(BY_HAND, SYSTEM)
        assert rehearse_when_due(clock.today()).startswith("演练通过")

        travel.shift(6 * 86400)
        assert rehearse_when_due(clock.today()) == "恢复演练还没有到时间。"

        travel.shift(86400)
        spoil(kept_backups()[0].path)
        with pytest.raises(Refusal):
            rehearse_when_due(clock.today())
        travel.shift(23 * 3600)
        assert rehearse_when_due(clock.today()) == "恢复演练还没有到时间。"
        travel.shift(3600)
        back_up(BY_HAND, SYSTEM)
        kept_backups()[1].path.unlink()
        assert rehearse_when_due(clock.today()).startswith("演练通过")


def test_without_a_backup_there_is_nothing_to_rehearse(folder):
    with pytest.raises(Refusal, match="还没有备份"):
        rehearse(COMMAND)
