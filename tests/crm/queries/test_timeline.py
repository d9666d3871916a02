from datetime import UTC, datetime, timedelta

import pytest

from crm import clock
from crm.actions.events import Author, record_event
from crm.extensions import db
from crm.models import Event
from crm.queries.timeline import PAGE, ToldChange, last_writers, timeline
from pipelines.vocabulary import EventKind
from tests.builders import a_firm

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def an_event(firm, kind=EventKind.FIRM_UPDATED, at=NOON, through="form", **particulars) -> Event:
    event = Event(firm_id=firm.id, kind=kind, at=at, by_name="王科员", through=through, particulars=particulars)
    db.session.add(event)
    db.session.flush()
    return event


def told(kind: EventKind, **change) -> list[ToldChange]:
    firm = a_firm()
    an_event(firm, kind, changes=[change])
    return [change for _, entries in timeline(firm.id, {}).days for entry in entries for change in entry.changes]


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        (
            EventKind.FIRM_UPDATED,
            {"field": "registered_capital", "old": "5000000", "new": "5000000.01"},
            ToldChange("注册资本", "500 万元", "500.000001 万元"),
        ),
        (
            EventKind.FIRM_UPDATED,
            {"field": "status", "old": "active", "new": "moved_away"},
            ToldChange("经营状态", "在营", "迁出"),
        ),
        (EventKind.FIRM_UPDATED, {"field": "above_scale", "old": None, "new": True}, ToldChange("是否规上", "—", "是")),
        (
            EventKind.FIRM_UPDATED,
            {"field": "township", "old": "天凝镇", "new": "姚庄镇"},
            ToldChange("镇街", "天凝镇", "姚庄镇"),
        ),
        (
            EventKind.FIGURES_UPDATED,
            {"field": "rd_spend", "year": 2024, "old": "0", "new": "12345678.9"},
            ToldChange("2024年研发费用", "0 万元", "1,234.56789 万元"),
        ),
        (
            EventKind.FIGURES_UPDATED,
            {"field": "staff", "year": 2024, "old": "10", "new": "12.25"},
            ToldChange("2024年职工总数(年平均)", "10", "12.25"),
        ),
        (
            EventKind.CONTACT_SAVED,
            {"field": "phone", "old": "13912345678", "new": "13712345678"},
            ToldChange("电话", "139****5678", "137****5678"),
        ),
        (
            EventKind.FIRM_CREATED,
            {"field": "contact.email", "old": None, "new": "ligong@example.com"},
            ToldChange("邮箱", "—", "l***@example.com"),
        ),
        (
            EventKind.FIRM_CREATED,
            {"field": "high_tech.valid_until", "old": None, "new": "2026-12-07"},
            ToldChange("高企有效期至", "—", "2026-12-07"),
        ),
        (EventKind.IP_RIGHT_SAVED, {"field": "name", "old": "a", "new": "b"}, ToldChange("名称", "a", "b")),
        (
            EventKind.RECOGNITION_SAVED,
            {"field": "end_reason", "old": None, "new": "cancelled"},
            ToldChange("终止原因", "—", "取消资格"),
        ),
        (EventKind.FIRM_UPDATED, {"field": "of_old", "old": 1, "new": 2}, ToldChange("of_old", "1", "2")),
    ],
)
def test_change_is_told_in_the_words_of_the_office(app, kind, change, expected):
    assert told(kind, **change) == [expected]


def test_days_are_the_offices_days_newest_first(app):
    firm = a_firm()
    an_event(firm, at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    an_event(firm, at=datetime(2026, 11, 22, 16, 1, tzinfo=UTC))
    an_event(firm, at=NOON)

    days = [(day.isoformat(), len(entries)) for day, entries in timeline(firm.id, {}).days]

    assert days == [("2026-11-23", 2), ("2026-11-22", 1)]


def test_pages_follow_one_another_without_gap_or_repeat(app):
    firm = a_firm()
    made = [an_event(firm, at=NOON + timedelta(minutes=number // 3)).id for number in range(2 * PAGE + 5)]
    an_event(a_firm())
    seen: list[int] = []
    before: int | None = None

    for _ in range(3):
        page = timeline(firm.id, {"before": str(before)} if before else {})
        seen += [entry.id for _, entries in page.days for entry in entries]
        before = page.older

    assert seen == made[::-1]
    assert before is None


def test_kind_limits_the_timeline(app):
    firm = a_firm()
    an_event(firm, EventKind.FIRM_UPDATED)
    an_event(firm, EventKind.CONTACT_SHOWN)

    page = timeline(firm.id, {"kind": "contact_shown"})

    assert [entry.kind for _, entries in page.days for entry in entries] == [EventKind.CONTACT_SHOWN]


@pytest.mark.parametrize(
    ("through", "spoken", "import_id"),
    [("form", "手工", None), ("import:12", "导入 #12", 12), ("command", "命令行", None), ("import:x", "导入 #x", None)],
)
def test_door_of_an_entry_is_told(app, through, spoken, import_id):
    firm = a_firm()
    an_event(firm, through=through)

    entry = timeline(firm.id, {}).days[0][1][0]

    assert (entry.through, entry.import_id) == (spoken, import_id)


def test_last_writer_of_each_field_is_known(app):
    firm = a_firm()
    an_event(
        firm, changes=[{"field": "address", "old": "a", "new": "b"}, {"field": "township", "old": None, "new": "x"}]
    )
    record_event(
        EventKind.FIGURES_UPDATED,
        Author("李科员", "form"),
        firm.id,
        {"changes": [{"field": "rd_spend", "year": 2024, "old": None, "new": "1"}]},
    )
    an_event(firm, EventKind.CONTACT_SAVED, subject_id=5, changes=[{"field": "address", "old": "", "new": ""}])
    later = an_event(firm, at=clock.now(), changes=[{"field": "address", "old": "b", "new": "c"}])

    writers = last_writers(firm.id, ["address", "township_id", "rd_spend-2024", "remark"])

    assert {field: event.by_name for field, event in writers.items()} == {
        "address": "王科员",
        "township_id": "王科员",
        "rd_spend-2024": "李科员",
    }
    assert writers["address"].id == later.id
