"""口径设置: what the documents leave open is read by the office, and the county is judged by that."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Event, LatestEvaluation, Reading
from crm.queries.evaluations import replayed
from crm.queries.readings import OPEN_QUESTIONS, forget_readings
from pipelines.facts import Interpretations
from pipelines.vocabulary import EventKind, Programme, Role
from tests.builders import WAN, a_firm, some_figures

USUAL = {question.field: getattr(Interpretations(), question.field).value for question in OPEN_QUESTIONS}


@pytest.fixture(autouse=True)
def _on_that_day(app):
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield
    forget_readings()


@pytest.fixture
def firm(app):
    """By its own figures it misses the research share, by those of the accounts it has it."""
    firm = a_firm()
    for year in (2023, 2024, 2025):
        some_figures(
            firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(199 * WAN),
            rd_spend_accounting=Decimal(300 * WAN),
        )  # fmt: skip
    db.session.commit()
    evaluate_county(date(2026, 6, 30), "system")
    return firm


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


def saved(chief, **answers: str):
    return chief.post("/policies/readings", data=USUAL | {"seen": "0", "note": "局长办公会"} | answers)


def high_tech_now(firm) -> LatestEvaluation:
    db.session.expire_all()
    return db.session.get(LatestEvaluation, (firm.id, Programme.HIGH_TECH))


def test_page_shows_each_question_with_the_usual_answer(chief):
    page = chief.get("/policies/readings").text

    assert [question.asks for question in OPEN_QUESTIONS if question.asks not in page] == []
    assert "默认：高企口径" in page


def test_another_reading_judges_the_county_anew_and_keeps_the_old_judgement(chief, firm):
    old = high_tech_now(firm)
    old_id = old.evaluation_id
    assert old.only_missed == "rd_ratio"

    answer = saved(chief, high_tech_rd="rd_spend_accounting")

    assert answer.status_code == 303
    assert high_tech_now(firm).missed_count == 0
    assert replayed(firm.id, old_id).came_out_the_same
    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.READING_CHANGED)).one()
    assert [(each["old"], each["new"]) for each in event.particulars["changes"]] == [("高企口径", "会计口径")]


def test_saving_without_a_change_leaves_no_trace(chief, firm):
    saved(chief)

    assert db.session.scalars(sa.select(Reading)).all() == []


def test_who_saves_later_on_an_old_page_is_told(chief, firm):
    saved(chief, class_two_spent="submitted")

    late = saved(chief, class_two_spent="certified", negative_base="zero")

    assert late.status_code == 422
    assert "已有别人改过" in late.text


def test_rubbish_gets_a_sentence(chief, firm):
    answer = saved(chief, high_tech_rd="rd_spend_guessed")

    assert answer.status_code == 422
    assert "请选择" in answer.text


def test_an_officer_changes_no_reading(signed_in):
    assert signed_in(Role.OFFICER).get("/policies/readings").status_code == 403
