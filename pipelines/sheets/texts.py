"""Names, remarks, phones, mail addresses and words: text as it was typed, without what cannot be seen."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from pipelines.names import cleaned
from pipelines.sheets.numbers import is_missing
from pipelines.sheets.tables import Raw
from pipelines.sheets.troubles import Doubt, Fault
from pipelines.vocabulary import FirmStatus, LevyMode

_BLANKS = frozenset({"", "-", "--", "—", "——", "/", "无", "暂无"})
_ERROR = re.compile(r"#(?:DIV/0!|REF!|N/A|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|未计算)$")
_SEPARATORS = re.compile(r"[;；、,，/|\n]+")
_PHONE_SEPARATORS = re.compile(r"[;；、,，/|\\\n]|(?<=\d{7})\s{1,3}(?=[01+])|或|和")
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}\Z")
_MOBILE = re.compile(r"(?:\+?86-?)?1[3-9]\d{9}$")
_LANDLINE = re.compile(r"(?:\+?86-?)?(?:\(?0\d{2,3}\)?-?)?[2-9]\d{6,7}(?:(?:-|转|ext\.?)\d{1,6})?$")
_SERVICE = re.compile(r"[48]00-?\d{3,4}-?\d{3,4}$")
_MASKED = re.compile(r"\d{3}\*{3,}\d{2,4}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}\Z")
_YES = frozenset({"是", "√", "✓", "✔", "有", "y", "yes", "true", "t", "1", "规上", "规模以上", "已入规", "○"})
_NO = frozenset(
    {
        "否",
        "×",
        "✗",
        "x",
        "无",
        "没有",
        "n",
        "no",
        "false",
        "f",
        "0",
        "规下",
        "规模以下",
        "未入规",
        "非",
        "不是",
        "非规上",
    }
)
_STATUSES = {
    FirmStatus.ACTIVE: "在营 存续 开业 在业 正常 正常经营 在营（开业） 在营(开业)企业 存续(在营、开业、在册)",
    FirmStatus.MOVED_AWAY: "迁出 已迁出 外迁 迁出本地",
    FirmStatus.DEREGISTERED: "注销 已注销 吊销 吊销未注销 已吊销",
}
_LEVIES = {LevyMode.AUDITED: "查账征收 查账 查帐征收 查帐", LevyMode.ASSESSED: "核定征收 核定"}


def as_text(raw: Raw) -> str:
    """A cell as a person would read it off the screen: 13800138000.0 is 13800138000."""
    if isinstance(raw, str):
        return raw if raw.isprintable() and " " not in raw else cleaned(raw)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and math.isfinite(raw) and raw == int(raw):
        return str(int(raw))
    return "" if raw is None else str(raw)


def text_reader(longest: int) -> Callable[[Raw], str | Doubt | Fault | None]:
    """Text as typed; a dash or 无 says nothing, but a firm may well be called NA or null."""

    def read(raw: Raw) -> str | Doubt | Fault | None:
        text = as_text(raw)
        if text in _BLANKS:
            return None
        if text[0] == "#" and _ERROR.match(text):
            return Doubt(None, f"公式没有结果（{text}），按未填处理")
        return text if len(text) <= longest else Fault(f"超过 {longest} 个字，请缩短")

    return read


def name_reader(longest: int) -> Callable[[Raw], str | Doubt | Fault | None]:
    """The name of a firm: it must hold a letter, and a formula that failed is no name."""
    read_text = text_reader(longest)

    def read(raw: Raw) -> str | Doubt | Fault | None:
        text: str | Doubt | Fault | None = read_text(raw)
        if isinstance(text, Doubt):
            return Fault("企业名称是没有结果的公式，请粘贴为数值")
        if isinstance(text, str) and not text[0].isalpha() and not any(map(str.isalpha, text)):
            return Fault("企业名称应含有文字")
        return text

    return read


def read_names(raw: Raw) -> tuple[str, ...] | Fault | None:
    """Several names in one cell: 甲厂；乙公司."""
    text = str(raw or "")
    if len(text) > 1000:
        return Fault("超过 1000 个字，请缩短")
    names = tuple(name for part in _SEPARATORS.split(text) if (name := cleaned(part)) and name not in _BLANKS)
    return names or None


def read_phone(raw: Raw) -> str | Doubt | Fault | None:
    """One or several numbers, kept as they were typed; each must be a number one can dial."""
    if isinstance(raw, str) and _PLAIN_MOBILE.match(raw):
        return raw
    text = as_text(raw)
    if text in _BLANKS or is_missing(text.lower()):
        return None
    if _MASKED.search(text):
        return Doubt(None, "号码中间被遮盖，未读取")
    if isinstance(raw, (int, float)) and len(text) in (10, 11) and not text.startswith("1"):
        return Fault("电话以数字存放，开头的 0 已丢失：请把该列设为文本格式后重新填写")
    plain = unicodedata.normalize("NFKC", text).strip("'")
    if len(plain) <= 60 and _is_phone(whole := _dialled(plain)):
        return whole
    numbers = [number for part in _PHONE_SEPARATORS.split(plain[:60]) if (number := _dialled(part))]
    if len(plain) <= 60 and numbers and all(_is_phone(number) for number in numbers):
        return plain
    return Fault("应为11位手机号或带区号的电话")


def _dialled(text: str) -> str:
    return re.sub(r"\s|(?<=\d)\.0$", "", text)


def _is_phone(number: str) -> bool:
    plain = number.replace("-", "") if number.startswith(("1", "+")) else number
    return bool(_MOBILE.match(plain) or _LANDLINE.match(number) or _SERVICE.match(number))


def read_email(raw: Raw) -> str | Doubt | Fault | None:
    if isinstance(raw, str) and len(raw) <= 120 and _EMAIL.match(raw):
        return raw
    text = as_text(raw)
    if text in _BLANKS or is_missing(text.lower()):
        return None
    if isinstance(raw, str) and re.search(r"\S[\r\n]+\S", raw):
        return Fault("邮箱中有换行")
    if "***" in text:
        return Doubt(None, "邮箱中间被遮盖，未读取")
    plain = unicodedata.normalize("NFKC", text)
    return plain if len(plain) <= 120 and _EMAIL.match(plain) else Fault("应为一个邮箱地址，如 name@example.com")


def read_yes_no(raw: Raw) -> bool | Doubt | None:
    if isinstance(raw, bool):
        return raw
    text = unicodedata.normalize("NFKC", as_text(raw)).lower()
    if text in _YES or text in _NO:
        return text in _YES
    return None if is_missing(text) else Doubt(None, "应为“是”或“否”，按未知处理")


def word_reader(words: Iterable[tuple[Any, str]]) -> Callable[[Raw], Any]:
    """words: each with its other spellings, a space between them; its label is always understood."""
    spelled = [(word, (word.label, *others.split())) for word, others in words]
    by_spelling = {unicodedata.normalize("NFKC", text): word for word, texts in spelled for text in texts}
    labels = "、".join(word.label for word, _ in spelled)

    def read(raw: Raw) -> Any:
        text = unicodedata.normalize("NFKC", as_text(raw))
        if is_missing(text.lower()):
            return None
        return by_spelling.get(text, Doubt(None, f"应为 {labels} 之一，按未知处理"))

    return read


read_status = word_reader(_STATUSES.items())
read_levy_mode = word_reader(_LEVIES.items())
