from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sheets.numbers import (
    money_column,
    money_reader,
    people_column,
    people_reader,
    read_count,
    share_reader,
)
from pipelines.sheets.troubles import Doubt, Fault

YUAN = 100  # fen
WAN = 10_000 * YUAN

read_money = money_reader("万元", may_be_negative=True)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.5", 1234.5 * WAN),
        (1234.5, 1234.5 * WAN),
        ("１２，３４５．６", 12345.6 * WAN),
        ("1,234.5", 1234.5 * WAN),
        ("1,234,567", 1_234_567 * WAN),
        ("1 234", 1234 * WAN),
        (" 12 ", 12 * WAN),
        ("'12", 12 * WAN),
        ("¥12", 12 * WAN),
        ("1234.5万", 1234.5 * WAN),
        ("1234.5万元", 1234.5 * WAN),
        ("5000000元", 500 * WAN),
        ("1.2亿", 12_000 * WAN),
        ("3千元", 3000 * YUAN),
        ("1E+03", 1000 * WAN),
        (0, 0),
        ("0", 0),
        ("0.00", 0),
    ],
)
def test_money_is_read_as_written(text, fen):
    assert read_money(text) == fen


@pytest.mark.parametrize("text", ["(123.4)", "（123.4）", "-123.4", "−123.4", "▲123.4", "△123.4"])
def test_money_accountants_minus_is_negative(text):
    assert read_money(text) == -123.4 * WAN


def test_money_that_should_not_be_negative_is_doubted_and_kept():
    assert money_reader("元", may_be_negative=False)("-5") == Doubt(-500, "为负数，请核对")


@pytest.mark.parametrize(
    ("unit", "fen"), [("元", 500), ("千元", 500_000), ("万元", 5_000_000), ("亿元", 50_000_000_000)]
)
def test_money_unit_of_the_title_counts(unit, fen):
    assert money_reader(unit, may_be_negative=True)("5") == fen


@pytest.mark.parametrize("text", ["", "-", "--", "—", "——", "/", "无", "暂无", "N/A", "未知", "待补", None])
def test_money_missing_is_not_known_and_never_zero(text):
    assert read_money(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "约1200",
        "1200左右",
        ">1000",
        "≥1000",
        "1000-1200",
        "1000～1200",
        "1000至1200",
        "1000余",
        "近千",
        "1000以上",
        "1000 - 1200",
    ],
)
def test_money_about_and_ranges_are_unknown_with_a_note(text):
    assert read_money(text) == Doubt(None, "只写了约数或范围，按未知处理")


@pytest.mark.parametrize("text", ["#DIV/0!", "#REF!", "#N/A", "#VALUE!", "########", "#未计算"])
def test_money_of_a_failed_formula_is_missing_with_a_note(text):
    assert read_money(text) == Doubt(None, f"公式没有结果（{text}），按未填处理")


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "inf",
        "-inf",
        "1e309",
        float("nan"),
        float("inf"),
        True,
        "1,23,4",
        "12e",
        "1.2.3",
        "一千万",
        "100美元",
        "5%",
        "2023-05-08",
        "见附件",
        "9" * 500,
    ],
)
def test_money_that_is_no_number_is_a_fault(text):
    assert isinstance(read_money(text), Fault)


def test_money_up_to_a_fen_is_exact_and_finer_is_rounded_to_even_and_told():
    assert read_money("1234.567891") == 1_234_567_891
    assert read_money("0.0000005") == Doubt(0, "小于一分的部分已四舍六入")
    assert read_money("0.0000015") == Doubt(2, "小于一分的部分已四舍六入")


def test_money_column_tells_apart_what_a_cell_says_and_what_is_known():
    cells = [2458.62, "", 193.1819, "无", True, float("nan"), 0.0, 0.1]
    olds = [2_458_620_000, 5, 1, None, 100, None, None, None]

    values = money_column(cells, "万元", read_money, olds)

    assert values[:4] == [2_458_620_000, None, 193_181_900, None]
    assert isinstance(values[4], Fault)
    assert isinstance(values[5], Fault)
    assert values[6:] == [0, 100_000]


@given(st.integers(0, 10**13))
def test_money_column_reads_every_fen_as_the_careful_reader_does(fen):
    wan_yuan = float(Decimal(fen) / WAN)

    assert money_column([wan_yuan], "万元", read_money) == [fen]


@given(st.integers(-(10**13), 10**13))
def test_money_written_out_reads_back(fen):
    assert read_money(f"{Decimal(fen) / WAN:f}") == fen
    assert read_money(f"{Decimal(fen) / WAN:,f}") == fen


@given(st.text(max_size=80))
def test_readers_of_numbers_answer_any_text(text):
    for read in (read_money, people_reader(whole=True), read_count, share_reader(in_percent=False)):
        value = read(text)
        assert value is None or isinstance(value, (int, Decimal, Doubt, Fault))


@pytest.mark.parametrize(("text", "heads"), [("50", 5000), (50.0, 5000), ("50人", 5000), ("1,200", 120_000), (0, 0)])
def test_people_are_counted_in_hundredths(text, heads):
    assert people_reader(whole=True)(text) == heads


@pytest.mark.parametrize("text", [-5, "-5", 3.7, "3.7", "nan", float("inf"), "1e309", "五十", True])
def test_people_that_cannot_be_are_faults(text):
    assert isinstance(people_reader(whole=True)(text), Fault)


def test_people_on_average_may_have_two_places():
    read = people_reader(whole=False)

    assert read("120.25") == 12_025
    assert read("120.255") == Doubt(12_026, "超过两位小数，已按两位小数读取")


@pytest.mark.parametrize(("text", "number"), [("无", 0), ("0", 0), ("", None), ("—", None), ("3项", 3), (3.0, 3)])
def test_count_none_of_them_is_zero_and_a_blank_is_unknown(text, number):
    assert read_count(text) == number


@pytest.mark.parametrize(
    ("text", "share"),
    [("5%", "0.05"), ("5.0％", "0.05"), ("１２％", "0.12"), (0.05, "0.05"), ("0.05", "0.05"), (0, "0"), (1, "1")],
)
def test_share_with_a_sign_or_up_to_one_is_certain(text, share):
    assert share_reader(in_percent=False)(text) == Decimal(share)


def test_share_above_one_without_a_sign_is_not_guessed():
    assert share_reader(in_percent=False)(5) == Doubt(None, "没有写明是否为百分数，按未知处理")
    assert share_reader(in_percent=True)(5) == Decimal("0.05")
    assert share_reader(in_percent=True)(500) == Doubt(None, "不在 0—100% 之间，按未知处理")


@pytest.mark.parametrize("finer", [0.0000014, 0.0000016])
def test_money_column_leaves_what_is_finer_than_a_fen_to_the_careful_reader(finer):
    assert money_column([finer], "万元", read_money) == [read_money(finer)]
    assert isinstance(read_money(finer), Doubt)


@given(st.one_of(st.floats(), st.integers(0, 10**9).map(lambda number: number / 100), st.integers(0, 10**5).map(float)))
@pytest.mark.parametrize("whole", [True, False])
def test_people_column_reads_every_number_as_the_careful_reader_does(whole, heads):
    read = people_reader(whole)

    assert people_column([heads], whole, read) == [read(heads)]


def test_people_column_takes_no_mark_for_a_head():
    assert isinstance(people_column([True], True, people_reader(whole=True))[0], Fault)
