import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sheets.texts import (
    as_text,
    name_reader,
    read_email,
    read_levy_mode,
    read_names,
    read_phone,
    read_status,
    read_yes_no,
    text_reader,
)
from pipelines.sheets.troubles import Doubt, Fault
from pipelines.vocabulary import FirmStatus, LevyMode

read_text = text_reader(200)
read_name = name_reader(120)

NAUGHTY = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "+1",
    "<script>alert(1)</script>",
    "'; DROP TABLE firms; --",
    "%s%n",
    "{{7*7}}",
    "null",
    "None",
    "NA",
    "undefined",
    "NaN",
    "true",
    "田中さんにあげて下さい",
    "ṱ̺̺o̞̞",
    "👨‍👩‍👧",
    "𠮷野家",
    "Ω≈ç√",
    "嘉善㈱",
    "０１２",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_text_is_kept_as_it_was_typed(text):
    kept = text.replace("\u200d", "")  # a joiner shows nothing and is removed on entry

    assert read_text(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [("甲\u202e公司", "甲公司"), (" 甲 \n 公司 ", "甲 公司"), ("甲\x00公司", "甲公司"), ("甲\ufeff", "甲")],
)
def test_text_loses_only_what_cannot_be_seen(text, kept):
    assert read_text(text) == kept


@pytest.mark.parametrize("text", ["", " ", "-", "—", "/", "无", "暂无", None])
def test_text_that_says_nothing_is_not_known(text):
    assert read_text(text) is None


def test_text_too_long_is_a_fault():
    assert read_text("长" * 32_767) == Fault("超过 200 个字，请缩短")


@pytest.mark.parametrize(
    ("raw", "text"), [(2000.0, "2000"), (3, "3"), (0.5, "0.5"), (True, "TRUE"), (float("nan"), "nan")]
)
def test_number_in_a_text_column_reads_as_on_the_screen(raw, text):
    assert as_text(raw) == text


@pytest.mark.parametrize("name", ["NA", "null科技", "嘉善（中国）有限公司", "100%果汁厂", "Ａ公司"])
def test_name_is_kept_as_it_was_typed(name):
    assert read_name(name) == name


@pytest.mark.parametrize("name", ["#REF!", "#未计算", "123", "###", "😀"])
def test_name_without_a_letter_is_a_fault(name):
    assert isinstance(read_name(name), Fault)


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        (13800138000.0, "13800138000"),
        (13800138000, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "138-0013-8000"),
        ("0573-84001234", "0573-84001234"),
        ("(0573)84001234", "(0573)84001234"),
        ("057384001234", "057384001234"),
        ("84001234", "84001234"),
        ("0573-84001234转801", "0573-84001234转801"),
        ("400-800-8888", "400-800-8888"),
        ("+86 13800138000", "+8613800138000"),
        ("13800138000、13900139000", "13800138000、13900139000"),
        ("13800138000/0573-84001234", "13800138000/0573-84001234"),
        ("13800138000 13900139000", "13800138000 13900139000"),
        ("１３８００１３８０００", "13800138000"),
        ("无", None),
        ("", None),
    ],
)
def test_phone_stays_as_typed_and_loses_no_digit(raw, phone):
    assert read_phone(raw) == phone


@pytest.mark.parametrize(
    "raw",
    ["1380013800", "12345", "电话见备注", "138001380001", "13800138000、123", float("nan"), "1" * 70, "2023-05-08"],
)
def test_phone_nobody_can_dial_is_a_fault(raw):
    assert isinstance(read_phone(raw), Fault)


def test_phone_typed_as_a_number_has_lost_its_zero():
    assert read_phone(57384001234.0) == Fault("电话以数字存放，开头的 0 已丢失：请把该列设为文本格式后重新填写")


def test_phone_masked_by_an_export_is_not_taken_for_a_number():
    assert read_phone("138****8000") == Doubt(None, "号码中间被遮盖，未读取")


@pytest.mark.parametrize("text", ["zhang.san@example.com", "a_b+c@mail.example.cn", "ZS@Example.COM"])
def test_email_is_kept(text):
    assert read_email(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "a b@example.com",
        "a@example.com\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "@example.com",
        "a@-",
        "a@" + "b" * 300,
    ],
)
def test_email_that_is_none_or_smuggles_a_header_is_a_fault(text):
    assert isinstance(read_email(text), Fault)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("是", True),
        ("√", True),
        ("规上", True),
        (True, True),
        (1.0, True),
        ("否", False),
        ("规下", False),
        (False, False),
        ("", None),
        ("—", None),
    ],
)
def test_yes_and_no_in_their_spellings(text, answer):
    assert read_yes_no(text) is answer


def test_yes_or_no_that_is_neither_is_unknown_and_told():
    assert read_yes_no("拟入规") == Doubt(None, "应为“是”或“否”，按未知处理")


def test_words_are_read_by_their_label_and_other_spellings():
    assert read_status("存续") is FirmStatus.ACTIVE
    assert read_status("注销") is FirmStatus.DEREGISTERED
    assert read_levy_mode("查账") is LevyMode.AUDITED
    assert read_levy_mode("随便") == Doubt(None, "应为 查账征收、核定征收 之一，按未知处理")


def test_names_in_one_cell_are_told_apart():
    assert read_names("嘉善甲厂；嘉善甲有限公司、甲") == ("嘉善甲厂", "嘉善甲有限公司", "甲")
    assert read_names("无") is None


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none()))
def test_readers_of_text_answer_anything(raw):
    for read in (read_text, read_name, read_names, read_phone, read_email, read_yes_no, read_status, read_levy_mode):
        read(raw)


@given(st.text(min_size=1, max_size=200))
def test_text_that_was_kept_is_kept_again(text):
    kept = read_text(text)

    if isinstance(kept, str):
        assert read_text(kept) == kept
