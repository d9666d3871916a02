"""The search box and the palette, asked as Ctrl K asks it, against the list page, at a hundred thousand firms.

python benchmarks/search.py [--firms 100000] [--rounds 9]
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.counties import milliseconds, visitor

SOUGHT = ("科", "电子", "有限公司", "无此企业", "jslj", "keji", "zzzzqq", "138", "91330421MAXN1", "13800999", "张三")
BY_SCRIPT = {"HX-Request": "true"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    visitors = {asked.firms: visitor(asked.firms)}
    plain = milliseconds(visitors, "/firms", asked.rounds)[asked.firms]
    print(f"list page at {asked.firms:,} firms: {plain:.1f} ms")
    for text in SOUGHT:
        taken = milliseconds(visitors, f"/firms?q={quote(text)}", asked.rounds)[asked.firms]
        palette = milliseconds(visitors, f"/palette?q={quote(text)}", asked.rounds, BY_SCRIPT)[asked.firms]
        print(f"  {taken / plain:5.2f}  {taken:6.1f} ms, palette {palette / plain:5.2f}  {palette:6.1f} ms  {text}")


if __name__ == "__main__":
    main()
