from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from crm.extensions import db
from crm.models import Event, Firm
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_township, a_uscc, a_user
from tests.workbooks import an_upload


@pytest.fixture
def client(app, sign_in):
    a_township("西塘镇")
    return sign_in(a_user(name="王科员"))


def text_of(answer) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())


def upload(client, rows, **more) -> str:
    """The address of the preview."""
    return client.post("/imports", data=an_upload(rows, **more)).location


def firm_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Firm))


def test_upload_leads_to_a_preview_that_has_written_nothing(client):
    known = a_firm()
    db.session.commit()

    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"], [known.uscc, known.name, "西塘镇"]])
    page = text_of(client.get(there))

    assert "确认导入 2 条（新增 1，更新 1）" in page
    assert "镇街： 西塘镇" in page
    assert firm_count() == 1


def test_confirmation_writes_and_shows_the_result_twice_alike(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])

    first = client.post(f"{there}/confirmation", follow_redirects=True)
    second = client.post(f"{there}/confirmation", follow_redirects=True)

    assert first.request.path == second.request.path == there
    assert "已全部写入" in text_of(first)
    assert text_of(second) == text_of(first)
    assert firm_count() == 1


def test_figures_of_the_preview_open_the_rows_they_count(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"], ["91330421X", "嘉善乙科技有限公司"]])

    created = text_of(client.get(f"{there}?outcome=create"))
    faulty = text_of(client.get(f"{there}?outcome=faulty"))

    assert ("嘉善甲科技有限公司" in created, "嘉善乙科技有限公司" in created) == (True, False)
    assert ("嘉善甲科技有限公司" in faulty, "嘉善乙科技有限公司" in faulty) == (False, True)


@pytest.mark.parametrize("query", ["page=-1", "page=1000000000", "outcome=nonsense", "size=7", "page=abc", "x=%00"])
def test_senseless_parameters_show_the_preview(client, query):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])

    assert client.get(f"{there}?{query}").status_code in (200, 400)


def test_question_is_answered_and_the_answer_taken_back(client):
    firm = a_firm(name="嘉善同名科技有限公司")
    db.session.commit()
    there = upload(client, [[None, "嘉善同名科技有限公司", "西塘镇"]])

    client.post(f"{there}/answers", data={"answer:台账!2": str(firm.id)})
    answered = text_of(client.get(there))
    client.post(f"{there}/answers", data={"answer:台账!2": ""})
    asked_again = text_of(client.get(there))

    assert "确认导入 1 条（更新 1）" in answered
    assert "是库中的 嘉善同名科技有限公司" in asked_again


def test_faulty_rows_come_back_as_a_workbook_that_can_be_corrected_and_uploaded(client):
    there = upload(client, [["91330421X", "嘉善甲科技有限公司"], [a_uscc(), "嘉善乙科技有限公司"]])

    workbook = openpyxl.load_workbook(BytesIO(client.get(f"{there}/faulty-rows").data))
    sheet = workbook.active
    sheet["B2"] = a_uscc()
    corrected = BytesIO()
    workbook.save(corrected)
    corrected.seek(0)
    again = client.post("/imports", data={"file": (corrected, "改好.xlsx")}).location

    taken_out = db.session.scalars(sa.select(Event.particulars).where(Event.kind == EventKind.EXPORTED)).one()
    assert sheet.max_row == 2
    assert taken_out["list"] == "未导入行"
    assert taken_out["count"] == 1
    assert "统一社会信用代码" in sheet["A2"].value
    assert "确认导入 1 条（新增 1）" in text_of(client.get(again))


def test_preview_without_left_out_rows_has_none_to_download(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])

    assert client.get(f"{there}/faulty-rows").status_code == 404


def test_file_that_came_before_says_when_and_by_whom(client):
    rows = [[a_uscc(), "嘉善甲科技有限公司"]]
    client.post(f"{upload(client, rows)}/confirmation")

    page = text_of(client.get(upload(client, rows)))

    assert "同一个文件已由王科员于" in page
    assert "没有可以导入的变化" in page
    assert "确认导入" not in page


def test_upload_without_a_file_asks_for_one(client):
    answer = client.post("/imports")

    assert answer.status_code == 422
    assert "请选择要导入的表格文件" in text_of(answer)


@pytest.mark.parametrize(
    ("content", "name", "beginning"),
    [
        (b"", "空.xlsx", "文件是空的"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "图.xlsx", "这是图片"),
        (b"%PDF-1.7", "文.xlsx", "这是PDF"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页.xls", "这是网页"),
        (b"PK\x03\x04" + b"0" * 50, "坏.xlsx", "文件已损坏"),
        ("甲,乙\n1,2\n".encode(), "没有标题.csv", "没有找到“企业名称”"),
    ],
    ids=["empty", "picture", "pdf", "html", "broken zip", "no titles"],
)
def test_file_that_cannot_be_read_is_refused_with_its_sentence(client, content, name, beginning):
    answer = client.post("/imports", data={"file": (BytesIO(content), name)})

    sentence = BeautifulSoup(answer.text, "html.parser").select_one(".notice-bad p").text
    assert answer.status_code == 422
    assert sentence.startswith(beginning)
    assert firm_count() == 0


def test_upload_over_the_limit_names_it(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "UPLOAD_MAX_BYTES", 1024 * 1024)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2 * 1024 * 1024)

    answers = [
        client.post("/imports", data={"file": (BytesIO(b"0" * size), "大.xlsx")})
        for size in (1024 * 1024 + 1, 3 * 1024 * 1024)
    ]

    assert [answer.status_code for answer in answers] == [422, 413]
    assert all("1 MB" in answer.text or "1MB" in answer.text for answer in answers)


def test_batch_of_somebody_else_looks_like_none(client, sign_in):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    stranger = sign_in(a_user())

    answers = [
        stranger.get(there),
        stranger.get(f"{there}/columns"),
        stranger.get(f"{there}/faulty-rows"),
        stranger.post(f"{there}/confirmation"),
        stranger.post(f"{there}/answers"),
        stranger.post(f"{there}/discarding"),
        stranger.get("/imports/999999"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    assert firm_count() == 0


def test_discarded_import_says_so_when_confirmed(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    client.post(f"{there}/discarding")

    answer = client.post(f"{there}/confirmation", follow_redirects=True)

    assert "已放弃" in answer.text
    assert firm_count() == 0


def test_titles_are_shown_beside_what_they_were_taken_for(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司", "虎"]], titles=("信用代码", "单位名称", "老板属相"))

    page = text_of(client.get(f"{there}/columns"))

    assert "单位名称 企业名称" in page
    assert "老板属相 不导入" in page


def test_hostile_text_of_a_file_stays_text(client):
    there = upload(client, [["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"]], file_name="<b>x</b>.xlsx")

    page = client.get(there).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>x</b>" not in page


def test_list_of_imports_holds_ones_own(client, sign_in):
    upload(client, [[a_uscc(), "嘉善甲科技有限公司"]], file_name="我的.xlsx")
    stranger = sign_in(a_user())

    assert "我的.xlsx" in client.get("/imports").text
    assert "我的.xlsx" not in stranger.get("/imports").text


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR])
def test_who_only_reads_may_not_import(signed_in, role):
    assert signed_in(role).post("/imports").status_code == 403


def test_all_namesakes_are_taken_for_the_known_firms_at_once(client):
    for name in ("嘉善同名科技有限公司", "嘉善同姓科技有限公司"):
        a_firm(name=name)
    db.session.commit()
    there = upload(client, [[None, "嘉善同名科技有限公司", "西塘镇"], [None, "嘉善同姓科技有限公司", "西塘镇"]])

    client.post(f"{there}/answers", data={"answer:*": "same"})
    settled = text_of(client.get(there))
    client.post(f"{there}/answers", data={"answer:*": ""})

    assert "确认导入 2 条（更新 2）" in settled
    assert "确认导入" not in text_of(client.get(there))


def test_template_of_a_list_is_handed_out_and_an_unknown_one_is_not(signed_in):
    officer = signed_in(Role.OFFICER)

    assert officer.get("/imports/template/ip_right").mimetype.endswith("spreadsheetml.sheet")
    assert officer.get("/imports/template/nonsense").status_code == 404


def undone(client, there, **fields):
    return client.post(f"{there}/undoing", data=fields, follow_redirects=True)


def test_undo_is_offered_seen_and_done(client):
    known = a_firm()
    db.session.commit()
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"], [known.uscc, known.name, "西塘镇"]])
    client.post(f"{there}/confirmation")

    ended = client.get(there).text
    asked = text_of(client.get(f"{there}/undoing"))
    answer = undone(client, there)

    assert f"{there}/undoing" in ended
    assert "撤销导入（移出 1 家，恢复 1 家）" in asked or "移出企业库（本次新增） 1 家" in asked
    assert "撤销：移出 1 家，恢复 1 家。" in text_of(answer)
    assert firm_count() == 1


def test_undo_sent_twice_tells_the_second_time_that_it_is_done(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    client.post(f"{there}/confirmation")
    undone(client, there)

    again = undone(client, there)
    page = client.get(f"{there}/undoing")

    assert "不必再撤销一次" in text_of(again)
    assert (page.status_code, "不必再撤销一次" in page.text) == (422, True)


def test_edited_firm_is_listed_by_name_and_goes_back_only_when_ticked(client):
    known = a_firm("嘉善旧识科技有限公司", address="旧址")
    db.session.commit()
    titles = ("统一社会信用代码", "企业名称", "详细地址")
    there = upload(client, [[known.uscc, known.name, "表中地址"]], titles=titles)
    client.post(f"{there}/confirmation")
    known.address = "手改地址"
    db.session.commit()

    asked = text_of(client.get(f"{there}/undoing"))
    undone(client, there, forced=str(known.id))

    db.session.expire_all()
    assert "嘉善旧识科技有限公司 导入后" in asked
    assert known.address == "旧址"


@pytest.mark.parametrize("forced", ["abc", "-1", "99999999999999999999", "", "１"])
def test_senseless_ticks_are_passed_over(client, forced):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    client.post(f"{there}/confirmation")

    undone(client, there, forced=forced)

    assert firm_count() == 0


def test_history_tells_file_kind_counts_who_and_hash_and_is_filtered(client):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    client.post(f"{there}/confirmation")
    undone(client, there)

    page = text_of(client.get("/imports"))
    found = [text_of(client.get(f"/imports?{query}")) for query in ("kind=ledger&status=undone", "status=applied")]
    senseless = client.get("/imports?kind=x&status=%E5%9D%8F&page=1000000000&size=7")

    assert all(word in page for word in ("台账.xlsx", "企业台账", "已撤销", "王科员"))
    assert ("台账.xlsx" in found[0], "没有这样的导入" in found[1]) == (True, True)
    assert senseless.status_code == 200


def test_chief_sees_and_undoes_a_colleagues_import_but_not_its_rows(client, signed_in):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    chief = signed_in(Role.SECTION_CHIEF)

    waiting = text_of(chief.get(there))
    client.post(f"{there}/confirmation")
    answer = undone(chief, there)

    assert "预览只有上传的人能看" in waiting
    assert "嘉善甲科技" not in waiting
    assert "撤销：移出 1 家" in text_of(answer)


def test_stranger_can_neither_see_nor_do_an_undo(client, sign_in):
    there = upload(client, [[a_uscc(), "嘉善甲科技有限公司"]])
    client.post(f"{there}/confirmation")
    stranger = sign_in(a_user())

    answers = [stranger.get(f"{there}/undoing"), stranger.post(f"{there}/undoing")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert firm_count() == 1
