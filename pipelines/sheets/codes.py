"""The unified social credit code (GB 32100-2015) and what goes wrong with it in Excel."""

import re
import unicodedata
from collections.abc import Callable
from operator import mul

from pipelines.names import cleaned
from pipelines.sheets.numbers import is_missing
from pipelines.sheets.tables import Raw
from pipelines.sheets.troubles import Doubt, Fault

_AS_NUMBER = "信用代码以数字存放，Excel 只保留前15位，后面的已丢失：请把该列设为文本格式后重新填写"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+$")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_SHAPE = re.compile(f"[{_ALPHABET}]{{2}}\\d{{6}}[{_ALPHABET}]{{10}}\\Z")
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_LOOK_ALIKES = str.maketrans("OI", "01")


def uscc_reader(home_regions: tuple[str, ...]) -> Callable[[Raw], str | Doubt | Fault | None]:
    """Cells that hold a credit code. A code of another region is legal after a move, so it is only told."""

    def read(raw: Raw) -> str | Doubt | Fault | None:
        if isinstance(raw, (int, float)):
            return Fault(_AS_NUMBER)
        if raw and is_uscc(raw) and raw.startswith(home_regions, 2):
            return raw
        text = re.sub(r"[\s\-—·]", "", unicodedata.normalize("NFKC", cleaned(raw or ""))).strip("'‘’`").upper()
        if is_missing(text.lower()):
            return None
        if is_uscc(text):
            return text if text.startswith(home_regions, 2) else Doubt(text, "登记机关不在本地，如为迁入企业可忽略")
        return _repaired(text)

    return read


def is_uscc(text: str) -> bool:
    return bool(_SHAPE.match(text)) and text[17] == _check_digit(text)


def _check_digit(text: str) -> str:
    """What stdnum.cn.uscc computes (a test compares them), at a fifth of its cost: an import asks 10,000 times."""
    return _ALPHABET[-sum(map(mul, _WEIGHTS, map(_VALUES.__getitem__, text))) % 31]


def _repaired(text: str) -> Doubt | Fault:
    """O for 0 and I for 1 are mended where the check digit proves it; everything else goes back with its reason."""
    mended = text.translate(_LOOK_ALIKES)
    if mended != text and is_uscc(mended):
        return Doubt(mended, f"字母 O、I 已按数字 0、1 读取为 {mended}")
    if _SCIENTIFIC.match(text):
        return Fault(_AS_NUMBER)
    if not re.fullmatch("[0-9A-Z]+", text):
        return Fault("统一社会信用代码应为18位数字和大写字母")
    if len(text) == 15 and text.isdigit():
        return Fault("这是旧的15位注册号，应为18位统一社会信用代码")
    if len(text) == 9:
        return Fault("这是组织机构代码，应为18位统一社会信用代码")
    if len(text) != 18:
        return Fault(f"统一社会信用代码应为18位，现为{len(text)}位")
    wrong = sorted(set(mended) - set(_ALPHABET))
    if wrong:
        return Fault(f"统一社会信用代码中不会有字母 {'、'.join(wrong)}")
    return Fault("统一社会信用代码的校验位不对，请核对有无错字")
