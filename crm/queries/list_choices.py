"""What the filter row of the list offers, and how an active condition reads."""

from typing import Any

from crm.models import User
from crm.queries.firm_choices import Pairs, industry_pairs, owner_pairs, tech_field_pairs, township_pairs
from crm.queries.firm_filter import FirmFilter
from pipelines.vocabulary import Tier

_WORDS = {
    "revenue_min": "销售收入 ≥ {} 万元",
    "revenue_max": "销售收入 ≤ {} 万元",
    "rd_ratio_min": "研发占比 ≥ {} %",
    "rd_ratio_max": "研发占比 ≤ {} %",
    "class_one_min": "Ⅰ类知识产权 ≥ {} 件",
    "expiring_days": "{} 天内到期",
    "q": "搜索：{}",
}
_FIXED = {"gap": "缺去年数据", "archived": "已归档"}
_DIVISION = 2  # digits of a 大类; its 中类 and 小类 begin with them
_LISTED = {"township": "镇街", "tier": "层级", "industry": "行业", "tech_field": "技术领域", "owner": "责任人"}


def filter_choices(viewer: User) -> dict[str, Pairs]:
    """Parameter → (value, words), as the selects of the filter row offer them."""
    return {
        "township": township_pairs(viewer),
        "tier": [(tier.value, tier.label) for tier in Tier],
        "industry": [(code, words) for code, words in industry_pairs() if len(str(code)) == _DIVISION],
        "tech_field": tech_field_pairs(),
        "owner": [("mine", "我的"), ("none", "未分派"), *owner_pairs(None)],
    }


def chips(asked: FirmFilter, choices: dict[str, Pairs]) -> list[tuple[str, str]]:
    """The active conditions as (parameter, words)."""
    return [(name, _words(name, text, choices)) for name, text in asked.conditions().items()]


def _words(name: str, text: str, choices: dict[str, Pairs]) -> str:
    if name in _FIXED:
        return _FIXED[name]
    if name in _WORDS:
        return _WORDS[name].format(text)
    spoken: dict[str, Any] = {str(value): words for value, words in choices[name]}
    return f"{_LISTED[name]}：{spoken.get(text, text)}"
