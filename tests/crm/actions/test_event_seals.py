"""The log that proves: the database refuses to change it, and whoever gets round that is found and named."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm import clock
from crm.actions.event_seals import check_events, prune_events, seal_all_events, seal_events, seal_noted_events
from crm.actions.events import COMMAND, Author, record_event
from crm.extensions import db
from crm.models import Event, EventPruning, EventSeal, Firm
from crm.queries import event_chain
from crm.queries.event_chain import Link, check_chain
from crm.queries.timeline import timeline
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_user

pytestmark = pytest.mark.usefixtures("app")


def some_events(number: int, at: datetime | None = None) -> list[int]:
    """The ids of new, committed events."""
    events = [
        Event(kind=EventKind.FIRM_UPDATED, by_name="王芳", through="form", at=at or clock.now(), address="10.0.0.7",
              particulars={"changes": [{"field": "staff", "old": None, "new": str(place)}]})
        for place in range(number)
    ]  # fmt: skip
    db.session.add_all(events)
    db.session.commit()
    return [event.id for event in events]


@pytest.fixture
def small_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three events a seal, so that a handful makes a chain."""
    monkeypatch.setattr("crm.actions.event_seals.ROWS_A_SEAL", 3)


@pytest.fixture
def sealed(small_seals: None) -> list[int]:
    ids = some_events(8)
    seal_events()
    return ids


def behind_the_triggers(*statements: str) -> None:
    """What somebody does who may do everything to the database."""
    db.session.commit()
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            names = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def faults() -> list[str]:
    return check_chain().faults


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET by_name = '李工' WHERE id = (SELECT max(id) FROM events)",
        "DELETE FROM events WHERE id = (SELECT max(id) FROM events)",
        "DELETE FROM events",
        "UPDATE event_seals SET digest = ''",
        "DELETE FROM event_seals",
        "UPDATE event_prunings SET last_id = 1000000",
        "DELETE FROM event_prunings",
    ],
)
def test_database_refuses_to_change_what_is_written(statement: str) -> None:
    old = clock.now() - timedelta(days=500)
    named = {"until": old, "last_number": 0, "last_id": 0, "chain": "", "events": 0}
    db.session.add(EventPruning(at=clock.now(), **named))
    some_events(2)
    seal_events()

    with pytest.raises(sa.exc.DBAPIError, match="rows are only added"):
        db.session.execute(sa.text(statement))


def test_database_refuses_its_own_ways_round_a_trigger() -> None:
    some_events(2)
    by_dialect = {
        "sqlite": "REPLACE INTO events SELECT id, at, kind, firm_id, by_id, '李工', through, particulars, address FROM"
        " events",
        "postgresql": "TRUNCATE events",
    }

    with pytest.raises(sa.exc.DBAPIError, match="rows are only added"):
        db.session.execute(sa.text(by_dialect[db.engine.dialect.name]))


def test_deed_whose_event_cannot_be_written_is_not_done(sign_in: Callable[..., FlaskClient]) -> None:
    """The event stands in the transaction of the deed: no trace, no deed."""
    client, other = sign_in(a_user(Role.ADMINISTRATOR)), a_user(name="王芳")
    before = other.password_hash
    behind_the_triggers("ALTER TABLE events RENAME TO events_gone")

    answer = client.post(f"/users/{other.id}/password-resets")
    behind_the_triggers("ALTER TABLE events_gone RENAME TO events")

    db.session.expire_all()
    assert (answer.status_code, other.password_hash) == (503, before)


def test_untouched_log_is_whole(sealed: list[int]) -> None:
    found = check_chain()

    assert (found.faults, found.seals, found.events, found.waiting) == ([], 3, 8, 0)
    assert found.newest == event_chain.Link(3, sealed[-1], found.newest.chain)


def test_sealing_twice_seals_once(sealed: list[int]) -> None:
    assert seal_events() == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventSeal)) == 3


def test_chain_goes_on_over_gaps_in_the_numbers(sealed: list[int]) -> None:
    """A transaction that was rolled back leaves a gap on PostgreSQL; nobody has taken anything out."""
    db.session.add(Event(id=sealed[-1] + 5, kind=EventKind.EXPORTED, by_name="王芳", through="form", particulars={}))
    db.session.commit()
    seal_events()

    assert faults() == []


# What one byte is changed in, and how.
CHANGES = {
    "at": "at = '2026-11-28 01:02:03.000001+00:00'",
    "kind": "kind = 'firm_archived'",
    "by_id": "by_id = NULL, firm_id = NULL, by_name = by_name || ' '",
    "by_name": "by_name = '王芬'",
    "through": "through = 'forn'",
    "address": "address = '10.0.0.8'",
    "no address": "address = NULL",
    "particulars": """particulars = '{"changes": [{"field": "staff", "old": null, "new": "9"}]}'""",
    "a blank in the particulars": "particulars = CAST(CAST(particulars AS TEXT) || ' ' AS {json})",
}


@pytest.mark.parametrize("change", CHANGES)
def test_one_changed_byte_is_found_and_named(sealed: list[int], change: str) -> None:
    json_type = "TEXT" if db.engine.dialect.name == "sqlite" else "JSON"
    setting = CHANGES[change].replace("{json}", json_type)
    behind_the_triggers(f"UPDATE events SET {setting} WHERE id = {sealed[4]}")

    (fault,) = faults()

    assert fault.startswith(f"记录 {sealed[4]}（现在写的时间是 ")
    assert "被改动（第 2 枚封印，封存于 " in fault


def test_bytes_that_are_no_text_any_more_are_found_too(sealed: list[int]) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps no such text")
    behind_the_triggers(
        f"UPDATE events SET at = CAST(x'ff' AS TEXT), kind = CAST(x'80' AS TEXT) WHERE id = {sealed[0]}"
    )

    assert [fault[: fault.index("被改动")] for fault in faults()] == [f"记录 {sealed[0]}（现在写的时间是 无法辨认）"]


def test_content_moved_from_one_column_to_the_next_is_found(sealed: list[int]) -> None:
    behind_the_triggers(f"UPDATE events SET by_name = '王', through = '芳form' WHERE id = {sealed[0]}")

    assert len(faults()) == 1


def test_removed_row_is_found_and_named(sealed: list[int]) -> None:
    behind_the_triggers(f"DELETE FROM events WHERE id = {sealed[7]}")

    (fault,) = faults()

    assert fault.startswith(f"记录 {sealed[7]} 不见了（第 3 枚封印，封存于 ")


def test_inserted_row_is_found_and_named(small_seals: None) -> None:
    first, last = some_events(2)
    db.session.add(Event(id=last + 2, kind=EventKind.EXPORTED, by_name="王芳", through="form", particulars={}))
    db.session.commit()
    seal_events()
    db.session.add(
        Event(id=last + 1, kind=EventKind.EXPORTED, by_name="李工", through="form", particulars={}, at=clock.now())
    )
    db.session.commit()

    (fault,) = faults()

    assert fault.startswith(f"记录 {last + 1}（时间 ")
    assert "是后来插入的（第 1 枚封印，封存于 " in fault


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE event_seals SET sealed_at = '2026-01-02 03:04:05+00:00' WHERE number = 2",
            "第 2 枚封印（封存于 2026-01-02 11:04:05）被改动。",
        ),
        ("UPDATE event_seals SET marks = marks || ' 99:0' WHERE number = 2", "第 2 枚封印（封存于 "),
        ("UPDATE event_seals SET previous = 'x' WHERE number = 3", "第 3 枚封印与前一枚不相接。"),
        ("DELETE FROM event_seals WHERE number = 1", "第 1 至 1 枚封印不见了。"),
        ("DELETE FROM event_seals WHERE number = 2", "第 2 至 2 枚封印不见了。"),
    ],
)
def test_changed_and_removed_seals_are_found(sealed: list[int], statement: str, told: str) -> None:
    behind_the_triggers(statement)

    assert faults()[0].startswith(told)


def test_seals_cut_off_at_the_end_are_missed_by_a_later_check(sealed: list[int]) -> None:
    check_events(COMMAND)
    seal_events()
    behind_the_triggers("DELETE FROM event_seals WHERE number >= 3")

    assert faults() == ["第 3 枚封印以前核验时存在，现已不见。"]


def test_chain_made_anew_is_found_by_what_an_earlier_check_noted(sealed: list[int]) -> None:
    check_events(COMMAND)
    behind_the_triggers(f"UPDATE events SET by_name = '李工' WHERE id = {sealed[0]}", "DELETE FROM event_seals")
    seal_events()

    assert faults() == ["第 3 枚封印与以前核验时记下的不同，可能被整体重做。"]


def test_chain_made_anew_is_found_by_a_seal_written_down_outside(sealed: list[int]) -> None:
    written_down = check_chain().newest
    behind_the_triggers(f"UPDATE events SET by_name = '李工' WHERE id = {sealed[0]}", "DELETE FROM event_seals")
    seal_events()

    assert check_chain(written_down).faults == ["第 3 枚封印与以前核验时记下的不同，可能被整体重做。"]
    assert check_chain(Link(9, 0, "x")).faults == ["第 9 枚封印以前核验时存在，现已不见。"]


def test_so_many_faults_are_not_all_told(app: Flask) -> None:
    some_events(200)
    seal_events()
    behind_the_triggers("UPDATE events SET by_name = '李工'")

    assert len(faults()) == 51


def test_check_is_an_event_that_names_the_newest_seal(sealed: list[int]) -> None:
    found = check_events(COMMAND)

    told = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.AUDIT_CHECKED)).one().particulars
    assert (told["is_whole"], told["events"], told["seal"], told["chain"]) == (True, 8, 3, found.newest.chain)


def test_events_of_a_request_are_sealed_when_it_is_over(signed_in: Callable[[Role], FlaskClient]) -> None:
    signed_in(Role.AUDITOR).get("/firms")

    assert db.session.scalar(sa.select(EventSeal.count)) == 1
    assert check_chain().waiting == 0


def test_request_does_not_wait_for_another_writer_to_seal(app: Flask) -> None:
    record_event(EventKind.EXPORTED, COMMAND)
    db.session.commit()
    some = Event(kind=EventKind.EXPORTED, by_name="王芳", through="form", particulars={})
    db.session.add(some)
    db.session.flush()  # a transaction that goes on

    seal_noted_events()
    waiting = check_chain().waiting
    db.session.commit()

    assert waiting == 1
    assert seal_events() == 2


def test_two_who_write_and_seal_at_once_leave_one_chain(app: Flask, small_seals: None) -> None:
    start = Barrier(4)

    def write(name: str) -> None:
        with app.app_context():
            start.wait()
            for _ in range(15):
                record_event(EventKind.EXPORTED, Author(name, "form"))
                db.session.commit()
                seal_noted_events()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, ("甲", "乙", "丙", "丁")))
    seal_events()

    found = check_chain()
    assert (found.faults, found.events, found.waiting) == ([], 60, 0)


def test_row_of_a_transaction_that_was_open_while_others_sealed_is_not_an_intruder(app: Flask) -> None:
    """On PostgreSQL its id is lower than those that were committed before it."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with db.engine.connect() as slow:
        event = {"kind": "exported", "by_name": "甲", "through": "form", "particulars": {}, "at": clock.now()}
        slow.execute(sa.insert(Event).values(event))
        some_events(2)
        told = seal_all_events(clock.today())
        slow.commit()

    assert told == "数据库正忙，下一分钟再封存。"
    assert (seal_events(), faults()) == (3, [])


# ---- how long it is kept

TODAY = date(2028, 3, 1)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=clock.OFFICE_ZONE)


def kept_numbers() -> list[int]:
    return list(db.session.scalars(sa.select(EventSeal.number).order_by(EventSeal.number)))


@pytest.fixture
def three_years(small_seals: None) -> dict[str, list[int]]:
    """Six events of long ago, three of the last day that is kept, one of today."""
    ids = {
        "old": some_events(6, on(TODAY - timedelta(days=401))),
        "last kept": some_events(3, on(TODAY - timedelta(days=400))),
        "new": some_events(1, on(TODAY)),
    }
    seal_events()
    return ids


def test_only_whole_seals_beyond_the_days_are_taken_out(three_years: dict[str, list[int]]) -> None:
    told = prune_events(TODAY)

    left = set(db.session.scalars(sa.select(Event.id)))
    assert told == "已清理 6 条超过 400 天的操作记录；企业的 0 条留作动态。"
    assert kept_numbers() == [3, 4]
    assert left >= {*three_years["last kept"], *three_years["new"]}
    assert left.isdisjoint(three_years["old"])


def test_chain_is_whole_from_the_first_kept_seal(three_years: dict[str, list[int]]) -> None:
    prune_events(TODAY)
    seal_events()

    found = check_chain()
    assert (found.faults, found.seals, found.events) == ([], 3, 5)  # the pruning is an event too


@pytest.fixture
def pruned_with_a_firm(three_years: dict[str, list[int]]) -> Firm:
    """One of the old events was of a firm, as it would be after a year's work."""
    firm = a_firm()
    behind_the_triggers(f"UPDATE events SET firm_id = {firm.id} WHERE id = {three_years['old'][1]}")
    behind_the_triggers("DELETE FROM event_seals")
    seal_events()
    prune_events(TODAY)
    seal_events()
    return firm


def test_what_happened_to_a_firm_stays_on_its_timeline(three_years, pruned_with_a_firm: Firm) -> None:
    stayed = three_years["old"][1]

    assert [entry.id for _, entries in timeline(pruned_with_a_firm.id, {}).days for entry in entries] == [stayed]
    assert db.session.scalar(sa.select(EventPruning.events)) == 5
    assert faults() == []
    assert prune_events(TODAY) == "没有超过 400 天的操作记录。"


def test_the_database_gives_no_event_of_a_firm_away_even_where_was_pruned() -> None:
    ids = some_events(2)
    db.session.add(Event(kind=EventKind.FIRM_UPDATED, by_name="王芳", through="form", firm_id=a_firm().id))
    now = clock.now()
    db.session.add(EventPruning(at=now, until=now, last_number=1, last_id=1000, chain="0" * 64, events=2))
    db.session.commit()

    db.session.execute(sa.delete(Event).where(Event.id.in_(ids)))
    with pytest.raises(sa.exc.DatabaseError, match="rows are only added"):
        db.session.execute(sa.delete(Event).where(Event.firm_id.is_not(None)))


@pytest.mark.parametrize("deed", ["UPDATE events SET by_name = '别人'", "DELETE FROM events"])
def test_what_stayed_is_still_proved(three_years, pruned_with_a_firm: Firm, deed: str) -> None:
    behind_the_triggers(f"{deed} WHERE id = {three_years['old'][1]}")

    (fault,) = faults()
    assert fault.endswith("条，有缺少、增加或改动。")


def test_the_next_pruning_answers_for_what_stayed_before(three_years, pruned_with_a_firm: Firm) -> None:
    prune_events(TODAY + timedelta(days=2))
    seal_events()

    assert faults() == []
    behind_the_triggers(f"DELETE FROM events WHERE id = {three_years['old'][1]}")
    assert "留下企业的记录 1 条；现有 0 条" in faults()[0]


def test_pruning_twice_prunes_once(three_years: dict[str, list[int]]) -> None:
    prune_events(TODAY)

    assert prune_events(TODAY) == "没有超过 400 天的操作记录。"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventPruning)) == 1


def test_newest_seal_stays_however_old_it_is(three_years: dict[str, list[int]]) -> None:
    prune_events(TODAY + timedelta(days=4000))

    assert kept_numbers() == [4]
    assert faults() == []


def test_pruning_goes_on_where_the_last_one_ended(three_years: dict[str, list[int]]) -> None:
    prune_events(TODAY)
    seal_events()
    prune_events(TODAY + timedelta(days=2))
    seal_events()

    assert (kept_numbers()[0], faults()) == (4, [])


def test_pruning_without_a_word_in_the_log_is_found(sealed: list[int]) -> None:
    chain = db.session.scalar(sa.select(EventSeal.chain).where(EventSeal.number == 1))
    behind_the_triggers(
        "INSERT INTO event_prunings (at, until, last_number, last_id, chain, events)"
        f" VALUES ('2026-01-01', '2026-01-01', 1, {sealed[2]}, '{chain}', 3)",
        f"DELETE FROM events WHERE id <= {sealed[2]}",
        "DELETE FROM event_seals WHERE number = 1",
    )

    assert faults() == ["第 1 枚及以前的封印已被清理，但没有相应的清理记录。"]


def test_row_put_back_where_was_pruned_is_found(three_years: dict[str, list[int]]) -> None:
    prune_events(TODAY)
    back = three_years["old"][0]
    db.session.add(Event(id=back, kind=EventKind.EXPORTED, by_name="王芳", through="form", particulars={}))
    db.session.commit()

    assert faults() == [f"记录 {back} 在已清理的范围内，是后来插入的。"]


def test_what_is_hashed_is_the_same_on_both_databases(app: Flask) -> None:
    """A log that was moved keeps its chain: this digest was made on SQLite."""
    at = datetime(2026, 11, 28, 9, 30, 15, 123, tzinfo=clock.OFFICE_ZONE)
    particulars = {"subject": "王芳", "changes": [{"field": "active", "old": True, "new": None}], "count": 3}
    event = Event(
        id=7, at=at, kind=EventKind.USER_SAVED, by_name="管理员", through="form", address="::1", particulars=particulars
    )
    db.session.add(event)
    db.session.commit()

    with db.engine.connect() as connection:
        (row,) = event_chain.prints(connection, 0)

    assert json.dumps(particulars) == db.session.scalar(sa.select(sa.cast(Event.particulars, sa.Text)))
    assert (row.id, row.at) == (7, "2026-11-28 09:30:15")
    assert row.digest == "4d4bcaf4ace0dd3d7ae425f37add39d7078e37d249823ba7abd450053b5c0f85"
