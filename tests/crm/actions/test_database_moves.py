"""The whole database into another one, counted and compared; whoever is on PostgreSQL moves both ways."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Testing
from crm import clock, create_app
from crm.actions import database_moves
from crm.actions.database_moves import move_database
from crm.actions.demo import load_demo, load_reference
from crm.actions.event_seals import seal_events
from crm.actions.events import COMMAND
from crm.actions.schema import upgrade_schema
from crm.extensions import Base, db
from crm.models import Event, Firm, Heartbeat
from crm.queries.event_chain import check_chain
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind
from tests.builders import a_firm
from tests.conftest import empty_database


@contextmanager
def within(folder: Path, url: str = "sqlite:///crm.db") -> Iterator[Flask]:
    """Inside an app that works with the database at an address."""

    class Elsewhere(Testing):
        INSTANCE = folder
        SQLALCHEMY_DATABASE_URI = url

    app = create_app(Elsewhere)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """A small county on SQLite, whatever the run is about."""
    folder = tmp_path_factory.mktemp("county")
    with within(folder):
        upgrade_schema()
        load_reference(COMMAND)
        load_demo(30, 1, clock.today(), lambda _: None)
        seal_events()
    return folder / "crm.db"


@pytest.fixture
def source(county, tmp_path) -> Iterator[Flask]:
    (tmp_path / "source").mkdir()
    for file in county.parent.glob("crm.db*"):  # what is not in the file yet stands in its log
        shutil.copy(file, tmp_path / "source")
    with within(tmp_path / "source") as app:
        yield app


@pytest.fixture
def address(database_url, tmp_path) -> str:
    """An empty place of the kind that this run is about."""
    return f"sqlite:///{tmp_path / 'moved.db'}" if database_url.startswith("sqlite") else empty_database(database_url)


def tables_of(address: str) -> list[str]:
    if address.startswith("sqlite") and not Path(sa.make_url(address).database).exists():
        return []
    return sa.inspect(sa.create_engine(address, poolclass=sa.NullPool)).get_table_names()


def test_everything_arrives_and_the_log_is_still_whole(source, address, tmp_path):
    before = {table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in _tables()}
    sealed = check_chain()

    moved = move_database(address)

    assert {name: content.rows for name, content in moved.tables.items()} == before
    assert before["firms"] == 30
    with within(tmp_path / "there", address):
        assert upgrade_schema() is None  # it is current already
        found = check_chain()
        assert (found.is_whole, found.seals, found.newest) == (True, sealed.seals, sealed.newest)
        event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.DATABASE_MOVED)).one()
        assert event.particulars["rows"] == sum(before.values())


def test_the_new_place_gives_new_numbers_and_keeps_its_promises(source, address, tmp_path):
    move_database(address)

    with within(tmp_path / "there", address):
        highest = db.session.scalar(sa.select(sa.func.max(Firm.id)))
        assert a_firm().id == highest + 1
        db.session.commit()
        with pytest.raises(sa.exc.DatabaseError):
            db.session.execute(sa.delete(Event))
        db.session.rollback()
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(sa.text("UPDATE firms SET township_id = 987654"))
        db.session.rollback()


def test_there_and_back_is_the_same_byte_for_byte(source, address, tmp_path):
    first = move_database(address)

    with within(tmp_path / "there", address):
        back = move_database(f"sqlite:///{tmp_path / 'back.db'}")

    assert {name: content for name, content in back.tables.items() if name != "events"} == {
        name: content for name, content in first.tables.items() if name != "events"
    }
    assert back.log.newest == first.log.newest


def test_a_trial_leaves_nothing_and_touches_nothing(source, address):
    moved = move_database(address, is_trial=True)

    assert moved.tables["firms"].rows == 30
    assert tables_of(address) == []


def test_what_breaks_on_the_way_leaves_nothing(source, address, monkeypatch):
    def no_power(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(database_moves, "_finish", no_power)
    with pytest.raises(KeyboardInterrupt):
        move_database(address)

    assert tables_of(address) == []


def test_a_row_that_arrives_changed_is_found(source, address, monkeypatch):
    write = database_moves._write

    db.session.execute(sa.text("UPDATE contacts SET email = 'a@example.cn' WHERE id = 1"))
    db.session.commit()
    careless = {"a@example.cn": "b@example.cn"}
    monkeypatch.setattr(
        database_moves,
        "_write",
        lambda target, table, rows: write(target, table, [tuple(careless.get(v, v) for v in row) for row in rows]),
    )

    with pytest.raises(Refusal, match="contacts 读出"):
        move_database(address)

    assert tables_of(address) == []


def test_it_refuses_a_place_that_is_not_empty(source, address, tmp_path):
    move_database(address)

    with pytest.raises(Refusal, match=r"已经存在|不是空的"):
        move_database(address)


def test_it_refuses_while_the_clock_is_at_work(source, address):
    db.session.add(Heartbeat(name="clock", at=clock.now() - timedelta(seconds=50), holder="pc-1"))
    db.session.commit()

    with pytest.raises(Refusal, match="请先停下雁阵"):
        move_database(address)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("", "地址写法有误"),
        ("x" * 10_000, "地址写法有误"),
        ("mysql://there/crm", "只能迁到"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/crm", "什么都没有留下"),
        ("sqlite:////no/such/folder/crm.db", "请先建好"),
    ],
)
def test_an_address_that_is_none_is_told(source, wrong, told):
    with pytest.raises(Refusal, match=told):
        move_database(wrong)


def _tables() -> list[sa.Table]:
    return Base.metadata.sorted_tables
