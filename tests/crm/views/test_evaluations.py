"""An old judgement is shown as it was made."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Evaluation
from crm.queries.evaluations import replayed
from pipelines.vocabulary import Programme, Role
from tests.builders import WAN, a_firm, some_figures

DAY = date(2025, 6, 30)


def a_judged_firm():
    firm = a_firm()
    for year in (2022, 2023, 2024):
        some_figures(firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(199 * WAN))
    db.session.commit()
    evaluate_county(DAY, "system")
    return firm


def kept(firm, programme: Programme = Programme.HIGH_TECH) -> Evaluation:
    return db.session.scalars(sa.select(Evaluation).filter_by(firm_id=firm.id, programme=programme)).first()


def test_every_judgement_comes_out_the_same_when_it_is_replayed(app):
    firm = a_judged_firm()

    rows = db.session.scalars(sa.select(Evaluation)).all()

    assert len(rows) > 4
    assert [row.programme for row in rows if not replayed(firm.id, row.id).came_out_the_same] == []


def test_the_page_shows_the_day_its_figures_and_its_gap(signed_in):
    firm = a_judged_firm()
    some_figures(firm, 2025, rd_spend=Decimal(999 * WAN))

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}/evaluations/{kept(firm).id}").text

    assert "2025-06-30" in page
    assert "2024 年" in page
    assert "还差" in page
    assert "以当时的记录为准" not in page


def test_a_record_that_no_longer_replays_counts_as_it_stands(signed_in):
    firm = a_judged_firm()
    row = kept(firm)
    row.findings = row.findings | {"rd_ratio": "met"}

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}/evaluations/{row.id}").text

    assert "以当时的记录为准" in page


def test_another_firms_judgement_is_not_found(signed_in):
    firm, stranger = a_judged_firm(), a_firm()

    assert signed_in(Role.OFFICER).get(f"/firms/{stranger.id}/evaluations/{kept(firm).id}").status_code == 404
