import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Event, Firm, FormerName
from pipelines.names import normalised_name
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_township, a_uscc, a_user
from tests.pages import form_of


def firms() -> list[str]:
    return list(db.session.scalars(sa.select(Firm.name).order_by(Firm.id)))


def test_new_firm_is_entered_and_shown(signed_in):
    client = signed_in(Role.OFFICER)
    form = form_of(client.get("/firms/new").text, "uscc")

    answer = client.post(
        "/firms", data=form | {"name": "嘉善兰钧新能源有限公司", "uscc": a_uscc()}, follow_redirects=True
    )

    assert (answer.status_code, firms()) == (200, ["嘉善兰钧新能源有限公司"])
    assert "已新增企业“嘉善兰钧新能源有限公司”" in answer.text


def test_everything_typed_is_kept_when_something_is_wrong(signed_in):
    client = signed_in(Role.OFFICER)
    typed = {
        "name": "", "uscc": "91330421MAXN00001", "registered_capital": "12万3", "founded_on": "2099-01-01",
        "address": "嘉善县某路1号", "status": "active", "main_products": "电池\n电芯",
    }  # fmt: skip

    answer = client.post("/firms", data=typed)

    assert (answer.status_code, firms()) == (422, [])
    for sentence in ("请填写企业名称", "现为17位", "注册资本应为数字", "成立日期应为不晚于今天的日期"):
        assert sentence in answer.text
    kept = form_of(answer.text, "uscc")
    assert {name: kept[name] for name in typed} == typed


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("registered_capital", "-1"),
        ("registered_capital", "1e309"),
        ("registered_capital", "9" * 40),
        ("registered_capital", "NaN"),
        ("registered_capital", "0.0000001"),
        ("founded_on", "2020-13-01"),
        ("founded_on", "0000-00-00"),
        ("township_id", "999999"),
        ("township_id", "x"),
        ("industry_code", "'; drop table firms"),
        ("status", "nonsense"),
        ("above_scale", "maybe"),
        ("levy_mode", "true"),
        ("name", "长" * 121),
        ("name", "\u202e\u200b"),
        ("address", "长" * 10**5),
        ("uscc", "91330421MAXN00001０Ｘ"),
        ("owner_id", "-1"),
    ],
)
def test_rubbish_in_a_field_is_told_and_enters_nothing(signed_in, field, typed):
    client = signed_in(Role.OFFICER)
    sound = {"name": "嘉善兰钧有限公司", "uscc": a_uscc(), "status": "active"}

    answer = client.post("/firms", data=sound | {field: typed})

    assert (answer.status_code, firms()) == (422, [])
    assert f'href="#{field}"' in answer.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  嘉善\u200b兰钧\u202e有限公司 ", "嘉善兰钧有限公司"),
        ("<script>alert(1)</script>有限公司", "<script>alert(1)</script>有限公司"),
        ("'; DROP TABLE firms; --有限公司", "'; DROP TABLE firms; --有限公司"),
        ("=1+1有限公司", "=1+1有限公司"),
    ],
)
def test_name_is_kept_as_a_person_meant_it(signed_in, typed, kept):
    client = signed_in(Role.OFFICER)

    page = client.post("/firms", data={"name": typed, "uscc": a_uscc(), "status": "active"}, follow_redirects=True)

    assert (page.status_code, firms()) == (200, [kept])
    assert "<script>alert" not in page.text


def test_code_on_the_register_is_refused_with_a_way_to_the_firm(signed_in):
    known = a_firm("嘉善兰钧有限公司")
    client = signed_in(Role.OFFICER)

    answer = client.post("/firms", data={"name": "别的有限公司", "uscc": known.uscc.lower(), "status": "active"})

    assert (answer.status_code, len(firms())) == (422, 1)
    assert "该代码已属于在库企业“嘉善兰钧有限公司”" in answer.text
    assert f'href="/firms/{known.id}"' in answer.text


def test_similar_name_is_shown_first_and_entered_when_confirmed(signed_in):
    known = a_firm("嘉善兰钧新能源科技有限公司")
    refresh_standings([known.id], clock.today())
    client = signed_in(Role.OFFICER)
    form = form_of(client.get("/firms/new").text, "uscc")
    form |= {"name": "兰均新能源科技（嘉善）有限公司", "uscc": a_uscc()}

    asked = client.post("/firms", data=form)
    seen = form_of(asked.text, "uscc") | {"confirmed": form["name"]}
    renamed = client.post("/firms", data=seen | {"name": "兰钧新能源科技有限公司"})
    entered = client.post("/firms", data=seen)

    assert [answer.status_code for answer in (asked, renamed, entered)] == [422, 422, 303]
    assert f'href="/firms/{known.id}"' in asked.text
    assert "仍要新增" in asked.text
    assert len(firms()) == 2


def test_former_name_of_a_firm_is_warned_of(signed_in):
    known = a_firm("嘉善新名有限公司")
    known.former_names.append(FormerName(name="嘉善旧名有限公司", normalised_name=normalised_name("嘉善旧名有限公司")))

    answer = signed_in(Role.OFFICER).get("/firms/duplicates?name=嘉善旧名有限公司").text

    assert "曾用名“嘉善旧名有限公司”" in answer
    assert f'href="/firms/{known.id}"' in answer


@pytest.mark.parametrize(
    "query", ["", "name=&uscc=", "name=" + "长" * 5000, "uscc=x", "name=%27%25_", "name=有限公司", "name=\u202e"]
)
def test_warning_keeps_quiet_about_rubbish(signed_in, query):
    a_firm("嘉善兰钧有限公司")

    answer = signed_in(Role.OFFICER).get(f"/firms/duplicates?{query}")

    assert (answer.status_code, "notice" in answer.text) == (200, False)


def test_firm_elsewhere_is_not_named_to_a_township_officer(sign_in):
    known = a_firm("嘉善兰钧新能源科技有限公司", township=a_township())
    own = a_township()
    client = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=own))
    form = form_of(client.get("/firms/new").text, "uscc") | {"township_id": str(own.id)}

    by_code = client.post("/firms", data=form | {"name": "别的有限公司", "uscc": known.uscc})
    by_name = client.post("/firms", data=form | {"name": "兰钧新能源科技有限公司", "uscc": a_uscc()})

    assert "辖区之外的在库企业" in by_code.text
    assert "另有 1 家名称相近的企业不在您的辖区" in by_name.text
    assert [known.name in page.text for page in (by_code, by_name)] == [False, False]


def test_township_officer_enters_firms_of_the_own_area_only(sign_in):
    own, elsewhere = a_township(), a_township()
    client = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=own))
    firm = {"name": "嘉善兰钧有限公司", "uscc": a_uscc(), "status": "active"}

    nowhere = client.post("/firms", data=firm)
    outside = client.post("/firms", data=firm | {"township_id": str(elsewhere.id)})
    inside = client.post("/firms", data=firm | {"township_id": str(own.id)})

    assert [page.status_code for page in (nowhere, outside, inside)] == [422, 422, 303]


def test_fields_that_the_form_does_not_have_are_passed_over(signed_in):
    client = signed_in(Role.OFFICER)

    client.post(
        "/firms",
        data={
            "name": "嘉善兰钧有限公司", "uscc": a_uscc(), "status": "active",
            "id": "77", "is_demo": "1", "version": "9", "archived_at": "2020-01-01", "normalised_name": "x",
        },
    )  # fmt: skip

    firm = db.session.scalars(sa.select(Firm)).one()
    assert (firm.id, firm.is_demo, firm.version, firm.archived_at) == (1, False, 1, None)
    assert firm.normalised_name == "嘉善兰钧有限公司"


def test_post_without_token_is_refused(signed_in):
    client = signed_in(Role.OFFICER)
    client.environ_base.pop("HTTP_X_CSRFTOKEN")

    answer = client.post("/firms", data={"name": "嘉善兰钧有限公司", "uscc": a_uscc(), "status": "active"})

    assert (answer.status_code, firms()) == (400, [])


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR])
def test_reader_enters_nothing(signed_in, role):
    client = signed_in(role)

    answers = [client.get("/firms/new"), client.post("/firms", data={"name": "某有限公司", "uscc": a_uscc()})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert firms() == []


def test_new_firm_is_told_in_its_timeline(signed_in):
    client = signed_in(Role.OFFICER)

    client.post("/firms", data={"name": "嘉善兰钧有限公司", "uscc": a_uscc(), "status": "active"})

    event = db.session.scalars(sa.select(Event).where(Event.firm_id.is_not(None))).one()
    assert (event.kind, event.through) == (EventKind.FIRM_CREATED, "form")


def test_text_beyond_every_limit_is_refused_at_the_door(signed_in):
    answer = signed_in(Role.OFFICER).post("/firms", data={"name": "长" * 10**6, "uscc": a_uscc(), "status": "active"})

    assert (answer.status_code, firms()) == (413, [])
