"""Owner, next step and tags of a firm, edited in their place in the list: a POST with what was shown when it opened."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Event, Firm, FirmTag, FollowUp, Tag
from crm.queries.ledger import ledger_rows, listed_columns
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_township, a_user
from tests.pages import form_of

AS_PART = {"HX-Request": "true"}
NOTHING = '{"what":null,"due_on":null}'
TOMORROW = clock.today() + timedelta(days=1)


@pytest.fixture
def firm(app) -> Firm:
    firm = a_firm("嘉善某某科技有限公司", township_id=a_township("西塘镇").id)
    refresh_standings(None, clock.today())
    return firm


@pytest.fixture
def client(signed_in):
    return signed_in(Role.OFFICER)


def cell(firm: Firm, name: str) -> str:
    return f"/firms/{firm.id}/cells/{name}"


def opened(client, firm: Firm, name: str, field: str) -> dict[str, str]:
    return form_of(client.get(cell(firm, name)).text, field)


def test_owner_is_saved_in_place_and_told_in_the_timeline(client, firm):
    owner = a_user(name="王科员")
    form = opened(client, firm, "owner", "owner_id")

    answer = client.post(cell(firm, "owner"), data=form | {"owner_id": owner.id}, headers=AS_PART)

    assert answer.status_code == 200
    assert '<span data-cell="owner">王科员</span>' in answer.text
    assert firm.owner_id == owner.id
    assert db.session.scalars(sa.select(Event.kind)).all()[-1] is EventKind.FIRM_UPDATED


def test_without_a_script_the_same_form_leads_to_the_firm(client, firm):
    answer = client.post(cell(firm, "owner"), data=opened(client, firm, "owner", "owner_id"))

    assert (answer.status_code, answer.location) == (303, f"/firms/{firm.id}")


def test_owner_that_somebody_else_has_set_meanwhile_is_asked_not_overwritten(client, firm):
    mine, theirs = a_user(name="王科员"), a_user(name="李科员")
    form = opened(client, firm, "owner", "owner_id")
    client.post(cell(firm, "owner"), data=form | {"owner_id": theirs.id})

    answer = client.post(cell(firm, "owner"), data=form | {"owner_id": mine.id}, headers=AS_PART)

    assert answer.status_code == 409
    assert "李科员" in answer.text
    assert firm.owner_id == theirs.id
    chosen = form_of(answer.text, "opened") | {"owner_id": mine.id, "take-owner_id": "yours"}
    assert client.post(cell(firm, "owner"), data=chosen, headers=AS_PART).status_code == 200
    assert firm.owner_id == mine.id


def test_next_step_of_a_firm_without_one_becomes_a_follow_up_of_its_owner(client, firm):
    firm.owner_id = a_user(name="王科员").id
    form = opened(client, firm, "next", "what")

    answer = client.post(cell(firm, "next"), data=form | {"what": "补专审报告", "due_on": TOMORROW}, headers=AS_PART)

    step = db.session.scalars(sa.select(FollowUp)).one()
    assert (step.what, step.due_on, step.owner_id) == ("补专审报告", TOMORROW, firm.owner_id)
    assert f'<span data-cell="next_on">{TOMORROW}</span>' in answer.text
    listed = client.get("/firms?cols=next_step,next_on").text
    assert "补专审报告" in listed
    assert str(TOMORROW) in listed


def test_next_step_is_the_open_follow_up_that_falls_due_first(client, firm):
    rows = [
        FollowUp(firm_id=firm.id, what=what, due_on=TOMORROW + timedelta(days=days), by_name="王科员", done_on=done)
        for what, days, done in (("后一件", 9, None), ("前一件", 3, None), ("办结的", 0, clock.today()))
    ]
    db.session.add_all(rows)
    form = opened(client, firm, "next", "what")
    assert form["what"] == "前一件"

    client.post(cell(firm, "next"), data=form | {"what": "改过的", "due_on": TOMORROW}, headers=AS_PART)

    assert [(row.what, row.due_on) for row in rows] == [
        ("后一件", TOMORROW + timedelta(days=9)), ("改过的", TOMORROW), ("办结的", TOMORROW),
    ]  # fmt: skip


def test_tags_are_set_and_taken_and_a_conflict_is_told(client, firm):
    tags = [Tag(name=name) for name in ("重点培育", "拟上市")]
    db.session.add_all(tags)
    form = opened(client, firm, "tags", "opened")

    first = client.post(cell(firm, "tags"), data=form | {"tags": [tags[0].id]}, headers=AS_PART)
    second = client.post(cell(firm, "tags"), data=form | {"tags": [tags[1].id]}, headers=AS_PART)

    assert '<span data-cell="tags">重点培育</span>' in first.text
    assert second.status_code == 409
    assert "重点培育" in second.text
    assert db.session.scalars(sa.select(FirmTag.tag_id)).all() == [tags[0].id]
    assert "重点培育" in client.get(f"/firms/{firm.id}").text


def test_a_tag_no_longer_given_stays_on_its_firm_and_is_not_given_to_others(client, firm):
    tag = Tag(name="旧标签", archived_at=clock.now())
    db.session.add(tag)
    db.session.flush()
    db.session.add(FirmTag(firm_id=firm.id, tag_id=tag.id))
    other = a_firm()

    assert "旧标签" in client.get(cell(firm, "tags")).text
    assert "旧标签" not in client.get(cell(other, "tags")).text
    assert client.post(cell(other, "tags"), data={"tags": [tag.id]}).status_code == 422


def test_export_of_the_list_holds_the_columns_too(client, firm):
    tag = Tag(name="重点培育")
    db.session.add(tag)
    db.session.flush()
    db.session.add(FirmTag(firm_id=firm.id, tag_id=tag.id))
    db.session.add(FollowUp(firm_id=firm.id, what="补报告", due_on=TOMORROW, by_name="王科员"))
    db.session.flush()
    rows = list(ledger_rows([firm.id], listed_columns(("next_step", "next_on", "tags"))))

    assert rows == [[firm.name, "补报告", TOMORROW, "重点培育"]]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("owner", {"owner_id": "abc"}), ("owner", {"owner_id": "999999"}), ("owner", {"owner_id": "1" * 10_000}),
        ("next", {"what": "", "due_on": ""}), ("next", {"what": "x" * 10_000, "due_on": "2027-01-01"}),
        ("next", {"what": "补报告", "due_on": "2020-01-01", "opened": NOTHING}),
        ("next", {"what": "补报告", "due_on": "2027.13.1"}),
        ("tags", {"tags": "abc"}), ("tags", {"tags": "999999"}), ("tags", {"tags": "9" * 5_000}),
    ],
)  # fmt: skip
def test_rubbish_is_told_and_changes_nothing(client, firm, name, values):
    answer = client.post(cell(firm, name), data=values, headers=AS_PART)

    assert answer.status_code == 422
    assert 'class="form cell-form"' in answer.text
    assert firm.owner_id is None
    assert db.session.query(FollowUp).count() == db.session.query(FirmTag).count() == 0


@pytest.mark.parametrize("name", ["owner", "next", "tags"])
def test_nobody_edits_outside_his_area_or_without_the_ability(signed_in, firm, name):
    away = signed_in(Role.TOWNSHIP_OFFICER)

    assert away.get(cell(firm, name)).status_code == 404
    assert away.post(cell(firm, name), data={"what": "x"}).status_code == 404
    assert signed_in(Role.DIRECTOR).get(cell(firm, name)).status_code == 403


def test_unknown_cell_and_firm_are_not_there(client, firm):
    assert client.get(cell(firm, "name")).status_code == 404
    assert client.get("/firms/99999/cells/owner").status_code == 404


def test_archived_firm_is_told_to_be_restored_first(client, firm):
    form = opened(client, firm, "owner", "owner_id")
    firm.archived_at = clock.now()

    answer = client.post(cell(firm, "owner"), data=form | {"owner_id": a_user().id}, headers=AS_PART)

    assert answer.status_code == 422
    assert "已归档" in answer.text
