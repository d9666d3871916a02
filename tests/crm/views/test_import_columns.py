"""The second step of an import on its pages: sheets, unknown columns, the source of the figures, and conflicts."""

from io import BytesIO

import pytest

from crm.extensions import db
from crm.models import ColumnMapping, ImportBatch
from pipelines.vocabulary import FiguresSource, ImportStatus, Role
from tests.builders import WAN, a_firm, a_user, some_figures

TITLES = "企业名称,统一社会信用代码,镇办,2025年产出(万元)"


@pytest.fixture
def firm(app):
    firm = a_firm("嘉善页面科技有限公司")
    some_figures(firm, 2024, sales_revenue=500 * WAN, rd_spend=None, sources={"*": "form"})
    db.session.commit()
    return firm


def upload(client, *lines: str, name: str = "台账.csv"):
    file = (BytesIO("\n".join(lines).encode()), name)
    return client.post("/imports", data={"file": file}, follow_redirects=True)


def batch() -> ImportBatch:
    db.session.rollback()
    return db.session.get_one(ImportBatch, 1)


def test_unknown_columns_are_told_mapped_remembered_and_forgotten(firm, signed_in):
    client = signed_in(Role.OFFICER)
    preview = upload(client, TITLES, f"{firm.name},{firm.uscc},一区,400")
    assert "有 2 列没有认出，不会导入：镇办、2025年产出(万元)" in preview.text
    page = client.get("/imports/1/columns")
    assert "“2025年产出(万元)”导入为" in page.text

    answer = client.post(
        "/imports/1/columns", data={"to:0:2": "firm.park", "to:0:3": "figures.sales_revenue"}, follow_redirects=True
    )

    assert "预览已更新" in answer.text
    assert "没有认出，不会导入" not in answer.text
    assert "2025年销售收入" in answer.text
    kept = client.get("/import-mappings")
    assert "某年产出(万元) → 销售收入" in kept.text
    assert 'value="firm.park" selected' in client.get("/imports/1/columns").text
    assert "已忘记这种表格的对应" in client.post("/import-mappings/1/removal", follow_redirects=True).text
    assert db.session.get(ColumnMapping, 1) is None
    assert "还没有记住的对应" in client.get("/import-mappings").text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"to:0:2": "figures.staff"}, "“镇办”是年度数据，请填写年度"),
        ({"to:0:2": "figures.staff", "year:0:2": "二五"}, "“镇办”是年度数据，请填写年度"),
        ({"to:0:2": "figures.staff", "year:0:2": "9" * 10_000}, "“镇办”是年度数据，请填写年度"),
        ({"source": "horoscope"}, "请选择数据来源"),
    ],
)
def test_rubbish_gets_a_sentence_and_what_was_chosen_stays(firm, signed_in, data, sentence):
    client = signed_in(Role.OFFICER)
    upload(client, TITLES.replace("2025年产出", "产出"), f"{firm.name},{firm.uscc},一区,400")

    answer = client.post("/imports/1/columns", data={"to:0:3": "figures.sales_revenue", "year:0:3": "2025", **data})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="figures.sales_revenue" selected' in answer.text
    assert batch().wishes == {}


def test_a_column_that_is_not_offered_is_passed_over(firm, signed_in):
    client = signed_in(Role.OFFICER)
    upload(client, TITLES, f"{firm.name},{firm.uscc},一区,400")

    client.post("/imports/1/columns", data={"to:0:2": "firm.uscc", "to:7:99": "firm.park", "to:0:3": "nonsense"})

    assert batch().wishes["columns"] == {}


def test_columns_of_a_colleague_are_404_and_after_the_import_nothing_changes(firm, sign_in):
    client = sign_in(a_user())
    upload(client, TITLES, f"{firm.name},{firm.uscc},一区,400")
    assert sign_in(a_user()).post("/imports/1/columns", data={}).status_code == 404
    assert sign_in(a_user()).get("/imports/999999999999/columns").status_code == 404
    client = sign_in(db.session.get(ImportBatch, 1).created_by)
    client.post("/imports/1/discarding")

    assert "这次导入已经结束" in client.get("/imports/1/columns").text
    assert client.post("/imports/1/columns", data={"to:0:2": "firm.park"}).status_code == 422
    assert batch().status is ImportStatus.DISCARDED


def test_conflict_is_shown_beside_its_source_and_decided_by_row_or_for_all(firm, signed_in):
    client = signed_in(Role.OFFICER)
    line = f"{firm.name},{firm.uscc},400"
    preview = upload(client, "企业名称,统一社会信用代码,2024年销售收入(万元)", line, name="摸底.csv")
    assert batch().source is FiguresSource.ESTIMATE
    assert "有 1 行的数与库中来自更可靠来源的数不同" in preview.text

    page = client.get("/imports/1?outcome=conflict")
    assert "（手工）" in page.text
    assert 'name="answer:conflict:!2"' in page.text
    taken = client.post(
        "/imports/1/answers", data={"answer:conflict:!2": "", "answer:conflict:*": "take"}, follow_redirects=True
    )

    assert "确认导入 1 条（更新 1）" in taken.text
    client.post("/imports/1/answers", data={"answer:conflict:!2": "keep"})
    assert "没有可以导入的变化" in client.get("/imports/1").text


def test_a_file_without_conflicts_shows_the_usual_rows_to_who_asks_for_them(firm, signed_in):
    client = signed_in(Role.OFFICER)
    upload(client, "企业名称,统一社会信用代码,地址", f"{firm.name},{firm.uscc},甲路1号")

    assert "甲路1号" in client.get("/imports/1?outcome=conflict").text


def test_a_file_of_very_many_unknown_columns_asks_for_the_first_and_counts_the_rest(firm, signed_in):
    client = signed_in(Role.OFFICER)
    strange = [f"怪列{number}" for number in range(90)]
    upload(client, ",".join(["企业名称", "统一社会信用代码", *strange]), f"{firm.name},{firm.uscc}" + ",甲" * 90)

    page = client.get("/imports/1/columns").text

    assert page.count("<select") < 70
    assert "另有 30 列不认识，没有列出" in page
