"""Visits, needs and follow-ups: noted in a minute, owed to somebody, done or put off or handed over, and back."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from PIL import Image
from python_calamine import CalamineWorkbook

from crm.actions.events import COMMAND
from crm.actions.follow_ups import reassign, undo_reassignment
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Attachment, Candidacy, Event, Firm, FollowUp, Mention, Standing, Visit
from crm.queries.unvisited import firms_behind, loads
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Role, Stage, Title, VisitKind
from tests.builders import a_firm, a_recognition, a_township, a_user
from tests.pictures import a_picture, a_picture_that_claims

TODAY = date(2026, 6, 20)
PNG = a_picture()


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(app):
    return a_user(Role.OFFICER)


@pytest.fixture
def desk(sign_in, officer):
    """The officer's browser."""
    return sign_in(officer)


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善走访科技有限公司")


def noted(desk, firm: Firm, **fields: str):
    usual = {"visited_on": "2026-06-20", "kind": "on_site", "people": "李总", "found": "研发人员增加到 12 人"}
    return desk.post(f"/firms/{firm.id}/visits", data=usual | fields)


def a_follow_up(firm: Firm, owner, due_on: date = TODAY, **values) -> FollowUp:
    follow_up = FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, due_on=due_on, by_name="某人", **values)
    db.session.add(follow_up)
    db.session.commit()
    return follow_up


def refreshed() -> None:
    refresh_standings(None, TODAY)
    db.session.commit()


def a_visit(firm: Firm, on: date = TODAY, **values) -> Visit:
    visit = Visit(firm_id=firm.id, visited_on=on, kind=VisitKind.CALL, **{"by_name": "某人"} | values)
    db.session.add(visit)
    return visit


def told(page, selector: str) -> list[str]:
    return [each.get_text(" ", strip=True) for each in BeautifulSoup(page.data, "html.parser").select(selector)]


def test_a_visit_with_a_need_becomes_something_owed_today(desk, officer, firm):
    noted(desk, firm, need="想对接高校专家", next_on="2026-06-20")

    visit, owed = db.session.scalars(sa.select(Visit)).one(), db.session.scalars(sa.select(FollowUp)).one()
    assert (visit.by_id, visit.by_name, visit.kind) == (officer.id, officer.name, VisitKind.ON_SITE)
    assert (owed.is_need, owed.what, owed.owner_id, owed.visit_id) == (True, "想对接高校专家", officer.id, visit.id)
    assert db.session.scalars(sa.select(Event).filter_by(kind=EventKind.VISIT_RECORDED)).one().firm_id == firm.id
    assert "想对接高校专家" in desk.get("/").text


def test_a_day_to_call_back_is_owed_and_no_day_owes_nothing(desk, firm):
    noted(desk, firm)
    assert db.session.scalars(sa.select(FollowUp)).all() == []

    noted(desk, firm, found="第二次", next_on="2026-07-01")

    (owed,) = db.session.scalars(sa.select(FollowUp)).all()
    assert (owed.what, owed.due_on) == ("回访", date(2026, 7, 1))


def test_a_need_without_a_day_is_due_in_a_week(desk, firm):
    noted(desk, firm, need="问加计扣除")

    assert db.session.scalars(sa.select(FollowUp)).one().due_on == TODAY + timedelta(days=7)


def test_the_same_form_sent_twice_is_one_visit(desk, firm):
    assert noted(desk, firm).location == noted(desk, firm).location
    assert len(db.session.scalars(sa.select(Visit)).all()) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"visited_on": "2026-06-21"}, "日期应为不晚于今天的日期"),
        ({"visited_on": "昨天"}, "日期应为日期"),
        ({"found": " "}, "请填写情况"),
        ({"kind": "duke"}, "请选择方式"),
        ({"people": "长" * 201}, "见了谁应为200个字以内"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(desk, firm, fields, sentence):
    answer = noted(desk, firm, **{"need": "别丢了这句"} | fields)

    assert (answer.status_code, sentence in answer.text, "别丢了这句" in answer.text) == (422, True, True)
    assert db.session.scalars(sa.select(Visit)).all() == []


def test_a_visit_sets_the_clock_of_the_candidacy_back(desk, firm):
    on = date(2026, 1, 1)
    candidacy = Candidacy(
        firm_id=firm.id, target=Title.HIGH_TECH, stage=Stage.COACHING, stage_since=on, active_on=on, opened_on=on
    )
    db.session.add(candidacy)
    db.session.commit()

    noted(desk, firm)

    db.session.expire_all()
    assert (candidacy.stage_since, candidacy.active_on) == (on, TODAY)


def test_photos_are_kept_with_the_visit_and_a_page_is_no_photo(desk, firm):
    address = noted(desk, firm).location

    desk.post(f"{address}/photos", data={"files": (BytesIO(PNG), "车间.png")})
    refused = desk.post(f"{address}/photos", data={"files": (BytesIO(b"<html>"), "车间.png")})
    nothing = desk.post(f"{address}/photos", data={})

    assert db.session.scalars(sa.select(Attachment)).one().file_name == "车间.png"
    assert (refused.status_code, "不是可以保存的文件" in refused.text) == (422, True)
    assert "请选择要上传的照片或文件" in nothing.text
    assert "车间.png" in desk.get(address).text


def test_a_photo_is_shown_small_and_upright_and_what_only_begins_like_one_is_refused(desk, firm):
    address = noted(desk, firm).location
    photo = a_picture("JPEG", size=(3000, 2000), turned=True)
    desk.post(f"{address}/photos", data={"files": (BytesIO(photo), "车间.jpg")})
    torn = desk.post(f"{address}/photos", data={"files": (BytesIO(photo[:2000]), "车间.jpg")})
    pretended = desk.post(f"{address}/photos", data={"files": (BytesIO(PNG[:30]), "车间.png")})

    kept = db.session.scalars(sa.select(Attachment)).one()
    small = desk.get(f"/firms/{firm.id}/attachments/{kept.id}/small")
    picture = Image.open(BytesIO(small.data))
    assert (small.mimetype, picture.size, len(small.data) < len(photo)) == ("image/jpeg", (320, 480), True)
    assert f"/attachments/{kept.id}/small" in desk.get(address).text
    for refused in (torn, pretended):
        assert (refused.status_code, "不是完整的图片" in refused.text) == (422, True)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened(desk, firm):
    address = noted(desk, firm).location

    for side in (8_000, 30_000):
        bomb = a_picture_that_claims(side)
        refused = desk.post(f"{address}/photos", data={"files": (BytesIO(bomb), "大图.png")})
        assert (refused.status_code, "超过 6000 万像素" in refused.text) == (422, True)


def test_a_colleague_named_in_a_note_is_told_until_seen(sign_in, desk, firm):
    named, other = a_user(name="沈小明"), a_user(name="沈小")
    noted(desk, firm, found="专利要补，@沈小明 请跟一下")
    hers = sign_in(named)

    assert "专利要补，@沈小明 请跟一下" in hers.get("/").text
    assert "提到我的" not in sign_in(other).get("/").text
    mention = db.session.scalars(sa.select(Mention)).one()
    stolen = sign_in(other).post(f"/mentions/{mention.id}/seen")
    assert "这条提醒已不存在" in stolen.text
    hers.post(f"/mentions/{mention.id}/seen")
    assert "提到我的" not in hers.get("/").text


def test_what_a_colleague_owes_me_waits_on_my_page_until_it_is_done(sign_in, desk, firm):
    colleague = a_user(name="钱科员")
    desk.post(
        f"/firms/{firm.id}/follow-ups", data={"what": "补审计报告", "due_on": "2026-07-20", "owner_id": colleague.id}
    )
    assert "等同事答复" in desk.get("/").text

    owed = db.session.scalars(sa.select(FollowUp)).one()
    sign_in(colleague).post(f"/follow-ups/{owed.id}/finishing", data={"outcome": "已交"})
    assert "等同事答复" not in desk.get("/").text


def test_any_piece_of_a_note_is_found_and_signs_are_signs(desk, firm):
    noted(desk, firm, found="占比 5% 左右")
    noted(desk, a_firm("嘉善别家有限公司"), found="占比 50 左右")

    assert told(desk.get("/visits?q=5%25"), "table.data tbody th") == [firm.name]
    assert told(desk.get("/visits?q=别家"), "table.data tbody th") == ["嘉善别家有限公司"]
    assert told(desk.get("/visits?q=李总&kind=call"), "table.data tbody th") == []


def test_the_list_leaves_as_a_workbook_of_as_many_visits(desk, firm):
    noted(desk, firm)
    noted(desk, firm, found="=1+1")

    file = desk.post("/visits/export-files", data={})

    sheet = CalamineWorkbook.from_filelike(BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert [row[6] for row in sheet[2:4]] == ["=1+1", "研发人员增加到 12 人"]
    assert "共 2 次" in [row[0] for row in sheet]


def test_the_day_shows_what_is_overdue_due_today_and_soon(desk, officer, firm):
    for days, what in ((-3, "逾期的"), (0, "今天的"), (7, "七天后的"), (8, "八天后的")):
        a_follow_up(firm, officer, TODAY + timedelta(days=days)).what = what
    db.session.commit()
    a_follow_up(firm, a_user(Role.OFFICER)).what = "别人的"
    db.session.commit()

    page = desk.get("/")

    assert told(page, ".todo strong") == ["逾期的", "今天的", "七天后的"]
    assert told(page, ".panel h2")[:3] == ["逾期 1", "今天 1", "七天内 1"]
    assert "逾期 3 天" in page.text


def test_done_put_off_and_handed_over_in_one_click_and_back(desk, officer, firm):
    other = a_user(Role.OFFICER)
    follow_up = a_follow_up(firm, officer)
    deeds = {"finishing": {"outcome": "已回访"}, "postponement": {"days": "3"}, "hand-over": {"owner_id": other.id}}
    seen = []
    for deed, data in deeds.items():
        answer = desk.post(f"/follow-ups/{follow_up.id}/{deed}", data=data)
        assert answer.location == f"/?done={follow_up.id}"
        db.session.expire_all()
        seen.append((follow_up.done_on, follow_up.outcome, follow_up.due_on, follow_up.owner_id))
        desk.post(f"/follow-ups/{follow_up.id}/undoing", data={})
        db.session.expire_all()
        assert (follow_up.done_on, follow_up.outcome, follow_up.due_on, follow_up.owner_id) == (
            None, None, TODAY, officer.id,
        )  # fmt: skip

    assert seen == [
        (TODAY, "已回访", TODAY, officer.id), (None, None, TODAY + timedelta(days=3), officer.id),
        (None, None, TODAY, other.id),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "data", "sentence"),
    [
        ("finishing", {}, "请填写给企业的反馈"),
        ("postponement", {"days": "9999"}, "请选择推迟到什么时候"),
        ("hand-over", {"owner_id": "x"}, "请选择一个在用的账号"),
        ("undoing", {}, "没有可以撤销的操作"),
    ],
)
def test_a_deed_that_makes_no_sense_is_told(desk, officer, firm, deed, data, sentence):
    need = a_follow_up(firm, officer, is_need=True)

    answer = desk.post(f"/follow-ups/{need.id}/{deed}", data=data)

    assert sentence in answer.text


def test_what_is_done_is_not_done_again(desk, officer, firm):
    follow_up = a_follow_up(firm, officer, done_on=TODAY)

    assert "已于 2026-06-20 办结" in desk.post(f"/follow-ups/{follow_up.id}/finishing", data={}).text


def test_another_areas_things_look_as_if_there_were_none(sign_in, officer, firm):
    follow_up = a_follow_up(firm, officer)
    stranger = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=a_township()))

    assert stranger.post(f"/follow-ups/{follow_up.id}/finishing", data={}).status_code == 404
    assert stranger.get(f"/firms/{firm.id}/visits/new").status_code == 404


def test_a_leader_comes_in_to_the_county_and_an_auditor_to_the_deeds(signed_in):
    assert signed_in(Role.DIRECTOR).get("/").location == "/dashboard"
    assert signed_in(Role.AUDITOR).get("/").location == "/events"


def test_a_leaving_colleague_hands_everything_over_and_it_can_be_taken_back(app, officer, firm):
    other = a_user(Role.OFFICER)
    firm.owner_id = officer.id
    open_one, done = a_follow_up(firm, officer), a_follow_up(firm, officer, done_on=TODAY)

    handed = reassign(officer.id, other.id, COMMAND)

    assert {name: len(ids) for name, ids in handed.rows.items()} == {"firms": 1, "candidacies": 0, "follow_ups": 1}
    assert (firm.owner_id, open_one.owner_id, done.owner_id) == (other.id, other.id, officer.id)
    assert db.session.get(Standing, firm.id).owner_id == other.id
    assert undo_reassignment(handed.id, COMMAND) == 2
    assert (firm.owner_id, open_one.owner_id) == (officer.id, officer.id)
    with pytest.raises(Refusal, match="已经撤销过"):
        undo_reassignment(handed.id, COMMAND)


def test_nothing_to_hand_over_is_told(app, officer):
    other = a_user(Role.OFFICER)
    db.session.commit()

    with pytest.raises(Refusal, match="没有未了的"):
        reassign(officer.id, other.id, COMMAND)
    with pytest.raises(Refusal, match="两个不同的人"):
        reassign(officer.id, officer.id, COMMAND)


def test_who_is_behind_the_cadence_the_longest_unvisited_first(desk, firm):
    late, never, prospect = a_firm("嘉善很久有限公司"), a_firm("嘉善从未有限公司"), a_firm("嘉善潜在有限公司")
    for each in (firm, late, never):
        a_recognition(each, Title.LEADING, date(2024, 1, 1))
    for each, days in ((firm, 92), (late, 93)):
        a_visit(each, TODAY - timedelta(days=days))
    refreshed()

    assert [row.name for row in firms_behind(None, TODAY)] == ["嘉善从未有限公司", "嘉善很久有限公司"]
    assert told(desk.get("/visits/behind"), "table.data tbody th") == ["嘉善从未有限公司", "嘉善很久有限公司"]
    assert prospect.name not in desk.get("/visits/behind").text


def test_the_load_counts_by_officer_and_township(app, officer):
    town = a_township("西塘镇")
    firm = a_firm(township=town, owner_id=officer.id)
    a_recognition(firm, Title.LEADING, date(2024, 1, 1))
    a_visit(firm, by_id=officer.id)
    a_follow_up(firm, officer, TODAY - timedelta(days=1))
    refreshed()

    seen = loads(None, TODAY)

    (by_officer,), (by_town,) = seen.officers, seen.townships
    assert (by_officer.name, by_officer.visits, by_officer.covered, by_officer.coverage, by_officer.overdue) == (
        officer.name, 1, 1, 1.0, 1,
    )  # fmt: skip
    assert (by_town.name, by_town.visits, by_town.overdue) == ("西塘镇", 1, 1)


def test_every_number_of_the_load_opens_a_list_of_that_many(sign_in, officer):
    town = a_township("西塘镇")
    for place in (town, a_township("西塘产业园", within=town)):
        firm = a_firm(township=place)
        db.session.add(
            Candidacy(
                firm_id=firm.id, target=Title.HIGH_TECH, stage=Stage.COACHING, stage_since=TODAY, active_on=TODAY,
                opened_on=TODAY, owner_id=officer.id,
            )
        )  # fmt: skip
    refreshed()
    chief = sign_in(a_user(Role.SECTION_CHIEF))
    links = BeautifulSoup(chief.get("/visits/load").data, "html.parser").select("td.num a[href*=candidacies]")

    assert [link.get_text() for link in links] == ["2", "2"]
    for link in links:
        assert len(told(chief.get(link["href"]), "table.data tbody th")) == 2


@pytest.mark.parametrize("path", ["/", "/visits", "/visits/behind", "/visits/load", "/visits/follow-ups"])
def test_the_pages_take_the_same_number_of_queries_for_one_and_for_twenty(desk, officer, queries, path):
    def some(number: int) -> None:
        for _ in range(number):
            firm = a_firm(owner_id=officer.id)
            a_recognition(firm, Title.LEADING, date(2024, 1, 1))
            a_visit(firm, by_id=officer.id)
            a_follow_up(firm, officer)
        refreshed()

    some(1)
    desk.get(path)
    with queries() as few:
        desk.get(path)
    some(20)

    with queries() as many:
        desk.get(path)

    assert len(many) == len(few)


def test_what_is_owed_is_listed_by_whose_it_is_and_how_late(desk, officer, firm):
    a_follow_up(firm, officer, TODAY - timedelta(days=3))
    a_follow_up(firm, officer, TODAY + timedelta(days=20), is_need=True)
    a_follow_up(firm, a_user(), TODAY, done_on=TODAY, outcome="已答复企业")

    def listed(query: str) -> int:
        return len(told(desk.get(f"/visits/follow-ups{query}"), ".todo > li"))

    assert [listed(query) for query in ("", "?which=overdue", "?which=week&owner=mine", "?which=needs")] == [2, 1, 1, 1]
    assert "已答复企业" in desk.get("/visits/follow-ups?which=done").text
    assert "没有符合条件的诉求和跟进" in desk.get("/visits/follow-ups?owner=none").text


@pytest.mark.parametrize("path", ["/visits/follow-ups", "/visits/behind"])
@pytest.mark.parametrize("rubbish", ["which=x", "owner=nobody", "township=-1", "page=0", "size=7"])
def test_rubbish_in_the_address_of_the_lists_is_told(desk, path, rubbish):
    page = desk.get(f"{path}?{rubbish}")

    assert (page.status_code, "没有用上看不懂的条件" in page.text) == (200, True)


@pytest.mark.parametrize("rubbish", ["kind=x", "by=nobody", "first=yesterday", "township=-1", "page=0"])
def test_rubbish_in_the_address_is_told(desk, rubbish):
    page = desk.get(f"/visits?{rubbish}")

    assert (page.status_code, "没有用上看不懂的条件" in page.text) == (200, True)
