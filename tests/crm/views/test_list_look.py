"""How the list of firms is asked and how it looks: conditions by a form, groups, sums, own columns."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Preference
from pipelines.vocabulary import Role
from tests.builders import WAN, a_firm, a_township, a_user, some_figures

TYPED = {"term_field": "rd_ratio", "term_year": "last", "term_is": "at_least", "term_value": "3"}


@pytest.fixture
def officer(sign_in):
    return sign_in(a_user(Role.OFFICER))


def read(answer) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def chips(page: BeautifulSoup) -> dict[str, str]:
    return {chip.contents[0].strip(): chip.a["href"] for chip in page.select(".chip")}


def heads(page: BeautifulSoup) -> list[str]:
    return [head.text.strip() for head in page.select("table.data thead th")]


def test_condition_is_added_by_a_form_and_taken_away_by_its_chip(officer):
    answer = officer.get("/firms", query_string=TYPED | {"view": "all", "sort": "-founded_on"})
    page = read(officer.get(answer.location))

    assert answer.location == "/firms?where=rd_ratio%40last.at_least.3&view=all&sort=-founded_on"
    assert chips(page) == {"去年研发占比 ≥ 3 %": "/firms?view=all&sort=-founded_on"}


def test_another_group_says_or(officer):
    first = officer.get("/firms", query_string=TYPED).location
    town = a_township("西塘镇")
    more = {"term_field": "township", "term_is": "is", "term_value": "西塘镇", "term_group": "new"}

    both = officer.get(first + "&" + "&".join(f"{name}={value}" for name, value in more.items())).location

    assert f"2%3Atownship.is.{town.id}" in both
    assert list(chips(read(officer.get(both)))) == ["第一组 · 去年研发占比 ≥ 3 %", "第二组 · 镇街为西塘镇"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"term_is": ""}, "请选择要比较的内容和怎样比较。"),
        ({"term_value": ""}, "请填写要比较的值。"),
        ({"term_is": "between"}, "请填写两个值：从多少到多少。"),
        ({"term_value": "很多"}, "“研发占比”应与百分数，如 3 或 4.5比较。"),
        ({"term_is": "contains"}, "“研发占比”不能用“包含…”来比较"),
        ({"term_field": "township", "term_is": "is", "term_value": "没有的镇"}, "“镇街”应与列出的选项之一比较。"),
        ({"term_field": "nonsense"}, "请选择要比较的内容和怎样比较。"),
        ({"term_value": "9" * 10_000}, "“研发占比”应与百分数"),
    ],
)
def test_what_cannot_be_compared_is_told_and_what_was_typed_stays(officer, typed, sentence):
    page = read(officer.get("/firms", query_string=TYPED | typed))

    assert sentence in page.select_one(".terms .notice").text
    assert page.select_one("[name=term_value]")["value"] == (TYPED | typed)["term_value"][:100]


def test_groups_open_their_lists_and_add_up(officer):
    town = a_township("西塘镇")
    for wan in (100, 200):
        some_figures(a_firm(township_id=town.id), clock.today().year - 1, sales_revenue=wan * WAN)
    a_firm()
    refresh_standings(None, clock.today())

    page = read(officer.get("/firms?group=township"))
    rows = [
        [cell.text.strip() for cell in row.select("th, td")] for row in page.select("table.data tbody tr, tfoot tr")
    ]
    opened = read(officer.get(page.select_one("table.data tbody a")["href"]))

    assert rows[0][:3] == ["西塘镇", "2", "300.00"]
    assert (rows[1][:3], rows[2][:3]) == (["未填镇街", "1", "—"], ["合计", "3", "300.00"])
    assert len(opened.select("table.data tbody tr")) == 2


def test_sums_stand_below_their_columns_when_asked_for(officer):
    for wan in (100, 200):
        some_figures(a_firm(), clock.today().year - 1, sales_revenue=wan * WAN)
    refresh_standings(None, clock.today())

    page = read(officer.get("/firms?sums=yes&cols=uscc,sales_revenue,rd_ratio"))

    assert [cell.text.strip() for cell in page.select("tfoot th, tfoot td")] == ["合计", "", "300.00", ""]
    assert read(officer.get("/firms")).select("tfoot") == []


def test_own_look_is_kept_for_every_list_and_given_up_again(officer, sign_in):
    a_firm()
    refresh_standings(None, clock.today())
    liked = {"cols": "uscc,owner", "widths": "name:240,uscc:80", "density": "compact", "size": "50", "q": "不是样子"}

    officer.post("/firms/look", data=liked)
    page, other = read(officer.get("/firms")), read(sign_in(a_user(Role.OFFICER)).get("/firms"))
    said = read(officer.get("/firms?cols=owner&density=roomy"))
    (kept,) = db.session.scalars(sa.select(Preference.firm_list))
    officer.post("/firms/look/removal")

    assert kept == {name: text for name, text in liked.items() if name != "q"}
    assert heads(page) == ["企业名称", "信用代码", "责任人"]
    assert page.select_one("table.data.compact td.width-80")
    assert heads(said) == ["企业名称", "责任人"]
    assert said.select_one("table.data.compact") is None
    assert len(heads(other)) > 10
    assert heads(read(officer.get("/firms"))) == heads(other)


def test_export_has_the_columns_that_are_seen(officer):
    a_firm()
    refresh_standings(None, clock.today())
    officer.post("/firms/look", data={"cols": "uscc"})

    page = read(officer.get("/firms"))

    assert page.select_one("form[action='/exports'] [name=cols]")["value"] == "uscc"


def test_view_saved_while_the_own_look_is_shown_keeps_it(officer):
    a_firm()
    refresh_standings(None, clock.today())
    officer.post("/firms/look", data={"cols": "uscc", "density": "compact"})

    page = read(officer.get("/firms?view=all"))

    saved = {field["name"]: field["value"] for field in page.select(".view-save form input[type=hidden]")}
    assert {name: saved.get(name) for name in ("cols", "density")} == {"cols": "uscc", "density": "compact"}


@pytest.mark.parametrize(
    "rubbish", [{}, {"cols": "x" * 10_000}, {"widths": "name:7"}, {"density": "huge", "size": "0"}]
)
def test_rubbish_is_no_look(officer, rubbish):
    assert officer.post("/firms/look", data=rubbish).status_code == 303
    assert db.session.scalar(sa.select(Preference.firm_list)) == {}
