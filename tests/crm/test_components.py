"""The pieces pages are made of, each rendered once the way pages do."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from pipelines.vocabulary import TaskStatus


@pytest.fixture
def drawn(app: Flask):
    def draw(source: str, **values: object) -> Tag:
        with app.test_request_context():
            return BeautifulSoup(
                render_template_string('{% import "components/ui.html" as ui %}' + source, **values), "html.parser"
            )

    return draw


class _Form(FlaskForm):
    name = StringField("企业名称", [DataRequired("请填写企业名称")])
    status = SelectField("状态", choices=["在营", "迁出"])
    remark = TextAreaField("备注")
    demo = BooleanField("演示")


@pytest.fixture
def form(app: Flask):
    with app.test_request_context(method="POST", data={"status": "在营"}):
        form = _Form(meta={"csrf": False})
        form.validate()
        yield form


def words(node: Tag) -> str:
    return " ".join(node.get_text(" ").split())


def page(**values: int | bool) -> SimpleNamespace:
    return SimpleNamespace(**{"total": 212, "total_is_capped": False, "number": 2, "pages": 11, "size": 20} | values)


PAGINATION = '{{ ui.pagination(page, "assets.show", {"version": "a", "name": "b", "sort": "-name"}) }}'


def test_page_head_holds_title_context_and_actions(drawn):
    head = drawn('{% call ui.page_head("企业库", "单位：万元") %}<a>导出</a>{% endcall %}')

    assert words(head.h1) == "企业库"
    assert words(head.select_one(".context")) == "单位：万元"
    assert words(head.select_one(".actions")) == "导出"


def test_crumb_without_an_address_is_the_current_page(drawn):
    assert drawn('{{ ui.crumb("企业库") }}').span["aria-current"] == "page"


def test_field_in_error_tells_a_reader_what_is_wrong(drawn, form):
    field = drawn('{{ ui.field(form.name, hint="与营业执照一致") }}', form=form)

    assert field.input["aria-invalid"] == "true"
    assert field.input["aria-describedby"] == "name-hint name-errors"
    assert words(field.select_one("#name-errors")) == "请填写企业名称"


def test_required_field_says_so_in_words(drawn, form):
    assert words(drawn("{{ ui.field(form.name) }}", form=form).label) == "企业名称 必填"


def test_every_field_has_a_label_that_points_to_it(drawn, form):
    drawn_form = drawn("{% for f in form %}{{ ui.field(f) }}{% endfor %}", form=form)

    assert [label["for"] for label in drawn_form.select("label")] == ["name", "status", "remark", "demo"]


def test_form_errors_lead_to_the_fields_and_say_nothing_is_lost(drawn, form):
    summary = drawn("{{ ui.form_errors(form) }}", form=form)

    assert summary.a["href"] == "#name"
    assert words(summary) == "有 1 处需要更正，填写的内容都还在。 企业名称 ：请填写企业名称"


def test_form_without_errors_shows_no_summary(drawn):
    assert words(drawn("{{ ui.form_errors(form) }}", form=SimpleNamespace(errors={}))) == ""


def test_refusal_of_the_whole_form_stands_alone(drawn):
    form = _Form(meta={"csrf": False})
    form.form_errors = ["账号或口令不对。"]

    assert words(drawn("{{ ui.form_errors(form) }}", form=form)) == "账号或口令不对。"


def test_text_of_a_user_is_never_markup(drawn):
    chip = drawn('{{ ui.chip("<b>企业</b>", "/firms") }}')

    assert chip.b is None
    assert words(chip) == "<b>企业</b>"


def test_pagination_says_how_many_and_where(drawn):
    bar = drawn(PAGINATION, page=page())

    assert words(bar.p) == "共 212 条"
    assert words(bar.select_one(".page-numbers [aria-current]")) == "2"
    assert [link.get("rel") for link in bar.select("a[rel]")] == [["prev"], ["next"]]


def test_pagination_of_one_short_page_says_only_how_many(drawn):
    bar = drawn(PAGINATION, page=page(total=8, number=1, pages=1))

    assert words(bar) == "共 8 条"


def test_pagination_of_a_capped_count_does_not_pretend_to_know(drawn):
    assert words(drawn(PAGINATION, page=page(total=10_000, total_is_capped=True)).p) == "共 10,000+ 条"


def test_pagination_keeps_the_filter_when_jumping(drawn):
    jump = drawn(PAGINATION, page=page()).form

    assert jump["action"] == "/assets/a/b"
    assert [(field["name"], field["value"]) for field in jump.select("input[type=hidden]")] == [("sort", "-name")]


@pytest.mark.parametrize(
    ("sort", "order", "address"),
    [
        ("name", "ascending", "/assets/a/b?sort=-name"),
        ("-name", "descending", "/assets/a/b?sort=name"),
        ("uscc", None, "/assets/a/b?sort=name"),
    ],
)
def test_second_click_on_a_head_reverses_the_order(drawn, sort, order, address):
    head = drawn('{{ ui.sort_head("名称", "name", sort, "assets.show", {"version": "a", "name": "b"}) }}', sort=sort).th

    assert head.get("aria-sort") == order
    assert head.a["href"] == address


def test_steps_mark_the_current_one_and_tell_readers_of_the_past(drawn):
    steps = drawn('{{ ui.steps(["选择文件", "预览", "完成"], 2) }}')

    assert words(steps.select_one("[aria-current=step]")) == "2 预览"
    assert words(steps.li) == "选择文件 （已完成）"


def test_progress_counts(drawn):
    task = SimpleNamespace(status=TaskStatus.RUNNING, done=4000, total=10_000, message=None)

    progress = drawn("{{ ui.progress(task) }}", task=task)

    assert (progress.progress["value"], progress.progress["max"]) == ("4000", "10000")
    assert words(progress.p) == "进行中 · 4,000 / 10,000"


def test_progress_without_a_total_does_not_invent_one(drawn):
    task = SimpleNamespace(status=TaskStatus.RUNNING, done=0, total=None, message="正在读取")

    assert drawn("{{ ui.progress(task) }}", task=task).progress.get("value") is None


@pytest.mark.parametrize("value", ["none", "''"])
def test_definition_of_the_unknown_is_a_dash(drawn, value):
    assert words(drawn("{{ ui.definition('园区', " + value + ") }}").dd) == "—"


def test_definition_of_zero_is_zero(drawn):
    assert words(drawn("{{ ui.definition('专利', 0) }}").dd) == "0"


def test_empty_state_offers_the_first_thing_to_do(drawn):
    empty = drawn('{{ ui.empty("还没有企业", "先导入一份台账。", "/imports/new", "导入台账") }}')

    assert words(empty) == "还没有企业 先导入一份台账。 导入台账"


def test_notice_of_failure_interrupts_a_reader_and_others_do_not(drawn):
    notices = drawn('{{ ui.notice("未保存", "bad") }}{{ ui.notice("已保存", "good") }}').select("[role]")

    assert [notice["role"] for notice in notices] == ["alert", "status"]
