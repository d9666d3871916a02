"""What the filter row of the list offers, and how an active condition reads."""

from typing import Any, NamedTuple

from crm.models import User
from crm.queries.firm_choices import Pairs, division_pairs, owner_pairs, tech_field_pairs, township_pairs
from crm.queries.firm_filter import ARCHIVED, MISSING, PARAMETERS, FirmFilter
from crm.queries.high_risk import WHOSE
from crm.queries.list_terms import term_words
from crm.queries.tags import filter_pairs
from pipelines.vocabulary import FiguresState, FirmStatus, ShortlistTier, Tier, TriColor

_WORDS = {
    "q": "搜索：{}",
    "founded_from": "成立不早于 {}",
    "founded_to": "成立不晚于 {}",
    "revenue_min": "销售收入 ≥ {} 万元",
    "revenue_max": "销售收入 ≤ {} 万元",
    "rd_ratio_min": "研发占比 ≥ {} %",
    "rd_ratio_max": "研发占比 ≤ {} %",
    "class_one_min": "Ⅰ类知识产权 ≥ {} 件",
    "expiring_days": "{} 天内到期",
    "expiring_before": "{} 之前到期",
    "completeness_max": "资料完整度 ≤ {} %",
    "rule_data_max": "高企所需数据 ≤ {} %",
}
_CHOSEN = {
    "township": "镇街：{}",
    "tier": "层级：{}",
    "shortlist": "高企候选：{}",
    "colour": "三色：{}",
    "risk": "{}",
    "industry": "行业：{}",
    "tech_field": "技术领域：{}",
    "owner": "责任人：{}",
    "status": "{}",
    "above_scale": "{}",
    "figures": "{}",
    "tag": "标签：{}",
}


class Chip(NamedTuple):
    """An active condition; rest is what its parameter says without it."""

    name: str
    words: str
    rest: str | None


def filter_choices(viewer: User | None) -> dict[str, Pairs]:
    """Parameter → (value, words), as the selects of the filter row offer them."""
    return {
        "township": township_pairs(viewer),
        "tier": [(tier.value, tier.label) for tier in Tier],
        "shortlist": [(each.value, each.label) for each in ShortlistTier],
        "colour": [(each.value, each.label) for each in TriColor],
        "risk": [*WHOSE.items()],
        "industry": division_pairs(),
        "tech_field": tech_field_pairs(),
        "owner": [("mine", "我的"), ("none", "未分派"), *owner_pairs(None)],
        "status": [*((status.value, status.label) for status in FirmStatus), (ARCHIVED, "已归档")],
        "tag": filter_pairs(),
        "above_scale": [("yes", "规上企业")],
        "figures": [(MISSING, "缺去年销售收入"), *((state.value, state.label) for state in FiguresState)],
    }


def chips(asked: FirmFilter, choices: dict[str, Pairs]) -> list[Chip]:
    """Each value of a parameter that holds several can be taken away by itself."""
    groups = len({term.group for term in asked.where})
    terms = {str(term): term_words(term, choices, groups) for term in asked.where}
    found: list[Chip] = []
    for name, text in asked.conditions().items():
        if name == "firm":
            found.append(Chip(name, f"勾选的 {text.count(',') + 1} 家", None))
            continue
        values = text.split(",") if PARAMETERS[name].is_many else [text]
        for value in values:
            rest = ",".join(other for other in values if other != value)
            words = terms[value] if name == "where" else _words(name, value, choices)
            found.append(Chip(name, words, rest or None))
    return found


def _words(name: str, value: str, choices: dict[str, Pairs]) -> str:
    if name in _WORDS:
        return _WORDS[name].format(value)
    spoken: dict[str, Any] = {str(offered): words for offered, words in choices[name]}
    return _CHOSEN[name].format(spoken.get(value, value))
