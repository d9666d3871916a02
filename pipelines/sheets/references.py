"""Townships, industries, fields of technology and officers: what a cell calls them → the key a firm keeps."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from rapidfuzz import process

from pipelines.names import cleaned, folded
from pipelines.sheets.numbers import is_missing
from pipelines.sheets.tables import Raw
from pipelines.sheets.texts import as_text
from pipelines.sheets.troubles import Doubt, Fault

_REGION = re.compile(r"^(?:[^省]{2,3}省)?(?:[^市]{2,3}市)?(?:[^县]{2,3}县)?(?=.)")
_KIND_OF_PLACE = re.compile(r"(?:街道办事处|街道|镇|乡|经济开发区|开发区)$")
_CODE = re.compile(r"([a-z]?\d{1,4}(?:\.\d{1,2})*)")
_PUNCTUATION = re.compile(r"[()\[\]{}、,.;:/|\\\-—_·“”\"'\s]+")
_CLOSE = 55


class Directory:
    """The spellings of one kind of place. Most cells are spelled as the office does; the other forms are worked out
    when the first one is not, for there are thousands of industries."""

    def __init__(
        self,
        thing: str,
        spellings: Mapping[str, Any],
        forms: Callable[[str], list[str]],
        wider: Callable[[str], list[str]] = lambda _text: [],
    ) -> None:
        """wider: what a cell that is in no list belongs to, the nearest first; taken with a note."""
        self._thing = thing
        self._wider = wider
        self._spellings = spellings
        self._forms = forms

    @cached_property
    def _keys(self) -> dict[str, Any]:
        """Every form of every spelling → key; a form that two keys share belongs to neither."""
        exact = {folded(spelling): key for spelling, key in reversed(list(self._spellings.items()))}
        keys = dict(exact)
        ambiguous = set()
        for spelling, key in self._spellings.items():
            for form in self._forms(folded(spelling)):
                if keys.setdefault(form, key) != key and form not in exact:
                    ambiguous.add(form)
        return {form: key for form, key in keys.items() if form not in ambiguous}

    @cached_property
    def _shown(self) -> dict[Any, str]:
        """The first name of a key; its code only if it has no other."""
        shown: dict[Any, str] = {}
        for spelling, key in self._spellings.items():
            if key not in shown or _CODE.fullmatch(shown[key].lower()):
                shown[key] = spelling
        return shown

    def shown(self, key: Any) -> str:
        return self._shown.get(key, str(key))

    def read(self, raw: Raw) -> Any:
        text = as_text(raw)
        if text in self._spellings:
            return self._spellings[text]
        plain = folded(text)
        if is_missing(plain):
            return None
        if plain.startswith("#"):
            return Doubt(None, f"公式没有结果（{text}），按未填处理")
        if len(plain) > 200:
            return Fault(f"没有这个{self._thing}")
        for form in (plain, *self._forms(plain)):
            if form in self._keys:
                return self._keys[form]
        for form in self._wider(plain):
            if form in self._keys:
                key = self._keys[form]
                return Doubt(key, f"{self._thing}表里没有“{text[:40]}”，按上一级“{form} {self.shown(key)}”登记")
        return Fault(f"没有名为“{text[:40]}”的{self._thing}{self._suggestion(text)}")

    def _suggestion(self, text: str) -> str:
        close = process.extract(text, list(self._shown.values()), limit=3, score_cutoff=_CLOSE)
        return f"，是否为：{'、'.join(name for name, _, _ in close)}？" if close else ""


def townships(spellings: Mapping[str, int]) -> Directory:
    """魏塘, 嘉善县魏塘街道 and 魏塘街道 are one."""

    def forms(text: str) -> list[str]:
        bare = _REGION.sub("", text)
        return [bare, _KIND_OF_PLACE.sub("", bare)]

    return Directory("镇街", spellings, forms)


def industries(spellings: Mapping[str, str]) -> Directory:
    """C3990, 3990, 3990其他电子设备制造 and its name alone are one."""
    return Directory("行业", spellings, _forms_of_a_code, _wider_codes)


def tech_fields(spellings: Mapping[str, str]) -> Directory:
    """电子信息, 电子信息技术, 1.电子信息 and 一、电子信息 are one; 电子信息-软件 is the second level."""

    def forms(text: str) -> list[str]:
        found = _forms_of_a_code(re.sub(r"^[一二三四五六七八]、", "", text))
        last = re.split(r"[-—>＞:/]+", text)[-1]
        return [*found, last, *(form.removesuffix("技术") for form in (text, *found, last))]

    return Directory("技术领域", spellings, forms)


def owners(spellings: Mapping[str, int]) -> Directory:
    return Directory("责任人", spellings, lambda _: [])


def _wider_codes(text: str) -> list[str]:
    """The 中类 and the 大类 of a 小类 of GB/T 4754: 3562 and C3562 lie in 356, which lies in 35."""
    code = next((form for form in _forms_of_a_code(text) if form.isdigit()), "")
    return [code[:length] for length in (3, 2) if length < len(code)]


def _forms_of_a_code(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", cleaned(text))
    found = _CODE.match(plain)
    if not found:
        return [name for name in (_PUNCTUATION.sub("", plain),) if name]
    code, name = found[1], _PUNCTUATION.sub("", plain[found.end() :])
    if name and re.match(r"[a-z0-9]", plain[found.end() :]):
        return []
    return [form for form in (code, code.lstrip("abcdefghijklmnopqrst"), name) if form]
