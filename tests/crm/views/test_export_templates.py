"""Templates of exports, made on a page: a number beside each column, a heading where the usual one will not do."""

import pytest
import sqlalchemy as sa

from crm.extensions import db
from crm.models import ExportTemplate
from pipelines.vocabulary import Role

FORM = {
    "name": "高企申报汇总表", "title": "2026 年高企申报汇总表", "by_township": "y", "place:firm.uscc": "2",
    "place:firm.name": "1", "heading:firm.name": "申报单位", "place:figures.rd_spend:1": "3",
}  # fmt: skip
HERE = "/export-templates"


def kept() -> ExportTemplate | None:
    db.session.rollback()
    return db.session.scalar(sa.select(ExportTemplate))


def test_template_is_made_shown_changed_and_removed(app, signed_in):
    client = signed_in(Role.OFFICER)
    assert "还没有导出模板" in client.get(HERE).text

    page = client.post(HERE, data=FORM, follow_redirects=True)

    assert "已保存模板“高企申报汇总表”" in page.text
    template = kept()
    assert (template.by_township, template.names_maker, template.title) == (True, False, "2026 年高企申报汇总表")
    assert template.columns == [
        {"key": "firm.name", "heading": "申报单位"},
        {"key": "firm.uscc", "heading": ""},
        {"key": "figures.rd_spend:1", "heading": ""},
    ]
    edit = client.get(f"{HERE}/1/edit")
    assert 'value="申报单位"' in edit.text
    client.post(f"{HERE}/1/edit", data=FORM | {"version": "1", "place:firm.uscc": "", "title": ""})
    assert [each["key"] for each in kept().columns] == ["firm.name", "figures.rd_spend:1"]
    assert "另有人保存了这个模板" in client.post(f"{HERE}/1/edit", data=FORM | {"version": "1"}).text
    assert "已移除模板" in client.post(f"{HERE}/1/removal", follow_redirects=True).text
    assert kept() is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "长" * 61}, "名称应为60个字以内"),
        ({"place:firm.name": "", "place:firm.uscc": "", "place:figures.rd_spend:1": ""}, "还没有选列"),
        ({"place:firm.park": "第一"}, "“园区”的顺序应为 1 至 999 的整数"),
        ({"place:firm.park": "9" * 10_000}, "“园区”的顺序应为 1 至 999 的整数"),
        ({"heading:firm.name": "长" * 10_000}, "“企业名称”的标题应为 60 个字以内"),
    ],
)
def test_rubbish_gets_a_sentence_and_nothing_typed_is_lost(app, signed_in, change, sentence):
    answer = signed_in(Role.OFFICER).post(HERE, data=FORM | change)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="2026 年高企申报汇总表"' in answer.text
    assert kept() is None


def test_template_with_a_lost_column_is_told_on_its_pages(app, signed_in):
    columns = [{"key": "firm.name", "heading": ""}, {"key": "firm.horoscope", "heading": "星座"}]
    db.session.add(ExportTemplate(name="旧表", columns=columns, made_by="王科员"))
    db.session.commit()
    client = signed_in(Role.OFFICER)

    assert "有列已不存在" in client.get(HERE).text
    assert "模板中的列“星座”已不存在" in client.get(f"{HERE}/1/edit").text
    answer = client.post("/exports", data={"choice": "template:1"})
    assert (answer.status_code, "请先修改这个模板" in answer.text) == (422, True)


def test_no_template_is_404_and_who_may_not_design_is_turned_away(app, signed_in):
    client = signed_in(Role.OFFICER)
    assert client.get(f"{HERE}/7/edit").status_code == 404
    assert client.post(f"{HERE}/{9**30}/removal").status_code == 404
    assert signed_in(Role.TOWNSHIP_OFFICER).get(HERE).status_code == 403
