"""A form sent twice has one effect, and the second answer shows the first result."""

import contextvars
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from threading import Barrier

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from crm import clock, once
from crm.actions.housekeeping import purge_expired
from crm.extensions import Base, db
from crm.models import Candidacy, Contact, Firm, ImportBatch, OnceToken, StageMove
from pipelines.vocabulary import Role, Stage
from tests.builders import a_candidacy, a_firm, a_uscc
from tests.pages import form_of
from tests.workbooks import an_upload

TEMPLATES = Path(__file__).parents[2] / "templates"
TWICE = "这份表单已经提交过一次"


@pytest.fixture
def firm(app) -> Firm:
    firm = a_firm()
    db.session.commit()
    return firm


@pytest.fixture
def client(signed_in) -> FlaskClient:
    return signed_in(Role.SECTION_CHIEF)


def an_upload_of(name: str, token: str) -> dict:
    """Nothing else keeps the same workbook from being received twice."""
    return an_upload([[a_uscc(7), name]]) | {"once": token}


@pytest.fixture
def token() -> str:
    return token_urlsafe()


def number_of(model: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def at_once(client: FlaskClient, path: str, fields: Callable[[], dict], times: int = 2) -> list:
    """The answers to the same form sent in the same moment, each over a connection of its own."""
    start = Barrier(times)
    db.session.commit()

    def send(_number: int):
        start.wait()
        return contextvars.Context().run(FlaskClient.open, client, path, method="POST", data=fields())

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(send, range(times)))


def test_workbook_sent_twice_is_received_once_and_both_answers_lead_to_it(client, token):
    first = client.post("/imports", data=an_upload_of("嘉善甲科技有限公司", token))
    second = client.post("/imports", data=an_upload_of("嘉善甲科技有限公司", token))

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert number_of(ImportBatch) == 1
    assert TWICE in client.get(second.location).text


@pytest.mark.parametrize("times", [2, 5])
def test_clicks_in_the_same_moment_upload_one_workbook(client, token, times):
    answers = at_once(client, "/imports", lambda: an_upload_of("嘉善甲科技有限公司", token), times)

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert number_of(ImportBatch) == 1


def test_clicks_in_the_same_moment_make_one_firm(client, token):
    form = form_of(client.get("/firms/new").text, "uscc") | {"name": "嘉善双击科技有限公司", "uscc": a_uscc()}

    answers = at_once(client, "/firms", lambda: form | {"once": token})

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.location for answer in answers}) == 1
    assert number_of(Firm) == 1


def test_clicks_in_the_same_moment_move_a_candidacy_once(client, firm, token):
    candidacy = a_candidacy(firm, Stage.CULTIVATING, clock.today())
    fields = {"to": "intended", "moved_on": clock.today().isoformat(), "once": token}

    answers = at_once(client, f"/candidacies/{candidacy.id}/stage-moves", lambda: fields)

    db.session.rollback()
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.location for answer in answers}) == 1
    assert number_of(StageMove) == 1
    assert db.session.scalars(sa.select(Candidacy.stage)).one() is Stage.INTENDED


def test_test_mail_goes_out_once(client, monkeypatch, token):
    sent = []
    monkeypatch.setattr("crm.views.reminders.send_test_mail", sent.append)
    db.session.execute(sa.text("UPDATE users SET email = 'kezhang@example.invalid'"))

    at_once(client, "/reminders/test", lambda: {"once": token})

    assert sent == ["kezhang@example.invalid"]


def test_form_that_was_refused_may_be_sent_again(client, firm, token):
    fields = {"name": "李四", "role": "other", "phone": "13800000004", "once": token}
    firm.archived_at = clock.now()
    refused = client.post(f"/firms/{firm.id}/contacts", data=fields)
    firm.archived_at = None
    again = client.post(f"/firms/{firm.id}/contacts", data=fields)

    assert (refused.status_code, again.status_code) == (422, 303)
    assert number_of(Contact) == 1


def test_form_that_was_changed_after_going_back_is_another_one(client, token):
    for name in ("嘉善甲科技有限公司", "嘉善乙科技有限公司"):
        client.post("/imports", data=an_upload_of(name, token))

    assert number_of(ImportBatch) == 2


def test_token_of_one_person_is_nothing_to_another(client, signed_in, token):
    for visitor in (client, signed_in(Role.OFFICER)):
        visitor.post("/imports", data=an_upload_of("嘉善甲科技有限公司", token))

    assert number_of(ImportBatch) == 2


@pytest.mark.parametrize("senseless", ["", "x" * 65, None])
def test_form_without_a_sensible_token_is_done_as_it_comes(client, senseless):
    fields = an_upload_of("嘉善甲科技有限公司", senseless or "")
    if senseless is None:
        del fields["once"]

    client.post("/imports", data=fields)

    assert (number_of(ImportBatch), number_of(OnceToken)) == (1, 0)


def test_crash_before_the_answer_leaves_one_effect_and_a_way_on(client, token, monkeypatch):
    """The deed is written and the answer is lost: what was sent again does not happen again."""
    monkeypatch.setattr(once, "_remember", lambda *_: None)
    client.post("/imports", data=an_upload_of("嘉善甲科技有限公司", token))
    monkeypatch.setitem(client.application.config, "PAGE_WAIT_SECONDS", 0)

    again = client.post("/imports", data=an_upload_of("嘉善甲科技有限公司", token))

    assert (again.status_code, again.location) == (303, "/")
    assert number_of(ImportBatch) == 1


def test_tokens_are_kept_for_a_day(client, token):
    client.post("/imports", data=an_upload_of("嘉善甲科技有限公司", token))
    purge_expired(clock.today())
    kept = number_of(OnceToken)

    with time_machine.travel(clock.now() + timedelta(hours=25)):
        purge_expired(clock.today())

    assert (kept, number_of(OnceToken)) == (1, 0)


def test_every_form_that_is_posted_carries_the_tokens():
    """A form may take them from the partial it includes."""
    bare = []
    for file in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', file.read_text(encoding="utf-8"), flags=re.DOTALL):
            included = re.findall(r'include "([^"]+)"', form)
            texts = [form, *((TEMPLATES / name).read_text(encoding="utf-8") for name in included)]
            if not any("hidden_tokens()" in text for text in texts):
                bare.append(file.name)

    assert bare == []
