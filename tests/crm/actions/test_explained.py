"""The ten firms of the officers' README say what it says of them, in any year."""

from datetime import date

import pytest
import sqlalchemy as sa

from crm.actions.demo import load_reference
from crm.actions.evaluations import evaluate_county
from crm.actions.events import COMMAND
from crm.actions.explained import load_explained
from crm.extensions import db
from crm.models import Evaluation, Firm
from pipelines.vocabulary import Programme

# 样例 → (altogether, tier of the shortlist, what is missed)
EXPECTED = {
    "样例一": ("met", "a", []),
    "样例二": ("unknown", "b", []),
    "样例三": ("not_met", "d", ["rd_ratio"]),
    "样例四": ("not_met", "c", ["tech_staff_ratio"]),
    "样例五": ("unknown", "b", []),
    "样例六": ("not_met", "e", ["no_serious_violation"]),
    "样例七": ("not_met", "d", ["age"]),
    "样例八": ("not_met", "c", ["ip"]),
    "样例九": ("not_met", "c", ["high_tech_ratio"]),
    "样例十": ("unknown", "b", []),
}


@pytest.mark.parametrize("today", [date(2026, 11, 27), date(2027, 3, 1), date(2028, 12, 31)], ids=str)
def test_each_of_the_ten_firms_shows_what_it_is_there_for(app, today):
    load_reference(COMMAND)
    load_explained(today)
    evaluate_county(today, "system", (Programme.HIGH_TECH,))

    rows = db.session.execute(sa.select(Firm.name, Evaluation).join(Evaluation, Evaluation.firm_id == Firm.id)).all()
    shown = {
        name[2:5]: (row.verdict.value, row.shortlist and row.shortlist.value, [each["id"] for each in row.missed])
        for name, row in rows
    }
    assert shown == EXPECTED


def test_the_gaps_are_told_in_real_units(app):
    load_reference(COMMAND)
    load_explained(date(2026, 11, 27))
    evaluate_county(date(2026, 11, 27), "system", (Programme.HIGH_TECH,))

    rows = db.session.execute(sa.select(Firm.name, Evaluation).join(Evaluation, Evaluation.firm_id == Firm.id)).all()
    words = {name[2:5]: row.missed[0]["words"] for name, row in rows if row.missed}
    assert words["样例三"] == "近三年研发费用还差 1 元"
    assert words["样例四"] == "再增 3 名科技人员（新招），或转岗 2 名"
    assert words["样例七"] == "2026-12-12 起满一年"
    assert words["样例八"] == "还差 1 件"
