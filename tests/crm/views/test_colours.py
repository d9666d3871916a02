"""三色榜 and what the office decides beside it."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Decision, LatestEvaluation
from pipelines.vocabulary import FlagKind, Programme, Role, Title, TriColor
from tests.builders import a_firm, a_flag, a_recognition, a_township, a_user

TODAY = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


def a_holder(name: str, **values):
    firm = a_firm(name, **values)
    a_recognition(firm, Title.HIGH_TECH, date(2024, 12, 6), valid_until=date(2027, 12, 6))
    return firm


def evaluated(on: date = TODAY) -> None:
    db.session.commit()
    evaluate_county(on, "system")


def colour_of(firm) -> LatestEvaluation:
    return db.session.get(LatestEvaluation, (firm.id, Programme.TRI_COLOR))


def shown(page) -> list[list[str]]:
    rows = BeautifulSoup(page.data, "html.parser").select("table.data tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


@pytest.fixture
def town(app):
    return a_township("西塘镇")


@pytest.fixture
def holders(town):
    yellow = a_holder("嘉善数据不全有限公司", township=town)
    red = a_holder("嘉善有事故有限公司")
    a_flag(red, FlagKind.SAFETY_ACCIDENT, entered_on=date(2026, 3, 1))
    a_firm("嘉善从来不是高企有限公司")
    evaluated()
    return yellow, red


def test_only_firms_that_ever_were_certified_are_coloured_the_better_first(signed_in, holders):
    rows = shown(signed_in(Role.OFFICER).get("/gaps/colours"))

    assert [(row[0], row[2]) for row in rows] == [("嘉善数据不全有限公司", "● 黄"), ("嘉善有事故有限公司", "● 红")]
    assert "数据不全" in rows[0][6]
    assert "否决项" in rows[1][6]


def test_a_colour_opens_the_list_it_counts(signed_in, holders):
    officer = signed_in(Role.OFFICER)
    links = BeautifulSoup(officer.get("/gaps/colours").data, "html.parser").select(".programmes a")

    assert [link.select_one(".tab-count").text for link in links] == ["0", "1", "1"]
    assert [len(shown(officer.get(link["href"]))) for link in links] == [0, 1, 1]


def test_what_changed_tells_from_which_colour_and_since_when(signed_in, holders):
    yellow, _ = holders
    a_flag(yellow, FlagKind.ENVIRONMENTAL_VIOLATION, entered_on=date(2026, 6, 1))
    evaluated()
    a_recognition(yellow, Title.TECH_SME, date(2020, 1, 1))
    evaluated(date(2026, 7, 1))  # another judgement, the same colour: the change stays told

    rows = shown(signed_in(Role.OFFICER).get("/gaps/colours?only=changed"))

    assert [row[0] for row in rows] == ["嘉善数据不全有限公司"]
    assert rows[0][5] == "2026-06-30 由黄转红"


def test_a_title_entered_by_mistake_takes_its_colour_along(holders):
    yellow, _ = holders
    db.session.delete(yellow.recognitions[0])
    evaluated()

    assert colour_of(yellow).colour is None


def test_a_township_officer_sees_the_own_area_only(sign_in, town, holders):
    rows = shown(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=town)).get("/gaps/colours"))

    assert [row[0] for row in rows] == ["嘉善数据不全有限公司"]


def test_the_list_leaves_as_a_workbook_with_every_row(signed_in, holders):
    answer = signed_in(Role.OFFICER).post("/gaps/colours/export-files")

    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [row[3] for row in rows[2:4]] == ["黄", "红"]
    assert "共 2 家" in [row[0] for row in rows]


@pytest.mark.parametrize("rubbish", ["colour=blue", "page=-1", "only=x", "township=西塘", "nonsense=1"])
def test_rubbish_in_the_address_is_told(signed_in, holders, rubbish):
    page = signed_in(Role.OFFICER).get(f"/gaps/colours?{rubbish}")

    assert page.status_code == 200
    assert "没有用上看不懂的条件" in page.text


def decided(chief, firm, programme: str = "tri_color", **fields: str):
    return chief.post(f"/firms/{firm.id}/decisions/{programme}", data={"decided": "green", "reason": "已整改"} | fields)


def test_the_chief_decides_beside_the_computed_colour(signed_in, holders):
    _, red = holders
    chief = signed_in(Role.SECTION_CHIEF)

    answer = decided(chief, red, until="2026-12-31")

    rows = shown(chief.get("/gaps/colours?colour=red"))
    page = chief.get(answer.headers["Location"]).text
    assert answer.status_code == 303
    assert (rows[0][2], rows[0][3].split()[1]) == ("● 红", "绿")
    assert colour_of(red).colour is TriColor.RED
    assert "人工认定：绿" in page
    assert "已整改" in page


def test_a_decision_past_its_day_counts_no_more(signed_in, holders):
    _, red = holders
    decided(signed_in(Role.SECTION_CHIEF), red, until="2026-07-31")

    with time_machine.travel("2026-08-01 10:00+08:00", tick=False):
        rows = shown(signed_in(Role.OFFICER).get("/gaps/colours?colour=red"))

    assert rows[0][3] == "—"


def test_a_decision_taken_back_is_gone_from_the_list_and_kept_in_the_records(signed_in, holders):
    _, red = holders
    chief = signed_in(Role.SECTION_CHIEF)
    decided(chief, red)
    decided(chief, red, decided="", reason="整改没有完成")

    assert shown(chief.get("/gaps/colours?colour=red"))[0][3] == "—"
    assert len(db.session.scalars(sa.select(Decision)).all()) == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "请填写理由"),
        ({"until": "2026-06-29"}, "有效期至不能早于今天"),
        ({"until": "年底"}, "应为日期"),
        ({"decided": "met"}, "请选择人工认定"),
    ],
    ids=range(4),
)
def test_rubbish_in_a_decision_gets_a_sentence(signed_in, holders, fields, sentence):
    answer = decided(signed_in(Role.SECTION_CHIEF), holders[1], **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(sa.select(Decision)).all() == []


def test_the_same_form_sent_twice_decides_once(signed_in, holders):
    chief = signed_in(Role.SECTION_CHIEF)

    for _ in range(2):
        decided(chief, holders[1])

    assert len(db.session.scalars(sa.select(Decision)).all()) == 1


def test_an_officer_decides_nothing(signed_in, holders):
    assert decided(signed_in(Role.OFFICER), holders[1]).status_code == 403


def test_other_programmes_are_decided_by_verdict(signed_in, holders):
    answer = decided(signed_in(Role.SECTION_CHIEF), holders[0], "high_tech", decided="met", reason="省里口头答复")

    assert answer.status_code == 303
    assert db.session.scalars(sa.select(Decision)).one().decided == "met"


@pytest.fixture
def greens(town):
    """Five coloured firms; four of them earned green, two with the same score."""
    firms = [a_holder(f"嘉善名额{number}有限公司", township=town if number == 3 else None) for number in range(5)]
    evaluated()
    for firm, score in zip(firms, (95, 90, 90, 85, 70), strict=True):
        latest = colour_of(firm)
        latest.colour = TriColor.GREEN if score >= 80 else TriColor.YELLOW
        latest.score_lo = latest.score_hi = score
    db.session.commit()


@pytest.mark.parametrize(
    ("quota", "green"),
    [
        ("", ["0", "1", "2", "3"]),
        ("?quota=80", ["0", "1", "2", "3"]),  # four places, four greens
        ("?quota=60", ["0", "1", "2"]),
        ("?quota=40", ["0"]),  # two places: of the tie at the cut none
        ("?quota=1", []),  # no place at all
    ],
)
def test_a_quota_keeps_the_best_green_and_tells_the_others_why(signed_in, greens, quota, green):
    rows = shown(signed_in(Role.OFFICER).get(f"/gaps/colours{quota}"))

    assert [row[0][4] for row in rows if row[2] == "● 绿"] == green
    scores = {"0": 95, "1": 90, "2": 90, "3": 85}
    outside = [f"得分 {score}，未进入绿色名额" for number, score in scores.items() if number not in green]
    assert [row[6] for row in rows if "名额" in row[6]] == outside


def test_a_colour_under_a_quota_opens_the_list_it_counts_and_exports_it(signed_in, greens):
    officer = signed_in(Role.OFFICER)

    assert len(shown(officer.get("/gaps/colours?quota=40&colour=yellow"))) == 4
    file = officer.post("/gaps/colours/export-files", data={"quota": "40", "colour": "yellow"})
    sheet = CalamineWorkbook.from_filelike(BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert [row[7] for row in sheet[2:5]] == ["得分 90，未进入绿色名额"] * 2 + ["得分 85，未进入绿色名额"]


def test_the_places_are_the_countys_whoever_looks(sign_in, greens, town):
    rows = shown(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=town)).get("/gaps/colours?quota=60"))

    assert [(row[0], row[2]) for row in rows] == [("嘉善名额3有限公司", "● 黄")]


def test_a_senseless_quota_is_told(signed_in, greens):
    page = signed_in(Role.OFFICER).get("/gaps/colours?quota=101")

    assert "quota=101" in page.get_data(as_text=True)
    assert page.status_code == 200
