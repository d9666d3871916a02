from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sheets.days import day_reader, read_recognition_day, read_term, read_year
from pipelines.sheets.troubles import Doubt, Fault

read_day = day_reader()
MAY_8 = date(2023, 5, 8)


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-08",
        "2023.5.8",
        "2023/5/8",
        "2023年5月8日",
        "2023年5月8号",
        "20230508",
        20230508,
        20230508.0,
        "45054",
        45054,
        45054.5,
        " 2023 年 5 月 8 日 ",
        "２０２３．５．８",
        "2023-5-8 10:20",
        "2023-05-08 00:00:00",
        "2023-05-08T10:20:00",
        "'2023-05-08",
        "2023—05—08",
        "二〇二三年5月8日",
    ],
)
def test_day_in_many_spellings_is_the_same_day(text):
    assert read_day(text) == MAY_8


def test_day_serial_of_a_1904_workbook_counts_from_1904():
    assert day_reader(starts_1904=True)(43592) == MAY_8


@pytest.mark.parametrize(
    "text", ["2020.13", "2023.2.30", "20231301", "1823-01-01", "abc", "昨天", "23.5.8", 5, float("inf"), "9" * 300]
)
def test_day_that_is_none_is_a_fault(text):
    assert isinstance(read_day(text), Fault)


@pytest.mark.parametrize("text", ["", "—", "无", "长期", None])
def test_day_missing_or_without_end_is_not_known(text):
    assert read_day(text) is None


def test_day_half_written_is_told():
    assert read_day("2023-05") == Doubt(date(2023, 5, 1), "只有年月，按当月1日读取")
    assert read_day("2023年12月") == Doubt(date(2023, 12, 1), "只有年月，按当月1日读取")
    assert read_day(2023.5) == Doubt(date(2023, 5, 1), "只有年月，按当月1日读取")
    assert read_day("2015年") == Doubt(None, "只有年份，按未知处理")


def test_day_typed_as_a_number_has_lost_the_zero_of_october():
    assert read_day(2023.1) == Doubt(None, "看不出是1月还是10月，按未知处理")
    assert read_day("2023.10") == Doubt(date(2023, 10, 1), "只有年月，按当月1日读取")


@pytest.mark.parametrize(
    "text",
    ["2023.12.08至2026.12.08", "2023-12-08～2026-12-08", "2023年12月8日 - 2026年12月8日", "2023-12-08-2026-12-08"],
)
def test_term_gives_its_first_its_last_or_both_days(text):
    assert day_reader(of_a_term="first")(text) == date(2023, 12, 8)
    assert day_reader(of_a_term="last")(text) == date(2026, 12, 8)
    assert read_term(text) == (date(2023, 12, 8), date(2026, 12, 8))


def test_term_that_cannot_be_made_out_is_unknown_and_told():
    assert read_term("三年") == Doubt(None, "看不出有效期的起止日期，按未填处理")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019", date(2019, 1, 1)),
        (2019, date(2019, 1, 1)),
        ("2022年第一批", date(2022, 1, 1)),
        ("2023.12.08", date(2023, 12, 8)),
        (45054, MAY_8),
        ("否", None),
        ("", None),
    ],
)
def test_recognition_day_may_be_a_bare_year(text, day):
    assert read_recognition_day(text) == day


def test_recognition_without_a_year_is_told():
    assert read_recognition_day("是") == Doubt(None, "没有写认定年份，未登记该资质")
    assert read_recognition_day("2019、2022") == Doubt(date(2022, 1, 1), "写了几个年份，按最近一次读取")


@pytest.mark.parametrize(
    ("text", "year"), [("2025", 2025), (2025, 2025), ("2025年", 2025), ("2025年度", 2025), ("", None)]
)
def test_year_in_its_spellings(text, year):
    assert read_year(text) == year


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_day_written_out_reads_back(day):
    for text in (
        f"{day:%Y-%m-%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    ):
        assert read_day(text) == day


@given(st.dates(date(1955, 1, 1), date(2060, 12, 31)))
def test_day_as_a_serial_reads_back(day):
    assert read_day((day - date(1899, 12, 30)) / timedelta(days=1)) == day


@given(st.one_of(st.text(max_size=90), st.floats(), st.integers()))
def test_readers_of_days_answer_anything(raw):
    for read in (read_day, read_term, read_recognition_day, read_year):
        read(raw)
