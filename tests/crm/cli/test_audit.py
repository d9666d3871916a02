"""flask verify-audit: what it says and how it ends."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from crm.actions.event_seals import seal_events
from crm.actions.events import COMMAND, record_event
from crm.extensions import db
from crm.models import Event, EventSeal
from pipelines.vocabulary import EventKind
from tests.crm.actions.test_event_seals import behind_the_triggers, some_events


def run(app: Flask, *arguments: str) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=["verify-audit", *arguments])


@pytest.fixture
def sealed(app: Flask) -> EventSeal:
    some_events(3)
    seal_events()
    return db.session.scalars(sa.select(EventSeal)).one()


def test_whole_log_ends_well_and_names_the_newest_seal(app: Flask, sealed: EventSeal) -> None:
    done = run(app)

    assert done.exit_code == 0
    assert "已核验 3 条记录、1 枚封印。" in done.output
    assert f"最新封印 1:{sealed.chain}" in done.output


def test_changed_log_ends_with_one_and_names_the_row(app: Flask, sealed: EventSeal) -> None:
    behind_the_triggers(f"UPDATE events SET by_name = '李工' WHERE id = {sealed.first_id}")

    done = run(app)

    assert done.exit_code == 1
    assert f"✗ 记录 {sealed.first_id}（现在写的时间是 " in done.output


def test_check_leaves_a_trace_unless_it_only_reads(app: Flask, sealed: EventSeal) -> None:
    traces = []
    for options in ([], ["--read-only"]):
        run(app, *options)
        traces.append(db.session.scalar(sa.select(sa.func.count()).where(Event.kind == EventKind.AUDIT_CHECKED)))

    assert traces == [1, 1]


def test_events_without_a_seal_are_told(app: Flask, sealed: EventSeal) -> None:
    record_event(EventKind.EXPORTED, COMMAND)

    assert "另有 1 条尚未封存，最早 " in run(app, "--read-only").output


def test_seal_that_was_written_down_is_compared(app: Flask, sealed: EventSeal) -> None:
    codes = [run(app, "--seal", seal).exit_code for seal in (f"1:{sealed.chain}", f"1:{'0' * 64}", f"2:{sealed.chain}")]

    assert codes == [0, 1, 1]


@pytest.mark.parametrize("typed", ["1", "x:y", "1:abc", ":" + "0" * 64])
def test_seal_that_is_none_is_told(app: Flask, sealed: EventSeal, typed: str) -> None:
    done = run(app, "--seal", typed)

    assert (done.exit_code, "应为 编号:摘要" in done.output) == (2, True)


def test_log_that_cannot_be_read_is_told(app: Flask, sealed: EventSeal) -> None:
    behind_the_triggers("DROP TABLE event_seals")

    done = run(app)

    assert done.exit_code == 1
    assert "数据库可能没有升级" in done.output
    db.metadata.tables["event_seals"].create(db.engine)
