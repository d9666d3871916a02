"""Views of the list of firms: kept, opened, changed, shared, put away; for whom they are there and for whom not."""

from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import url_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from werkzeug.datastructures import MultiDict

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Event, SavedView
from crm.queries.firm_filter import PARAMETERS, VIEWS, FirmFilter
from crm.queries.saved_views import kept_state, view_args
from pipelines.vocabulary import EventKind, Role, Title
from tests.builders import a_firm, a_recognition, a_township, a_user

STATE = {"tier": "high_tech", "sort": "-founded_on", "cols": "uscc,owner"}


@pytest.fixture
def chief(app):
    return a_user(Role.SECTION_CHIEF, name="王科长")


@pytest.fixture
def officer(app):
    return a_user(Role.OFFICER, name="小李")


def kept() -> list[SavedView]:
    db.session.expire_all()
    return [*db.session.scalars(sa.select(SavedView).order_by(SavedView.id))]


def a_view(owner, name="我的高企", **values) -> SavedView:
    view = SavedView(owner_id=owner.id, name=name, **{"args": STATE, "opens_for": []} | values)
    db.session.add(view)
    db.session.flush()
    return view


def tabs(page) -> dict[str, str]:
    """Words and count → where it leads."""
    return {link.text.strip(): link["href"] for link in BeautifulSoup(page.text, "html.parser").select("nav.tabs a")}


def words(page) -> list[str]:
    return [text.rsplit(maxsplit=1)[0] for text in tabs(page)]


def told(page) -> str:
    return BeautifulSoup(page.text, "html.parser").get_text(" ", strip=True)


def test_what_the_list_shows_is_kept_under_a_name_and_opens_the_same_list(sign_in, officer):
    a_recognition(a_firm("嘉善高企有限公司"), Title.HIGH_TECH, clock.today())
    a_firm("嘉善别家有限公司")
    refresh_standings(None, clock.today())
    client = sign_in(officer)

    answer = client.post("/firms/views", data=STATE | {"name": "我的高企", "page": "3"}, follow_redirects=True)

    (view,) = kept()
    assert (view.name, view.args, view.is_shared, view.owner_id) == ("我的高企", STATE, False, officer.id)
    page = BeautifulSoup(answer.text, "html.parser")
    assert [link.text for link in page.select("table.data tbody th a")] == ["嘉善高企有限公司"]
    assert [head.text.strip() for head in page.select("table.data thead th")] == ["企业名称", "信用代码", "责任人"]
    assert page.select_one("nav.tabs [aria-current]").text.split() == ["我的高企", "1"]
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.VIEW_SAVED))
    assert (event.particulars["subject"], event.by_id) == ("我的高企", officer.id)


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["1", "50", "high_tech,tech_sme", "uscc,owner,gone", "2020-01-01", "中科"]
)
ARGS = st.dictionaries(st.sampled_from([*PARAMETERS, "x"]), TEXTS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(ARGS | st.sampled_from([view.to_args() for _, view in VIEWS.values()]))
def test_a_view_becomes_an_address_and_the_address_that_view(app, args):
    view = SavedView(id=7, name="试验", args=FirmFilter.from_args(args).state())

    with app.test_request_context():
        address = url_for("firms.index", **view_args(view))
    opened = FirmFilter.from_args(MultiDict(parse_qs(urlsplit(address).query)))

    assert opened.state() == view.args == kept_state(view)
    assert (opened.view, opened.ignored) == ("7", ())


def test_filtering_a_view_does_not_change_it_but_says_what_can_be_done(sign_in, officer):
    view = a_view(officer)
    client = sign_in(officer)

    same = client.get("/firms", query_string=view_args(view))
    changed = client.get("/firms", query_string=view_args(view) | {"q": "灵犀", "page": "2"})

    assert "已改动" not in told(same)
    assert "“我的高企”已改动 更新视图 另存为视图" in told(changed)
    assert "放弃改动" in told(changed)
    assert kept()[0].args == STATE


def test_turning_pages_is_no_change(sign_in, officer):
    view = a_view(officer)

    assert "已改动" not in told(sign_in(officer).get("/firms", query_string=view_args(view) | {"page": "2"}))


def test_view_is_updated_to_what_the_list_shows(sign_in, officer):
    view = a_view(officer)

    answer = sign_in(officer).post(f"/firms/views/{view.id}/state", data={"q": "灵犀", "version": view.version})

    assert kept()[0].args == {"q": "灵犀"}
    assert answer.location.endswith(f"view={view.id}")


def test_somebody_elses_update_of_a_shared_view_is_not_written_over(sign_in, chief):
    view = a_view(chief, is_shared=True)
    other = sign_in(a_user(Role.ADMINISTRATOR))
    sign_in(chief).post(f"/firms/views/{view.id}/state", data={"q": "先来", "version": 1})

    answer = other.post(f"/firms/views/{view.id}/state", data={"q": "后到", "version": 1})

    assert kept()[0].args == {"q": "先来"}
    assert (answer.status_code, "刚刚由他人更新" in answer.text) == (422, True)


def test_shared_views_reach_those_who_come_later_within_their_area(sign_in, chief):
    town = a_township("西塘镇")
    for place in (town, a_township("姚庄镇")):
        a_recognition(a_firm(township_id=place.id), Title.HIGH_TECH, clock.today())
    refresh_standings(None, clock.today())
    a_view(chief, "全县高企", is_shared=True)
    newcomer = a_user(Role.TOWNSHIP_OFFICER, township_id=town.id)

    assert "全县高企 1" in tabs(sign_in(newcomer).get("/firms?view=all"))
    assert "全县高企 2" in tabs(sign_in(chief).get("/firms?view=all"))


def test_own_views_are_nobody_elses(sign_in, officer, chief):
    view = a_view(officer)
    other = sign_in(chief)

    assert "我的高企" not in words(other.get("/firms?view=all"))
    for path in ("edit", "state", "moves", "archiving", "archiving/removal"):
        answer = other.post(f"/firms/views/{view.id}/{path}", data={"name": "抢来的"})
        assert answer.status_code == 404
    assert other.get(f"/firms/views/{view.id}/edit").status_code == 404
    assert "这个视图已作废，或者不是共享的" in told(other.get("/firms", query_string=view_args(view)))


def test_only_who_may_share_shares(sign_in, officer, chief):
    sign_in(officer).post("/firms/views", data={"name": "想共享", "is_shared": "y"})
    sign_in(chief).post("/firms/views", data={"name": "已共享", "is_shared": "y"})

    assert [(view.name, view.is_shared) for view in kept()] == [("想共享", False), ("已共享", True)]
    assert sign_in(officer).post(f"/firms/views/{kept()[1].id}/archiving").status_code == 404


def test_view_shared_by_somebody_who_has_left_works_on_and_is_kept_by_others(sign_in, chief, officer):
    view = a_view(chief, "全县高企", is_shared=True)
    chief.active = False
    admin = sign_in(a_user(Role.ADMINISTRATOR))

    assert "全县高企" in words(sign_in(officer).get("/firms?view=all"))
    assert "王科长（账号已停用，视图照常可用）" in told(admin.get("/firms/views"))
    admin.post(f"/firms/views/{view.id}/edit", data={"name": "全县高企（2026）", "is_shared": "y"})
    assert kept()[0].name == "全县高企（2026）"


def test_role_begins_with_the_view_it_was_given_and_a_person_with_the_own_one(sign_in, chief, officer):
    shared = a_view(chief, "科里先看", is_shared=True)
    own = a_view(officer, "我先看")
    settings_of_shared = {"name": "科里先看", "is_shared": "y", "opens_for": ["officer", "township_officer"]}
    sign_in(chief).post(f"/firms/views/{shared.id}/edit", data=settings_of_shared)

    of_role = sign_in(officer).get("/firms").location
    sign_in(officer).post(f"/firms/views/{own.id}/edit", data={"name": "我先看", "opens_first": "y"})
    of_own = sign_in(officer).get("/firms").location

    assert (of_role[-7:], of_own[-7:]) == (f"&view={shared.id}", f"&view={own.id}")
    assert sign_in(officer).get("/firms?view=all").status_code == 200
    assert sign_in(chief).get("/firms").status_code == 200


def test_newest_choice_of_what_a_role_begins_with_holds(sign_in, chief):
    first, second = (a_view(chief, name, is_shared=True) for name in ("先", "后"))
    for view in (first, second):
        sign_in(chief).post(
            f"/firms/views/{view.id}/edit", data={"name": view.name, "is_shared": "y", "opens_for": "officer"}
        )

    assert [view.opens_for for view in kept()] == [[], ["officer"]]


def test_order_of_tabs_is_what_was_made_of_it(sign_in, officer):
    views = [a_view(officer, name, position=place) for place, name in enumerate("甲乙丙")]
    client = sign_in(officer)

    client.post(f"/firms/views/{views[2].id}/moves", data={"to": "front"})
    client.post(f"/firms/views/{views[2].id}/moves", data={"to": "front"})
    client.post(f"/firms/views/{views[2].id}/moves", data={"to": "front"})

    assert words(client.get("/firms?view=all"))[:4] == ["全部", "丙", "甲", "乙"]


def test_view_is_put_away_and_taken_back(sign_in, officer):
    view = a_view(officer)
    client = sign_in(officer)

    away = client.post(f"/firms/views/{view.id}/archiving", follow_redirects=True)
    without = words(client.get("/firms?view=all"))
    client.post(f"/firms/views/{view.id}/archiving/removal")

    assert "恢复" in told(away)
    assert "我的高企" not in without
    assert "我的高企" in words(client.get("/firms?view=all"))
    kinds = {event.kind for event in db.session.scalars(sa.select(Event))}
    assert {EventKind.VIEW_ARCHIVED, EventKind.VIEW_RESTORED} <= kinds


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "请填写视图名称"),
        ("一" * 21, "视图名称应为20个字以内"),
        ("全部", "已有名为“全部”的视图"),
        ("我的高企", "已有名为“我的高企”的视图"),
        ("x" * 10_000, "视图名称应为20个字以内"),
    ],
    ids=["none", "too long", "built in", "taken", "far too long"],
)
def test_name_that_does_not_do_is_told_and_the_list_is_kept(sign_in, officer, name, sentence):
    a_view(officer)

    answer = sign_in(officer).post("/firms/views", data=STATE | {"name": name})

    assert (answer.status_code, sentence in told(answer)) == (422, True)
    assert '<input type="hidden" name="cols" value="uscc,owner">' in answer.text
    assert len(kept()) == 1


def test_thirty_views_are_enough_for_one(sign_in, officer):
    for number in range(30):
        a_view(officer, f"视图{number}")

    assert "已有 30 个" in told(sign_in(officer).post("/firms/views", data={"name": "再一个"}))


def test_view_whose_columns_are_gone_opens_with_the_others_and_says_so(sign_in, officer):
    view = a_view(officer, args={"cols": "uscc,no_such_column", "tier": "king"})

    page = sign_in(officer).get("/firms", query_string=view_args(view))

    assert "未识别的条件已忽略：cols=no_such_column、tier=king。" in told(page)
    assert "已改动" not in told(page)


def test_five_hundred_chips_are_told_in_a_sentence(sign_in, officer):
    page = sign_in(officer).get(f"/firms?township={','.join(map(str, range(1, 501)))}")

    assert "township=500 个值（一次最多 50 个）" in told(page)


@pytest.mark.parametrize("number", ["0", "99999", "2147483648", "99999999999999999999"])
@pytest.mark.parametrize("path", ["edit", "state", "moves", "archiving", "archiving/removal"])
def test_views_that_are_not_are_not_found(sign_in, officer, number, path):
    assert sign_in(officer).post(f"/firms/views/{number}/{path}").status_code in (404, 405)


def test_auditor_has_no_views(sign_in):
    assert sign_in(a_user(Role.AUDITOR)).get("/firms/views").status_code == 403


def test_shared_view_leaves_by_command_under_its_name(app, chief, tmp_path):
    a_recognition(a_firm("嘉善高企有限公司"), Title.HIGH_TECH, clock.today())
    a_firm("嘉善别家有限公司")
    refresh_standings(None, clock.today())
    a_view(chief, "全县高企", is_shared=True)
    a_view(chief, "自己的")
    db.session.commit()
    flask, file = app.test_cli_runner(), tmp_path / "高企.xlsx"

    done = flask.invoke(args=["export", "全县高企", "-o", str(file), "--as-listed"])
    refused = flask.invoke(args=["export", "自己的", "-o", str(tmp_path / "无.xlsx")])

    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert "全县高企：已导出 1 家" in done.output
    assert [row[0] for row in rows if "嘉善" in str(row[0])] == ["嘉善高企有限公司"]
    assert (refused.exit_code, "没有名为“自己的”的视图" in refused.output, "全县高企" in refused.output) == (
        1,
        True,
        True,
    )
