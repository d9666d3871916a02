"""Townships and industries, kept by the administrator."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from crm.actions.demo import load_reference
from crm.actions.events import COMMAND
from crm.extensions import db
from crm.models import Event, Firm, Industry, Township
from crm.queries.places import places
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_township, a_user
from tests.pages import form_of


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def rows_of(page):
    rows = BeautifulSoup(page.text, "html.parser").select("main tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows]


def saved(client, township, **typed):
    path = f"/system/townships/{township.id}/edit"
    return client.post(path, data=form_of(client.get(path).text, "aliases") | typed)


def last_change():
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    return event.kind, event.particulars["subject"], event.particulars["changes"]


def test_tree_is_shown_with_what_hangs_on_each(chief):
    xitang = a_township("西塘镇")
    park = a_township("西塘智造园", within=xitang)
    a_firm(township=park), a_firm(township=park), a_firm(township=xitang)
    a_user(Role.TOWNSHIP_OFFICER, township=xitang)

    assert rows_of(chief.get("/system/townships")) == [
        ["西塘镇", "—", "1", "1", "在用"],
        ["└ 西塘智造园", "—", "2", "0", "在用"],
    ]


def test_new_one_can_be_chosen_and_is_understood_in_ledgers(chief, signed_in):
    answer = chief.post(
        "/system/townships", data={"name": "新城街道", "parent_id": "", "aliases": "新城、新城镇 新城街"}
    )

    assert answer.location == "/system/townships"
    key = db.session.scalar(sa.select(Township.id))
    assert f'<option value="{key}">新城街道</option>' in signed_in(Role.OFFICER).get("/firms/new").text
    assert {text for text, of in places().townships.items() if of == key} == {"新城街道", "新城", "新城镇", "新城街"}
    assert last_change() == (
        EventKind.TOWNSHIP_SAVED, "新城街道",
        [
            {"field": "name", "old": None, "new": "新城街道"},
            {"field": "aliases", "old": None, "new": "新城、新城镇、新城街"},
        ],
    )  # fmt: skip


def test_former_name_stays_understood_and_is_not_brought_back_by_the_reference_data(chief):
    load_reference(COMMAND)
    xitang = db.session.scalars(sa.select(Township).where(Township.name == "西塘镇")).one()
    weitang = db.session.scalars(sa.select(Township).where(Township.name == "魏塘街道")).one()

    answer = saved(chief, xitang, name="西塘古镇", parent_id=str(weitang.id))
    changed = load_reference(COMMAND)

    db.session.expire_all()
    assert (answer.status_code, changed) == (303, 0)
    assert (xitang.name, xitang.parent_id) == ("西塘古镇", weitang.id)
    assert places().townships["西塘镇"] == xitang.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Township)) == 9


def test_scope_of_an_officer_follows_a_move(chief, sign_in):
    xitang, yaozhuang = a_township("西塘镇"), a_township("姚庄镇")
    park = a_township("智造园", within=xitang)
    firm = a_firm(township=park)
    officers = [sign_in(a_user(Role.TOWNSHIP_OFFICER, township=each)) for each in (xitang, yaozhuang)]
    path = f"/firms/{firm.id}"
    before = [each.get(path).status_code for each in officers]

    saved(chief, park, parent_id=str(yaozhuang.id))

    assert (before, [each.get(path).status_code for each in officers]) == ([200, 404], [404, 200])


def test_place_is_not_put_into_itself_or_below_itself(chief):
    xitang = a_township("西塘镇")
    park = a_township("智造园", within=xitang)

    answer = saved(chief, xitang, parent_id=str(park.id), name="西塘新镇")

    assert answer.status_code == 422
    assert "不能移到它自己或它下属的区域里" in answer.text
    assert form_of(answer.text, "aliases")["name"] == "西塘新镇"
    assert db.session.scalars(sa.select(Township.name).order_by(Township.id)).all() == ["西塘镇", "智造园"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "镇" * 61}, "60"),
        ({"name": "镇" * 10_000}, "60"),
        ({"name": "姚庄"}, "“姚庄”已是“姚庄镇”的名称或写法"),
        ({"aliases": "姚庄镇"}, "“姚庄镇”已是“姚庄镇”的名称或写法"),
        ({"aliases": "、".join(f"写法{n}" for n in range(21))}, "其他写法最多20个"),
        ({"parent_id": "999"}, "请选择上级"),
        ({"parent_id": "x"}, "请选择上级"),
    ],
)
def test_what_cannot_be_is_told(chief, typed, sentence):
    xitang, yaozhuang = a_township("西塘镇"), a_township("姚庄镇")
    yaozhuang.aliases = ["姚庄"]

    answer = saved(chief, xitang, **typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


def test_voided_one_keeps_what_hangs_on_it_and_takes_nothing_new(chief, signed_in):
    xitang = a_township("西塘镇")
    empty = a_township("姚庄镇")
    firm = a_firm(township=xitang)
    officer = signed_in(Role.OFFICER)

    page = chief.get(f"/system/townships/{xitang.id}/edit").text
    for place in (xitang, empty):
        assert chief.post(f"/system/townships/{place.id}/voiding").location == "/system/townships"
    listed, new = officer.get("/firms").text, officer.get("/firms/new").text
    edited = officer.post(
        f"/firms/{firm.id}/edit", data=form_of(officer.get(f"/firms/{firm.id}/edit").text, "uscc") | {"park": "科技园"}
    )

    assert "它名下的企业 1 家、镇街专干 0 人都不变" in page
    assert ("西塘镇（已作废）" in listed, "姚庄镇" in listed) == (True, False)
    assert ("西塘镇" in new, "姚庄镇" in new) == (False, False)
    assert edited.status_code == 303
    assert db.session.scalar(sa.select(Firm.township_id)) == xitang.id
    chief.post(f"/system/townships/{empty.id}/restoring")
    assert last_change() == (EventKind.TOWNSHIP_SAVED, "姚庄镇", [{"field": "voided", "old": True, "new": False}])


def test_one_with_areas_in_use_is_not_voided(chief):
    xitang = a_township("西塘镇")
    a_township("智造园", within=xitang)

    page = chief.get(f"/system/townships/{xitang.id}/edit").text
    answer = chief.post(f"/system/townships/{xitang.id}/voiding")

    assert (f"/{xitang.id}/voiding" in page, "先作废下属区域或移到别处，才能作废这里" in page) == (False, True)
    assert answer.status_code == 422
    assert "还有 1 个在用的下属区域" in answer.text
    assert db.session.get(Township, xitang.id).voided_at is None


class TestIndustries:
    @pytest.fixture(autouse=True)
    def classification(self, app):
        load_reference(COMMAND)

    def test_are_found_added_renamed_and_voided(self, chief, signed_in):
        found = rows_of(chief.get("/system/industries?q=397"))
        chief.post("/system/industries", data={"code": "3979", "name": "其他电子器件制造"})
        chief.post("/system/industries/3979/edit", data={"name": "另外的电子器件制造"})
        renamed = db.session.get(Industry, "3979").name
        chief.post("/system/industries/3979/voiding")
        load_reference(COMMAND)

        assert found[0][:2] == ["397", db.session.get(Industry, "397").name]
        assert renamed == "另外的电子器件制造"
        assert "3979 " not in signed_in(Role.OFFICER).get("/firms/new").text
        assert last_change()[0] in (EventKind.INDUSTRY_SAVED, EventKind.REFERENCE_LOADED)
        chief.post("/system/industries/3979/restoring")
        assert "3979 另外的电子器件制造" in signed_in(Role.OFFICER).get("/firms/new").text

    def test_renamed_one_is_not_renamed_back_by_the_reference_data(self, chief):
        chief.post("/system/industries/397/edit", data={"name": "电子器件"})

        load_reference(COMMAND)

        db.session.expire_all()
        assert db.session.get(Industry, "397").name == "电子器件"

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"code": "", "name": "x"}, "请填写代码"),
            ({"code": "C39", "name": "x"}, "代码应为 2 至 4 位数字"),
            ({"code": "39", "name": "x"}, "代码 39 已有"),
            ({"code": "999", "name": "x"}, "还没有上一级代码 99"),
            ({"code": "3979", "name": "业" * 10_000}, "80"),
        ],
    )
    def test_what_cannot_be_is_told(self, chief, typed, sentence):
        answer = chief.post("/system/industries", data=typed)

        assert answer.status_code == 422
        assert sentence in answer.text

    def test_one_with_parts_in_use_is_not_voided(self, chief):
        assert "还有" in chief.post("/system/industries/39/voiding").text

    @pytest.mark.parametrize("code", ["nothing", "9" * 5000, "%F0%9F%98%80"])
    def test_unknown_code_is_no_page(self, chief, code):
        assert chief.get(f"/system/industries/{code}/edit").status_code == 404


@pytest.mark.parametrize(
    "path", ["/system/townships", "/system/townships/new", "/system/industries", "/system/first-steps"]
)
def test_pages_are_the_administrators(signed_in, path):
    statuses = [signed_in(role).get(path).status_code for role in (Role.SECTION_CHIEF, Role.OFFICER, Role.AUDITOR)]

    assert statuses == [403, 403, 403]
