import pytest

from crm import clock
from crm.extensions import db
from pipelines.vocabulary import Role
from tests.builders import a_firm, a_township, a_user
from tests.pages import form_of


def test_change_is_saved_and_told(signed_in):
    firm = a_firm(address="旧址")
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")

    page = client.post(f"/firms/{firm.id}/edit", data=form | {"address": "新址"}, follow_redirects=True).text

    db.session.refresh(firm)
    assert firm.address == "新址"
    assert "已保存。" in page
    assert '<del class="old">旧址</del> → <ins class="new">新址</ins>' in page


def test_form_sent_back_unchanged_changes_nothing(signed_in):
    firm = a_firm(
        main_products="电池\n电芯", above_scale=True, registered_capital=12_345_678, remark="<b>&amp;", liaison="老张"
    )
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")

    page = client.post(f"/firms/{firm.id}/edit", data=form, follow_redirects=True).text

    db.session.refresh(firm)
    assert "内容没有变化，未作修改。" in page
    assert firm.version == 1


def test_two_who_change_different_fields_both_succeed(signed_in):
    firm = a_firm(address="旧址", liaison="老张")
    early, late = signed_in(Role.OFFICER), signed_in(Role.SECTION_CHIEF)
    forms = [form_of(client.get(f"/firms/{firm.id}/edit").text, "opened") for client in (early, late)]
    early.post(f"/firms/{firm.id}/edit", data=forms[0] | {"address": "新址"})

    page = late.post(f"/firms/{firm.id}/edit", data=forms[1] | {"liaison": "小王"}, follow_redirects=True).text

    db.session.refresh(firm)
    assert (firm.address, firm.liaison) == ("新址", "小王")
    assert "您打开之后他人改动了“地址”，已一并保留。" in page


@pytest.mark.parametrize(("choice", "address"), [("yours", "后来者填的"), ("now", "先来者填的")])
def test_later_save_of_the_same_field_is_asked_and_loses_nothing(sign_in, choice, address):
    firm = a_firm(address="旧址", liaison="老张", remark="备注")
    early, late = sign_in(a_user(name="先来者")), sign_in(a_user(name="后来者"))
    forms = [form_of(client.get(f"/firms/{firm.id}/edit").text, "opened") for client in (early, late)]
    early.post(f"/firms/{firm.id}/edit", data=forms[0] | {"address": "先来者填的", "remark": "先来者的备注"})

    asked = late.post(f"/firms/{firm.id}/edit", data=forms[1] | {"address": "后来者填的", "liaison": "小王"})
    shown = form_of(asked.text, "opened")
    unanswered = late.post(f"/firms/{firm.id}/edit", data=shown)
    saved = late.post(f"/firms/{firm.id}/edit", data=shown | {"take-address": choice})

    assert (asked.status_code, unanswered.status_code, saved.status_code) == (409, 409, 303)
    for part in ("旧址", "后来者填的", "先来者填的", "先来者 <span"):
        assert part in asked.text
    assert (shown["address"], shown["liaison"], shown["remark"]) == ("后来者填的", "小王", "先来者的备注")
    db.session.refresh(firm)
    assert (firm.address, firm.liaison, firm.remark) == (address, "小王", "先来者的备注")


def test_third_person_between_question_and_answer_is_asked_about_again(signed_in):
    firm = a_firm(address="旧址")
    first, second, third = (signed_in(Role.OFFICER) for _ in range(3))
    path = f"/firms/{firm.id}/edit"
    forms = [form_of(client.get(path).text, "opened") for client in (first, second, third)]
    first.post(path, data=forms[0] | {"address": "第一"})
    asked = form_of(second.post(path, data=forms[1] | {"address": "第二"}).text, "opened")
    now = form_of(third.get(path).text, "opened")
    third.post(path, data=now | {"address": "第三"})

    again = second.post(path, data=asked | {"take-address": "yours"})

    db.session.refresh(firm)
    assert (again.status_code, firm.address) == (409, "第三")
    assert "第三" in again.text


def test_conflict_over_a_choice_is_told_in_words(signed_in):
    firm = a_firm(township=a_township("旧镇"))
    new, other = a_township("新镇"), a_township("另镇")
    early, late = signed_in(Role.OFFICER), signed_in(Role.OFFICER)
    path = f"/firms/{firm.id}/edit"
    forms = [form_of(client.get(path).text, "opened") for client in (early, late)]
    early.post(path, data=forms[0] | {"township_id": str(new.id)})

    asked = late.post(path, data=forms[1] | {"township_id": str(other.id)}).text

    assert [f"<td>{name}</td>" in asked or f"> {name}</label>" in asked for name in ("旧镇", "新镇", "另镇")] == [
        True
    ] * 3


@pytest.mark.parametrize("opened", ["", "nonsense", "[1]", "{" * 9999, '{"address": ["x"]}'])
def test_form_whose_memory_was_tampered_with_overwrites_nothing_unasked(signed_in, opened):
    firm = a_firm(address="现址")
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")

    answer = client.post(f"/firms/{firm.id}/edit", data=form | {"opened": opened, "address": "新址"})

    db.session.refresh(firm)
    assert (answer.status_code, firm.address) == (409, "现址")


def test_half_a_form_clears_nothing_unasked(signed_in):
    firm = a_firm(address="现址", liaison="老张")

    answer = signed_in(Role.OFFICER).post(
        f"/firms/{firm.id}/edit", data={"name": firm.name, "uscc": firm.uscc, "status": "active"}
    )

    db.session.refresh(firm)
    assert (answer.status_code, firm.address, firm.liaison) == (409, "现址", "老张")


def test_code_of_another_firm_is_refused_in_its_field(signed_in):
    firm, other = a_firm(), a_firm("另一家有限公司")
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")

    answer = client.post(f"/firms/{firm.id}/edit", data=form | {"uscc": other.uscc, "address": "新址"})

    assert answer.status_code == 422
    assert "该代码已属于在库企业“另一家有限公司”" in answer.text
    assert form_of(answer.text, "opened")["address"] == "新址"


def test_archived_firm_is_refused_with_the_typed_text_kept(signed_in):
    firm = a_firm()
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")
    firm.archived_at = clock.now()

    answer = client.post(f"/firms/{firm.id}/edit", data=form | {"address": "新址"})

    assert answer.status_code == 422
    assert "该企业已归档，请先恢复再修改。" in answer.text
    assert form_of(answer.text, "opened")["address"] == "新址"


@pytest.mark.parametrize("method", ["get", "post"])
def test_firm_of_another_township_cannot_be_edited(signed_in, method):
    elsewhere = a_firm(township=a_township(), address="现址")

    answer = getattr(signed_in(Role.TOWNSHIP_OFFICER), method)(f"/firms/{elsewhere.id}/edit")

    assert answer.status_code == 404


def test_township_officer_cannot_move_a_firm_out_of_sight(sign_in):
    own, elsewhere = a_township(), a_township()
    firm = a_firm(township=own)
    client = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=own))
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")

    answers = [
        client.post(f"/firms/{firm.id}/edit", data=form | {"township_id": there}) for there in ("", str(elsewhere.id))
    ]

    db.session.refresh(firm)
    assert [answer.status_code for answer in answers] == [422, 422]
    assert firm.township_id == own.id


def test_reader_cannot_edit(signed_in):
    firm = a_firm()
    client = signed_in(Role.DIRECTOR)

    answers = [client.get(f"/firms/{firm.id}/edit"), client.post(f"/firms/{firm.id}/edit", data={})]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_owner_who_left_stays_until_somebody_changes_it(signed_in):
    left = a_user(Role.OFFICER, name="离任者", active=False)
    firm = a_firm(owner_id=left.id)
    client = signed_in(Role.OFFICER)
    form = form_of(client.get(f"/firms/{firm.id}/edit").text, "opened")

    client.post(f"/firms/{firm.id}/edit", data=form | {"address": "新址"})

    db.session.refresh(firm)
    assert (firm.owner_id, firm.address) == (left.id, "新址")
