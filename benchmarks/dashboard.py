"""The dashboard before 100,000 firms against 1,000, of today and of a past day: python -m benchmarks.dashboard."""

import argparse
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.counties import milliseconds, visitor
from crm import clock
from crm.actions.housekeeping import refresh_all_standings

SMALL = 1_000
AIM = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    today = clock.today()
    visitors = {firms: visitor(firms) for firms in (SMALL, asked.large)}
    for client in visitors.values():
        with client.application.app_context():
            refresh_all_standings(today)
    for address in ("/dashboard", f"/dashboard?on={date(today.year - 1, 10, 20)}", f"/targets?year={today.year}"):
        times = milliseconds(visitors, address, asked.rounds)
        ratio = times[asked.large] / times[SMALL]
        print(f"{address:28} {times[SMALL]:7.1f} → {times[asked.large]:7.1f} ms CPU  {ratio:5.2f}  aim {AIM}")


if __name__ == "__main__":
    main()
