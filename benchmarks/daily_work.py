"""The pages of the daily work at 100,000 firms and 20,000 open candidacies against those at 1,000 firms and 200.

python benchmarks/daily_work.py [--large 100000] [--rounds 9]
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.counties import milliseconds, visitor
from crm import clock
from crm.actions.bulk import insert_rows
from crm.actions.housekeeping import refresh_all_standings
from crm.extensions import db
from crm.models import Candidacy, Firm, FollowUp, User
from pipelines.funnel.stages import OPEN
from pipelines.vocabulary import Title

SMALL = 1_000
AIM = 1.5
PAGES = {
    "今日": "/",
    "看板": "/candidacies",
    "清单": "/candidacies?face=list",
    "诉求和跟进": "/visits/follow-ups",
    "走访记录": "/visits",
    "该走访的企业": "/visits/behind",
    "工作量": "/visits/load",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    visitors = {firms: visitor(firms) for firms in (SMALL, asked.large)}
    for firms, client in visitors.items():
        with client.application.app_context():
            owe(60)
            print(f"{fill(firms // 5):,} candidacies open among {firms:,} firms")
    for name, address in PAGES.items():
        times = milliseconds(visitors, address, asked.rounds)
        ratio = times[asked.large] / times[SMALL]
        print(f"{name:8} {times[SMALL]:7.1f} → {times[asked.large]:7.1f} ms CPU  {ratio:5.2f}  aim {AIM}")


def owe(wanted: int) -> None:
    """As much to do today for the officer who looks as his page shows: the pages are equally full."""
    today = clock.today()
    officer = db.session.scalars(sa.select(User.id).filter_by(account="keyuan1")).one()
    mine = sa.select(Firm.id).where(Firm.owner_id == officer, Firm.archived_at.is_(None)).order_by(Firm.id)
    due = sa.select(sa.func.count(FollowUp.id)).filter_by(owner_id=officer, done_on=None, due_on=today)
    missing = wanted - (db.session.scalar(due) or 0)
    fields = ("firm_id", "is_need", "what", "owner_id", "due_on", "created_at", "by_name")
    firms = list(db.session.scalars(mine.limit(max(0, missing))))
    insert_rows(FollowUp, fields, ([key, False, "回访", officer, today, clock.now(), "基准"] for key in firms))
    db.session.commit()


def fill(wanted: int) -> int:
    """Open candidacies over all stages, until there are so many; answers how many there are."""
    today = clock.today()
    there = set(db.session.scalars(sa.select(Candidacy.firm_id)))
    free = db.session.execute(
        sa.select(Firm.id, Firm.owner_id).where(Firm.id.not_in(there), Firm.archived_at.is_(None)).order_by(Firm.id)
    ).all()
    open_now = db.session.scalar(sa.select(sa.func.count(Candidacy.id)).where(Candidacy.closed_on.is_(None))) or 0
    fields = (
        "firm_id", "target", "stage", "stage_since", "active_on", "owner_id", "is_renewal", "opened_on", "is_archived",
        "created_at",
    )  # fmt: skip
    rows = []
    for place, (firm_id, owner_id) in enumerate(free[: max(0, wanted - open_now)]):
        day = today - timedelta(days=place % 120)
        rows.append(
            [firm_id, Title.HIGH_TECH, OPEN[place % len(OPEN)], day, day, owner_id, False, day, False, clock.now()]
        )
    if rows:
        insert_rows(Candidacy, fields, rows)
        db.session.commit()
        refresh_all_standings(today)
    return open_now + len(rows)


if __name__ == "__main__":
    main()
