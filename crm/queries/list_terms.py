"""What 高级筛选 can ask for: a field, a comparison, its values; written as one readable text in the address.

    rd_ratio@last.at_least.3      sales_revenue@2024.between.500..2000      2:visited_on.older_than.90

The terms of one group hold together (并且), one of several groups is enough (或者); a number before a colon is the
group of a term, the first needs none. A further field is one more entry of FIELDS and, unless it is a column of
standings, its condition in crm/queries/term_conditions.py.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from crm.queries.firm_choices import Pairs
from crm.queries.parameters import LARGEST_ID, SenselessError, amount, day, matching, one_of, whole_number
from pipelines.names import cleaned
from pipelines.vocabulary import FirmStatus, Tier

LAST = "last"  # the year before this one
_MOST_GROUPS = 9
_LONGEST_TEXT = 40
_WRITTEN = re.compile(r"(?:([1-9]):)?([a-z_]+)(?:@(last|20[0-9]{2}))?\.([a-z_]+)(?:\.(.*))?", re.DOTALL)
_IN_WORDS = "一二三四五六七八九"

# comparison → how it reads, and how many values it takes
COMPARISONS = {
    "at_least": ("≥ {}", 1),
    "at_most": ("≤ {}", 1),
    "between": ("在 {} 和 {} 之间", 2),
    "equals": ("等于 {}", 1),
    "contains": ("包含“{}”", 1),
    "lacks": ("不含“{}”", 1),
    "is": ("为{}", 1),
    "is_not": ("不为{}", 1),
    "from": ("不早于 {}", 1),
    "to": ("不晚于 {}", 1),
    "older_than": ("早于 {} 天前", 1),
    "not_since": ("自 {} 以来没有", 1),
    "empty": ("为空", 0),
    "filled": ("不为空", 0),
}
# A deed was done or not; what its comparisons mean is said with the deed itself.
_OF_DEEDS = {
    "older_than": "超过 {} 天没有{deed}",
    "not_since": "自 {} 以来没有{deed}",
    "empty": "从未{deed}",
    "filled": "{deed}过",
}
_MEASURED = ("at_least", "at_most", "between", "empty", "filled")
_BY_KIND = {
    "text": ("contains", "lacks"),
    "word": ("is", "is_not"),
    "choice": ("is", "is_not", "empty", "filled"),
    "money": (*_MEASURED, "equals"),
    "count": (*_MEASURED, "equals"),
    "share": _MEASURED,
    "day": ("from", "to", "between", "older_than", "empty", "filled"),
    "deed": ("older_than", "not_since", "empty", "filled"),
}
_UNITS = {"money": " 万元", "share": " %"}


def _words(text: str) -> str:
    if not (words := cleaned(text).replace(",", "，").replace("..", "．．")[:_LONGEST_TEXT]):
        raise SenselessError
    return words


_READ_BY_KIND: dict[str, Callable[[str], Any]] = {
    "text": _words,
    "money": amount(10**9),
    "count": amount(10**7),
    "share": matching(r"[0-9]{1,4}(\.[0-9]{1,2})?"),
    "day": day,
    "deed": day,
}
_DAYS = whole_number(0, 36_600)


class Field(NamedTuple):
    """kind: which comparisons it knows; of_year: it is a figure of one year; read: its values, where no kind says."""

    title: str
    kind: str
    of_year: bool = False
    read: Callable[[str], Any] | None = None


def _figure(title: str, kind: str = "money") -> Field:
    return Field(title, kind, of_year=True)


FIELDS = {
    "name": Field("名称、曾用名、代码、联系人", "text"),
    "township": Field("镇街", "choice", read=whole_number(1, LARGEST_ID)),
    "industry": Field("行业", "choice", read=matching("[0-9]{2,4}")),
    "tech_field": Field("技术领域", "choice", read=matching(r"[1-8](\.[0-9]{1,2})?")),
    "owner": Field("责任人", "choice", read=whole_number(1, LARGEST_ID)),
    "tier": Field("层级", "word", read=one_of([each.value for each in Tier])),
    "status": Field("经营状态", "word", read=one_of([each.value for each in FirmStatus])),
    "tag": Field("标签", "choice", read=whole_number(1, LARGEST_ID)),
    "founded_on": Field("成立日期", "day"),
    "next_expiry_on": Field("最近到期", "day"),
    "visited_on": Field("走访", "deed"),
    "follow_up_on": Field("下一步日期", "day"),
    "class_one_ip": Field("Ⅰ类知识产权", "count"),
    "completeness": Field("资料完整度", "share"),
    "rd_ratio": Field("研发占比", "share", of_year=True),
    "sales_revenue": _figure("销售收入"),
    "operating_revenue": _figure("营业收入"),
    "total_income": _figure("总收入"),
    "high_tech_revenue": _figure("高新技术产品收入"),
    "rd_spend": _figure("研发费用"),
    "net_profit": _figure("净利润"),
    "tax_paid": _figure("纳税额"),
    "total_assets": _figure("资产总额"),
    "staff": _figure("职工", "count"),
    "tech_staff": _figure("科技人员", "count"),
}


@dataclass(frozen=True)
class Term:
    """values: as they are written in the address."""

    field: str
    comparison: str
    values: tuple[str, ...] = ()
    year: str | None = None
    group: int = 1

    def __str__(self) -> str:
        group = f"{self.group}:" if self.group > 1 else ""
        year = f"@{self.year}" if self.year else ""
        return ".".join(
            [f"{group}{self.field}{year}", self.comparison, *(["..".join(self.values)] * bool(self.values))]
        )


def read_term(text: str) -> Term:
    """A term as the address says it; SenselessError when it says nothing."""
    written = _WRITTEN.fullmatch(text)
    if not written or written[2] not in FIELDS:
        raise SenselessError
    name, year, comparison = written[2], written[3], written[4]
    field = FIELDS[name]
    if comparison not in _BY_KIND[field.kind]:
        raise SenselessError
    year = (year or LAST) if field.of_year else None
    given = [part.strip() for part in written[5].split("..")] if written[5] is not None else []
    if len(given) != COMPARISONS[comparison][1]:
        raise SenselessError
    read = _DAYS if comparison == "older_than" else field.read or _READ_BY_KIND[field.kind]
    return Term(name, comparison, tuple(str(read(part)) for part in given), year, int(written[1] or 1))


def term_words(term: Term, choices: Mapping[str, Pairs], groups: int) -> str:
    """去年研发占比 ≥ 3 %; of several groups each says which it belongs to."""
    field, (words, _) = FIELDS[term.field], COMPARISONS[term.comparison]
    spoken = {str(value): label for value, label in choices.get(term.field, ())}
    unit = "" if term.comparison == "older_than" else _UNITS.get(field.kind, "")
    values = [spoken.get(value, value) + unit for value in term.values]
    year = {None: "", LAST: "去年"}.get(term.year, f"{term.year} 年")
    group = f"第{_IN_WORDS[term.group - 1]}组 · " if groups > 1 else ""
    if field.kind == "deed":
        return group + _OF_DEEDS[term.comparison].format(*values, deed=field.title)
    return f"{group}{year}{field.title}{_gap(words)}{words.format(*values)}"


def _gap(words: str) -> str:
    return " " if words[0] in "≥≤" else ""


@dataclass(frozen=True)
class TypedTerm:
    """What was typed into the form of one more condition: the term, or why it is none."""

    given: Mapping[str, str]
    term: Term | None
    complaint: str | None


TYPED = ("term_field", "term_year", "term_is", "term_value", "term_until", "term_group")


def typed_term(args: Mapping[str, str], terms: Sequence[Term], choices: Mapping[str, Pairs]) -> TypedTerm | None:
    given = {name: cleaned(args.get(name, ""))[:100] for name in TYPED}
    if not given["term_field"]:
        return None
    if given["term_field"] not in FIELDS or given["term_is"] not in COMPARISONS:
        return TypedTerm(given, None, "请选择要比较的内容和怎样比较。")
    field, count = FIELDS[given["term_field"]], COMPARISONS[given["term_is"]][1]
    if given["term_is"] not in _BY_KIND[field.kind]:
        sign, offered = comparison_words(given["term_is"]), "、".join(map(comparison_words, _BY_KIND[field.kind]))
        return TypedTerm(given, None, f"“{field.title}”不能用“{sign}”来比较，可以用：{offered}。")
    values = [given["term_value"], given["term_until"]][:count]
    if not all(values):
        return TypedTerm(given, None, "请填写两个值：从多少到多少。" if count > 1 else "请填写要比较的值。")
    values = [_chosen(value, choices.get(given["term_field"], [])) for value in values]
    written = (
        f"{_group(given['term_group'], terms)}:{given['term_field']}{_year(given['term_year'])}.{given['term_is']}"
    )
    try:
        return TypedTerm(given, read_term(".".join([written, *(["..".join(values)] * bool(values))])), None)
    except SenselessError:
        return TypedTerm(given, None, _expected(given["term_field"], given["term_is"]))


def comparison_words(comparison: str) -> str:
    """How a comparison is offered: its sentence without the values."""
    return re.sub(r"“?\{\}”?", "…", COMPARISONS[comparison][0]).strip()


def _chosen(typed: str, pairs: Pairs) -> str:
    """The value behind a label of the list that was offered, else what was typed."""
    return next((str(value) for value, label in pairs if label == typed), typed)


def _group(typed: str, terms: Sequence[Term]) -> int:
    known = sorted({term.group for term in terms})
    if typed == "new":
        return min((known[-1] if known else 0) + 1, _MOST_GROUPS)
    return int(typed) if typed.isdigit() and int(typed) in known else (known[-1] if known else 1)


def _year(typed: str) -> str:
    return f"@{typed}" if typed == LAST or re.fullmatch("20[0-9]{2}", typed) else ""


def _expected(field: str, comparison: str) -> str:
    kind = "days" if comparison == "older_than" else FIELDS[field].kind
    expected = {
        "money": "以万元为单位的数，如 500 或 1234.56",
        "count": "数，如 20",
        "share": "百分数，如 3 或 4.5",
        "days": "天数，如 90",
        "day": "日期，如 2026-01-01",
        "deed": "日期，如 2026-01-01",
    }.get(kind, "列出的选项之一")
    return f"“{FIELDS[field].title}”应与{expected}比较。"


def years_offered(today: date) -> list[tuple[str, str]]:
    """The years whose figures can be asked for."""
    return [(LAST, "去年"), *((str(year), f"{year} 年") for year in range(today.year - 1, today.year - 9, -1))]
