"""Trainings: who came, out of a pasted list, and how many of the candidates were reached."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.extensions import db
from crm.models import Attendance, Event, FormerName, Training
from crm.queries.trainings import coverage
from pipelines.names import normalised_name
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_candidacy, a_firm, a_township, a_user


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


@pytest.fixture
def training(officer) -> Training:
    officer.post("/visits/trainings", data={"held_on": "2026-06-18", "subject": "高企申报培训", "place": "局三楼"})
    return db.session.scalars(sa.select(Training)).one()


def pasted(visitor, training: Training, *lines: str):
    return visitor.post(f"/visits/trainings/{training.id}/attendances", data={"firms": "\n".join(lines)})


def came() -> set[int]:
    return set(db.session.scalars(sa.select(Attendance.firm_id)))


def test_a_training_is_made_once_and_shown(officer, training):
    officer.post("/visits/trainings", data={"held_on": "2026-06-18", "subject": "高企申报培训"})

    assert db.session.scalar(sa.select(sa.func.count(Training.id))) == 1
    assert "高企申报培训" in officer.get("/visits/trainings").text
    assert "局三楼" in officer.get(f"/visits/trainings/{training.id}").text


def test_names_former_names_and_codes_are_taken_as_pasted(officer, training):
    one, other, third = a_firm("嘉善签到一有限公司"), a_firm("嘉善签到二有限公司"), a_firm("嘉善签到三有限公司")
    former = "嘉善老名字有限公司"
    db.session.add(FormerName(firm_id=third.id, name=former, normalised_name=normalised_name(former)))

    answer = pasted(officer, training, f"  {one.name} ", other.uscc.lower(), "", former, one.name)

    assert answer.status_code == 303
    assert came() == {one.id, other.id, third.id}
    assert db.session.scalar(sa.select(sa.func.count(Event.id)).filter_by(kind=EventKind.ATTENDED)) == 3
    assert "参加过的培训" in officer.get(f"/firms/{one.id}?tab=visits").text


def test_lines_that_are_not_clear_stay_in_the_field_and_the_others_are_in(officer, training):
    known = a_firm("嘉善签到一有限公司")
    a_firm("嘉善同名有限公司"), a_firm("嘉善同名有限公司")

    answer = pasted(officer, training, known.name, "嘉善同名有限公司", "嘉善没有这家有限公司")
    field = BeautifulSoup(answer.data, "html.parser").find("textarea").get_text(strip=True).splitlines()

    assert answer.status_code == 422
    assert came() == {known.id}
    assert field == ["嘉善同名有限公司", "嘉善没有这家有限公司"]
    assert "已登记 1 家；下面 2 行没有登记，请改正后再提交" in answer.text
    assert "有几家同名企业，请改填信用代码" in answer.text


def test_the_same_list_again_adds_nobody(officer, training):
    firm = a_firm()
    pasted(officer, training, firm.name)

    pasted(officer, training, firm.name)

    assert came() == {firm.id}
    assert "已登记 0 家，1 家原来就在名单里" in officer.get(f"/visits/trainings/{training.id}").text


def test_who_was_noted_by_mistake_is_taken_out_again(officer, training):
    firm = a_firm()
    pasted(officer, training, firm.name)

    officer.post(f"/visits/trainings/{training.id}/attendances/{firm.id}/removal")

    assert came() == set()
    again = officer.post(f"/visits/trainings/{training.id}/attendances/{firm.id}/removal")
    assert "这家企业不在参加名单里" in again.text


def test_the_number_of_the_list_is_that_of_the_page_and_of_the_workbook(officer, training):
    pasted(officer, training, *(a_firm().name for _ in range(3)))
    gone = a_firm()
    pasted(officer, training, gone.name)
    gone.archived_at = sa.func.now()
    db.session.commit()

    listed = BeautifulSoup(officer.get("/visits/trainings").data, "html.parser").select_one("td.num").get_text()
    shown = BeautifulSoup(officer.get(f"/visits/trainings/{training.id}").data, "html.parser").select("tbody tr")
    content = officer.post(f"/visits/trainings/{training.id}/export-files").data
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()

    assert listed == "3"
    assert len(shown) == 3
    assert any("共 3 家" in str(cell) for row in rows for cell in row)


def test_coverage_counts_candidates_that_came_within_a_year(app, officer, training):
    reached, missed, long_ago = a_firm(), a_firm(), a_firm()
    for firm in (reached, missed, long_ago):
        a_candidacy(firm)
    old = Training(held_on=date(2025, 6, 1), subject="老培训", by_name="某人")
    db.session.add(old)
    db.session.flush()
    for each, firm in ((training, reached), (old, long_ago)):
        db.session.add(Attendance(training_id=each.id, firm_id=firm.id, by_name="某人"))
    db.session.commit()

    found = coverage(None, date(2026, 6, 20))

    assert (found.candidates, found.reached) == (3, 1)


def test_an_officer_of_a_township_notes_and_sees_only_the_own_area(sign_in, training):
    west = a_township("西塘镇")
    own, other = a_firm("嘉善本镇有限公司", township=west), a_firm("嘉善外镇有限公司")
    local = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=west))

    answer = pasted(local, training, own.name, other.name)

    assert came() == {own.id}
    assert "“嘉善外镇有限公司”：企业库里没有找到" in answer.text
    assert local.get("/visits/trainings/new").status_code == 403
    removal = local.post(f"/visits/trainings/{training.id}/attendances/{other.id}/removal")
    assert removal.status_code == 404


@pytest.mark.parametrize("data", [{"subject": ""}, {"held_on": "昨天"}, {"subject": "字" * 121}])
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(officer, data):
    answer = officer.post(
        "/visits/trainings", data={"held_on": "2026-06-18", "subject": "培训", "place": "三楼"} | data
    )

    assert answer.status_code == 422
    assert "三楼" in answer.text


def test_a_training_nobody_knows_is_not_found(officer):
    assert officer.get("/visits/trainings/99").status_code == 404
