from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from crm.forms.fields import (
    ChineseForm,
    ChoiceField,
    CountField,
    DateField,
    LineField,
    NumberField,
    ParagraphField,
    UsccField,
    WanYuanField,
    WordField,
)
from crm.forms.validators import AtMost, Chosen, EmailAddress, Filled
from pipelines.refusals import Refusal
from pipelines.vocabulary import Role
from tests.builders import a_uscc


class Sheet(ChineseForm):
    class Meta(ChineseForm.Meta):
        csrf = False

    name = LineField("企业名称", [Filled(), AtMost(20)])
    note = ParagraphField("备注")
    uscc = UsccField("统一社会信用代码")
    revenue = WanYuanField("销售收入", least=None)
    staff = NumberField("职工总数")
    patents = CountField("专利数")
    founded_on = DateField("成立日期")
    email = LineField("邮箱", [EmailAddress()])
    role = WordField("角色", Role, [Chosen()])
    township = ChoiceField("镇街", pairs=[(1, "罗星街道"), (2, "西塘镇")], coerce=int)


def filled(**typed: str) -> Sheet:
    return Sheet(formdata=MultiDict({"name": "嘉善科技", "role": "officer"} | typed))


def complaint(field: str, typed: str) -> str:
    form = filled(**{field: typed})
    assert not form.validate()
    return form.errors[field][0]


@pytest.fixture(autouse=True)
def _in_a_request(application: Flask):
    with application.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", "  嘉善\u200b科技　有限公司 ", "嘉善科技 有限公司"),
        ("note", " 第一行 \r\n\x00第二行\r\n", "第一行\n第二行"),
        ("revenue", "1,234.56", Decimal("12345600")),
        ("revenue", "１２．５", Decimal("125000")),
        ("revenue", "0", Decimal(0)),
        ("revenue", "-3.000001", Decimal("-30000.01")),
        ("revenue", "", None),
        ("staff", "120.25", Decimal("120.25")),
        ("patents", "7", 7),
        ("founded_on", "2026-11-23", date(2026, 11, 23)),
        ("founded_on", "2026.1.3", date(2026, 1, 3)),
        ("founded_on", "2026年1月3日", date(2026, 1, 3)),
        ("founded_on", "20260103", date(2026, 1, 3)),
        ("role", "auditor", Role.AUDITOR),
        ("township", "2", 2),
        ("township", "", None),
        ("email", "wang@kjj.jiashan.example", "wang@kjj.jiashan.example"),
    ],
)
def test_field_reads_what_people_type(field: str, typed: str, value: object) -> None:
    form = filled(**{field: typed})

    assert form.validate(), form.errors
    assert form.values[field] == value


def test_credit_code_is_read_in_any_width_and_case() -> None:
    code = a_uscc(77)

    form = filled(uscc=f" {code[:8].lower()}-{code[8:]} ")

    assert form.validate(), form.errors
    assert form.uscc.data == code


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", " \u200b ", "请填写企业名称"),
        ("name", "长" * 21, "企业名称应为20个字以内，现在是21个字"),
        ("uscc", "9133", "统一社会信用代码应为18位，现为4位"),
        ("uscc", "91330421MAXN000011", "统一社会信用代码的校验位不对，请核对有无错字"),
        ("revenue", "1e309", "销售收入应为数字"),
        ("revenue", "nan", "销售收入应为数字"),
        ("revenue", "12.3456789", "销售收入应为最多6位小数的数"),
        ("revenue", "9" * 15, "销售收入应为不大于100000000的数"),
        ("revenue", "9" * 65536, "销售收入应为数字"),
        ("staff", "-1", "职工总数应为不小于0的数"),
        ("patents", "1.5", "专利数应为整数"),
        ("founded_on", "2020.13.1", "成立日期应为日期，如 2026-11-23"),
        ("founded_on", "2025-02-29", "成立日期应为日期，如 2026-11-23"),
        ("founded_on", "0001-01-01", "成立日期应为日期，如 2026-11-23"),
        ("role", "", "请选择角色"),
        ("role", "root", "请选择角色"),
        ("township", "3", "请选择镇街"),
        ("township", "西塘", "请选择镇街"),
        ("email", "a@b.cn\r\nBcc: c@d.cn", "邮箱应为一个电子邮箱地址，如 name@example.cn"),
        ("email", "a@b.cn,c@d.cn", "邮箱应为一个电子邮箱地址，如 name@example.cn"),
    ],
)
def test_field_complains_in_one_grammar(field: str, typed: str, message: str) -> None:
    assert complaint(field, typed) == message


def test_what_was_typed_stays_on_the_page_after_a_complaint() -> None:
    form = filled(revenue="十二万", founded_on="去年")

    form.validate()

    assert (form.revenue._value(), form.founded_on._value()) == ("十二万", "去年")


def test_wan_yuan_field_shows_yuan_as_wan_yuan_without_an_exponent() -> None:
    form = Sheet(formdata=None, data={"revenue": Decimal("40000000.00")})

    assert form.revenue._value() == "4000"


def test_refused_deed_becomes_a_message_above_the_form() -> None:
    form = filled()

    def deed() -> None:
        raise Refusal("走访日期不能晚于今天")

    assert not form.performs(deed)
    assert (form.form_errors, form.http_status) == (["走访日期不能晚于今天"], 422)


def test_form_keeps_the_outcome_of_its_deed() -> None:
    form = filled()

    assert form.performs(lambda: 7)
    assert (form.outcome, form.http_status) == (7, 200)
