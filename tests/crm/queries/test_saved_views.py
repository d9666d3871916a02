"""The tabs above the list: what they cost."""

import sqlalchemy as sa

from crm import clock
from crm.extensions import db
from crm.models import SavedView
from crm.queries.firm_filter import FirmFilter
from crm.queries.in_time import in_time
from crm.queries.saved_views import tabs_of
from tests.builders import a_firm, a_township, a_user

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT count(*) FROM n"


def a_view(owner, name, **args: str) -> None:
    db.session.add(SavedView(owner_id=owner.id, name=name, args=args, opens_for=[]))
    db.session.flush()


def test_tabs_are_counted_by_one_question_however_many_there_are(app, queries):
    officer, town = a_user(), a_township("西塘镇")
    a_view(officer, "先有")
    with queries() as few:
        tabs_of(FirmFilter(), officer, clock.today())
    for number in range(20):
        a_view(officer, f"镇{number}", township=str(town.id), q="科技", tier="high_tech")
    with queries() as many:
        tabs_of(FirmFilter(), officer, clock.today())

    assert len(many) == len(few)


def test_counts_that_take_too_long_are_left_out_and_the_tabs_are_there(app, monkeypatch):
    monkeypatch.setattr("crm.queries.saved_views.counts_of", lambda *_: db.session.scalar(sa.text(ENDLESS)))
    monkeypatch.setattr("crm.queries.saved_views._SECONDS_FOR_COUNTS", 0.05)
    officer = a_user()
    a_view(officer, "我的")

    found = tabs_of(FirmFilter(), officer, clock.today())

    assert {tab.count for tab in found.entries} == {None}
    assert [tab.words for tab in found.entries][:2] == ["全部", "我的"]


def test_what_is_asked_after_a_question_that_took_too_long_has_its_time_again(app):
    a_firm()

    assert in_time(lambda: db.session.scalar(sa.text(ENDLESS)), 0.05) is None
    assert in_time(lambda: db.session.scalar(sa.text("SELECT count(*) FROM firms")), 5) == 1
    small = ENDLESS.replace("1000000000", "200000")
    assert db.session.scalar(sa.text(small)) == 200_000
