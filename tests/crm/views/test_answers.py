"""What people answer about a firm, and how the judgement moves with it."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.extensions import db
from crm.models import Answer, Evaluation, Firm
from pipelines.vocabulary import AnswerKind, Programme, Role
from tests.builders import a_firm

TODAY = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


@pytest.fixture
def firm(app) -> Firm:
    return a_firm()


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


def address(firm: Firm) -> str:
    return f"/firms/{firm.id}/answers/high_tech"


def answered(officer, firm: Firm, **fields: str):
    given = {"answered_on": "2026-06-30", "seen": "0"} | fields
    return officer.post(address(firm), data={name.replace("__", "-"): value for name, value in given.items()})


def latest(firm: Firm) -> Evaluation:
    of_firm = sa.select(Evaluation).filter_by(firm_id=firm.id, programme=Programme.HIGH_TECH)
    return db.session.scalars(of_firm.order_by(Evaluation.id.desc())).first()


def test_page_asks_what_only_people_can_say(officer, firm):
    page = officer.get(address(firm)).text

    assert "申请前一年内未发生重大安全、重大质量事故或严重环境违法行为" in page
    assert "可填 0–8 分" in page


def test_a_checked_condition_is_met_and_the_judgement_says_so(officer, firm):
    answer = answered(officer, firm, attested__no_serious_violation="1", note="看了信用中国")

    assert answer.status_code == 303
    row = db.session.scalars(sa.select(Answer)).one()
    assert (row.kind, row.subject, row.value) == (AnswerKind.ATTESTED, "no_serious_violation", 1)
    assert row.note == "看了信用中国"
    assert latest(firm).findings["no_serious_violation"] == "met"
    assert latest(firm).answers == {"attestations": {"no_serious_violation": True}, "points": {}}


def test_an_answer_taken_back_is_open_again(officer, firm):
    answered(officer, firm, attested__no_serious_violation="0")
    assert latest(firm).findings["no_serious_violation"] == "not_met"

    answered(officer, firm, attested__no_serious_violation="", seen="1")

    assert latest(firm).findings["no_serious_violation"] == "to_confirm"


def test_points_inside_the_band_count(officer, firm):
    answered(officer, firm, points__rd_management="6")

    assert latest(firm).score_lo == 6


def test_points_outside_the_band_are_refused_in_a_sentence_and_nothing_is_lost(officer, firm):
    answer = answered(officer, firm, points__rd_management="7", attested__no_serious_violation="1")

    assert answer.status_code == 422
    assert "应填 0–6 分（整数），不能填 7 分" in answer.text
    assert 'value="7"' in answer.text
    assert db.session.scalars(sa.select(Answer)).all() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"answered_on": ""}, "请填写核验日期"),
        ({"answered_on": "2026-07-01"}, "应为不晚于今天的日期"),
        ({"answered_on": "2025-12-31"}, "只对当年的判断有效"),
        ({"points__rd_management": "五"}, "应为数字"),
        ({"points__rd_management": "5.5"}, "应为整数"),
        ({"attested__no_serious_violation": "也许"}, "请选择"),
    ],
    ids=range(6),
)
def test_rubbish_gets_a_sentence(officer, firm, fields, sentence):
    answer = answered(officer, firm, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_who_saves_later_on_an_old_page_is_told(officer, firm):
    answered(officer, firm, attested__no_serious_violation="1")

    late = answered(officer, firm, attested__no_serious_violation="0")

    assert late.status_code == 422
    assert "已有别人填写了核验或评分" in late.text


def test_last_years_answer_is_asked_again(officer, firm):
    answered(officer, firm, attested__no_serious_violation="1")

    with time_machine.travel("2027-03-01 10:00+08:00", tick=False):
        page = officer.get(address(firm)).text

    assert '<option selected value="1">经核验符合' not in page


def test_saving_without_a_change_leaves_no_trace(officer, firm):
    assert answered(officer, firm).status_code == 303
    assert db.session.scalars(sa.select(Answer)).all() == []


@pytest.mark.parametrize("programme", ["leading", "tri_colour", "nonsense"])
def test_where_nothing_is_asked_there_is_no_page(officer, firm, programme):
    assert officer.get(f"/firms/{firm.id}/answers/{programme}").status_code == 404
