"""A new edition is seen before it counts, and what counted is never changed."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Edition, Event, LatestEvaluation
from crm.queries.policies import forget_policies, known_policies, shipped_policies
from pipelines.vocabulary import EventKind, Programme, Role, Title, Verdict
from tests.builders import WAN, a_firm, a_recognition, some_figures

TODAY = date(2026, 6, 30)
HIGH_TECH = shipped_policies().editions("high_tech")[-1].text
NEXT = HIGH_TECH.replace("in_force_from: 2016-01-01", "in_force_from: 2026-06-01").replace(
    '{up_to: 50_000_000, value: "0.05"}', '{up_to: 50_000_000, value: "0.06"}'
)


@pytest.fixture(autouse=True)
def _on_that_day(app):
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield
    forget_policies()


@pytest.fixture
def firm(app):
    firm = a_firm()
    for year in (2023, 2024, 2025):
        some_figures(firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(200 * WAN))
    db.session.commit()
    evaluate_county(TODAY, "system")
    return firm


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


def uploaded(chief, text: str, programme: str = "high_tech"):
    file = (BytesIO(text.encode()), "2026-06-01.yaml")
    return chief.post("/editions", data={"programme": programme, "file": file})


def high_tech_now(firm) -> LatestEvaluation:
    db.session.expire_all()
    return db.session.get(LatestEvaluation, (firm.id, Programme.HIGH_TECH))


def test_an_upload_is_shown_as_a_difference_with_what_it_changes_and_does_not_count_yet(chief, firm):
    answer = uploaded(chief, NEXT)

    page = BeautifulSoup(chief.get(answer.headers["Location"]).data, "html.parser")
    assert '- {up_to: 50_000_000, value: "0.05"}' in page.select_one("del").text or "0.05" in page.text
    assert any("0.06" in line.text for line in page.select("pre ins"))
    assert "待补充 → 未达标：1 家" in page.text
    assert high_tech_now(firm).verdict is Verdict.UNKNOWN


def test_a_confirmed_edition_counts_at_once_and_leaves_its_trace(chief, firm):
    uploaded(chief, NEXT)

    answer = chief.post("/editions/1/confirmation")

    assert answer.headers["Location"].endswith("/policies/high_tech/2026-06-01")
    assert high_tech_now(firm).only_missed == "rd_ratio"
    assert "不低于 6%" in chief.get("/policies/high_tech/2026-06-01").text
    assert "不低于 5%" in chief.get("/policies/high_tech/2016-01-01").text
    kinds = db.session.scalars(sa.select(Event.kind).where(Event.particulars["edition"].as_integer() == 1)).all()
    assert kinds == [EventKind.EDITION_DRAFTED, EventKind.EDITION_CONFIRMED]


def test_confirming_twice_counts_once(chief, firm):
    uploaded(chief, NEXT)

    for _ in range(2):
        assert chief.post("/editions/1/confirmation").status_code == 303

    forget_policies()
    assert len(known_policies().editions("high_tech")) == 2


def test_two_drafts_for_one_day_cannot_both_count(chief, firm):
    uploaded(chief, NEXT)
    uploaded(chief, NEXT.replace('"0.06"', '"0.07"'))
    chief.post("/editions/1/confirmation")

    answer = chief.post("/editions/2/confirmation", follow_redirects=True)

    assert "应晚于已有版本" in answer.text
    assert db.session.get(Edition, 2).confirmed_at is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请选择版本文件"),
        ("[", "不是能读的 YAML"),
        ("title: 试验", "请写明 in_force_from"),
        (HIGH_TECH, "应晚于已有版本"),
        (NEXT.replace("kind: at_least\n", "kind: about\n", 1), "第"),
        (NEXT.replace("fact: age_days", "fact: age_in_days"), "第"),
        (NEXT.replace('value: "0.06"', "value: 0.06"), "第"),
    ],
    ids=["nothing", "no yaml", "no day", "an old day", "unknown kind", "unknown fact", "float"],
)
def test_a_broken_edition_is_refused_with_its_line_and_the_old_ones_stay(chief, firm, text, sentence):
    answer = chief.post("/editions", data={"programme": "high_tech", "text": text})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(sa.select(Edition)).all() == []


def test_a_file_that_is_no_text_is_refused(chief):
    answer = chief.post("/editions", data={"programme": "high_tech", "file": (BytesIO(b"\xff\xfe\x00"), "x.yaml")})

    assert answer.status_code == 422
    assert "不是 UTF-8" in answer.text


@pytest.fixture
def giant(app):
    firm = a_firm()
    a_recognition(firm, Title.HIGH_TECH, date(2024, 12, 6), valid_until=date(2027, 12, 6))
    some_figures(firm, 2025, sales_revenue=Decimal(2_0000 * WAN), rd_spend=Decimal(1000 * WAN))
    db.session.commit()
    return firm


def filled(chief, **fields: str):
    given = {"document_number": "浙科发高〔2026〕1号", "in_force_from": "2026-06-01", "blank-sales_revenue": "20000"}
    return chief.post("/editions/filling/little_giant", data=given | fields)


def test_the_office_fills_in_the_numbers_and_the_last_step_of_the_funnel_works(chief, giant):
    answer = filled(chief, **{"blank-rd_ratio": "5"})

    page = chief.get(answer.headers["Location"]).text
    chief.post("/editions/1/confirmation")
    edition = chief.get("/policies/little_giant/2026-06-01").text
    judged = db.session.get(LatestEvaluation, (giant.id, Programme.LITTLE_GIANT))
    assert "浙科发高〔2026〕1号" in page
    assert "不低于 2 亿元" in edition
    assert "不低于 5%" in edition
    assert "有效Ⅰ类知识产权" not in edition.partition("数据原文")[0]  # left empty: not asked for
    assert judged.missed_count == 0


def test_what_is_filled_in_is_held_against_exactly(chief, giant):
    filled(chief, **{"blank-sales_revenue": "20000.0001", "blank-rd_ratio": "5"})
    chief.post("/editions/1/confirmation")

    judged = db.session.get(LatestEvaluation, (giant.id, Programme.LITTLE_GIANT))
    assert judged.only_missed == "sales_revenue"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"document_number": ""}, "请填写文号"),
        ({"in_force_from": "2020-01-01"}, "应晚于已有版本"),
        ({"blank-sales_revenue": "很多"}, "应为数字"),
    ],
)
def test_rubbish_in_the_numbers_gets_a_sentence(chief, giant, fields, sentence):
    answer = filled(chief, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_programme_that_is_confirmed_has_nothing_to_fill_in(chief):
    assert chief.get("/editions/filling/high_tech").status_code == 404


def test_an_officer_adds_no_edition(signed_in):
    assert signed_in(Role.OFFICER).get("/editions/new").status_code == 403
