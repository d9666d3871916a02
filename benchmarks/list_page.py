"""The list of a million firms against that of ten thousand: page 1 of every sort under every filter, the deepest page.

python benchmarks/list_page.py [--large 1000000] [--rounds 5]
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.counties import milliseconds, visitor
from crm.queries.list_columns import SORTS

SMALL = 10_000
AIM = 1.5
FILTERS = {
    "全部": {},
    "镇街": {"township": "1"},
    "高企": {"tier": "high_tech"},
    "科技领军": {"tier": "leading"},
    "潜在": {"tier": "prospect"},
    "两个层级": {"tier": "high_tech,tech_sme"},
    "行业": {"industry": "39"},
    "技术领域": {"tech_field": "1.2"},
    "我的": {"owner": "mine"},
    "未分派": {"owner": "none"},
    "已归档": {"status": "archived"},
    "迁出": {"status": "moved_away"},
    "在营": {"status": "active"},
    "规上": {"above_scale": "yes"},
    "缺去年销售收入": {"figures": "missing"},
    "2015 年后成立": {"founded_from": "2015-01-01"},
    "收入 100–900 万": {"revenue_min": "100", "revenue_max": "900"},
    "收入 10 亿以上": {"revenue_min": "100000"},
    "研发占比 ≥ 5 %": {"rd_ratio_min": "5"},
    "研发占比 ≥ 40 %": {"rd_ratio_min": "40"},
    "Ⅰ类 ≥ 1": {"class_one_min": "1"},
    "一年内到期": {"expiring_days": "365"},
    "完整度 ≤ 50 %": {"completeness_max": "50"},
    "镇街＋高企＋研发": {"township": "1", "tier": "high_tech", "rd_ratio_min": "5"},
    "镇街＋领军": {"township": "1", "tier": "leading"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    visitors = {firms: visitor(firms) for firms in (SMALL, asked.large)}
    orders = [sign + key for key in SORTS for sign in ("", "-")]
    first = {
        (name, order): milliseconds(visitors, address(sort=order, **conditions), asked.rounds)
        for name, conditions in FILTERS.items()
        for order in orders
    }
    report("page 1", first, asked.large)
    deepest = {
        ("最后一页", order): milliseconds(visitors, address(sort=order, page="1000000000"), asked.rounds)
        for order in orders
    }
    plain = first["全部", "name"]
    worst = max(deepest.values(), key=lambda times: times[asked.large])[asked.large]
    report("deepest page", deepest, asked.large)
    print(f"deepest page at {asked.large:,} ÷ page 1 there: worst {worst / plain[asked.large]:.2f}")


def address(**args: str) -> str:
    return f"/firms?{urlencode(args)}"


def report(title: str, found: dict[tuple[str, str], dict[int, float]], large: int) -> None:
    ratios = {asked: times[large] / times[SMALL] for asked, times in found.items()}
    worst = sorted(ratios, key=lambda asked: -ratios[asked])[:8]
    middle = sorted(ratios.values())[len(ratios) // 2]
    print(
        f"{title}: {large:,} ÷ {SMALL:,} firms, {len(ratios)} lists, median {middle:.2f}, worst {ratios[worst[0]]:.2f}"
    )
    for asked in worst:
        times = found[asked]
        print(f"  {ratios[asked]:5.2f}  {times[SMALL]:6.1f} → {times[large]:6.1f} ms  {asked[0]} / {asked[1]}")


if __name__ == "__main__":
    main()
