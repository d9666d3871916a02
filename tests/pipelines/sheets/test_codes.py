import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as standard

from pipelines.sheets.codes import is_uscc, uscc_reader
from pipelines.sheets.troubles import Doubt, Fault
from tests.pipelines.sheets.workbooks import CODES

CODE = CODES[0]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

read = uscc_reader(("330421", "330400", "330000"))


@pytest.mark.parametrize("code", CODES)
def test_code_that_is_right_stays_as_it_is(code):
    assert read(code) == code


@pytest.mark.parametrize(
    "text",
    [
        CODE.lower(),
        f" {CODE} ",
        f"'{CODE}",
        f"{CODE}\t",
        "9133 0421 MA28 A1B2 1J",
        "９１３３０４２１ＭＡ２８Ａ１Ｂ２１Ｊ",
        f"\u200b{CODE}",
    ],
)
def test_code_of_another_spelling_is_the_same(text):
    assert read(text) == CODE


@pytest.mark.parametrize("text", ["9133O421MA28A1B21J", "9I330421MA28A1B21J", "9133O42IMA28A1B21J"])
def test_code_with_letters_for_digits_is_mended_where_the_check_digit_proves_it(text):
    assert read(text) == Doubt(CODE, f"字母 O、I 已按数字 0、1 读取为 {CODE}")


@pytest.mark.parametrize("text", [9.13304e17, 913304210000000000, 91330421.0, "9.13304E+17", "9.13304E17"])
def test_code_typed_as_a_number_has_lost_digits_and_is_refused(text):
    assert read(text) == Fault("信用代码以数字存放，Excel 只保留前15位，后面的已丢失：请把该列设为文本格式后重新填写")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (CODE[:-1], "统一社会信用代码应为18位，现为17位"),
        (CODE + "1", "统一社会信用代码应为18位，现为19位"),
        ("330421000012345", "这是旧的15位注册号，应为18位统一社会信用代码"),
        ("58906123-5", "这是组织机构代码，应为18位统一社会信用代码"),
        (CODE[:-1] + "K", "统一社会信用代码的校验位不对，请核对有无错字"),
        ("91330421MA28A1BZ1J", "统一社会信用代码中不会有字母 Z"),
        ("办理中的代码还没有下来", "统一社会信用代码应为18位数字和大写字母"),
    ],
)
def test_code_that_is_wrong_is_refused_with_its_reason(text, sentence):
    assert read(text) == Fault(sentence)


def test_code_of_another_region_is_told_and_kept():
    body = "91310115MA1K3ABC1"
    code = body + standard.calc_check_digit(body)

    assert read(code) == Doubt(code, "登记机关不在本地，如为迁入企业可忽略")


@pytest.mark.parametrize("text", ["", "无", "—", "暂无", None])
def test_code_missing_is_not_known(text):
    assert read(text) is None


@given(st.text(ALPHABET, min_size=2, max_size=2), st.integers(0, 999_999), st.text(ALPHABET, min_size=9, max_size=9))
def test_check_digit_is_the_standards(office, region, body):
    start = f"{office}{region:06}{body}"

    assert [last for last in ALPHABET + "IOSVZ" if is_uscc(start + last)] == [standard.calc_check_digit(start)]


@given(st.one_of(st.text(max_size=60), st.text(ALPHABET, min_size=17, max_size=19), st.floats()))
def test_reader_of_codes_lets_nothing_wrong_through(raw):
    value = read(raw)

    code = value.value if isinstance(value, Doubt) else value
    assert code is None or isinstance(code, Fault) or standard.is_valid(code)
