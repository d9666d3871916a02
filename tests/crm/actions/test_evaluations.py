"""Judgements are kept as they were made, and only where something came out otherwise."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Evaluation, Firm, LatestEvaluation
from pipelines.vocabulary import Programme, ShortlistTier, Title, Verdict
from tests.builders import WAN, a_firm, a_recognition, some_figures

TODAY = date(2026, 6, 30)


@pytest.fixture
def firm(app) -> Firm:
    firm = a_firm(founded_on=date(2025, 7, 1))
    for year in (2023, 2024, 2025):
        some_figures(firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(199 * WAN))
    return firm


def evaluate(on: date = TODAY) -> int:
    db.session.commit()
    return evaluate_county(on, "system")


def latest(firm: Firm, programme: Programme = Programme.HIGH_TECH) -> Evaluation:
    pointed = sa.select(Evaluation).join(LatestEvaluation, LatestEvaluation.evaluation_id == Evaluation.id)
    return db.session.scalars(pointed.where(Evaluation.firm_id == firm.id, Evaluation.programme == programme)).one()


def test_every_confirmed_programme_is_judged(firm):
    written = evaluate()

    judged = db.session.scalars(sa.select(Evaluation.programme).where(Evaluation.firm_id == firm.id)).all()
    assert written == len(judged) == len(set(judged))
    assert Programme.HIGH_TECH in judged
    assert Programme.LEADING not in judged


def test_a_judgement_names_what_is_missed_and_by_how_much(firm):
    evaluate()

    judged = latest(firm)
    missed = {each["id"]: each for each in judged.missed}
    assert judged.verdict is Verdict.NOT_MET
    assert judged.missed_count == len(missed) == 2
    assert missed["rd_ratio"]["amount"] == "10000"  # of the one year the firm has been there
    assert missed["age"]["on"] == "2026-07-01"
    assert judged.shortlist is ShortlistTier.NEXT_YEAR


def test_a_second_run_over_unchanged_firms_writes_nothing(firm):
    a_recognition(firm, Title.TECH_SME, date(2026, 1, 1))
    evaluate()

    assert evaluate() == 0
    assert evaluate(date(2026, 6, 29)) == 0


def test_a_day_that_changes_a_verdict_writes(firm):
    evaluate()

    assert evaluate(date(2026, 7, 1)) > 0
    assert latest(firm).findings["age"] == "met"


def test_a_changed_figure_makes_a_new_judgement_and_keeps_the_old(firm):
    evaluate()
    old = latest(firm).id
    firm.annual_figures[-1].rd_spend = Decimal(202 * WAN)

    evaluate()

    assert latest(firm).findings["rd_ratio"] == "met"
    assert db.session.get_one(Evaluation, old).findings["rd_ratio"] == "not_met"


def test_facts_that_come_back_are_judged_again_and_kept_once(firm):
    for amount in (199, 202, 199):
        firm.annual_figures[-1].rd_spend = Decimal(amount * WAN)
        evaluate()

    assert latest(firm).findings["rd_ratio"] == "not_met"
    assert db.session.scalar(sa.text("SELECT count(*) FROM fact_sets")) == 2


def test_an_archived_firm_is_judged_no_more(firm):
    firm.archived_at = clock.now()

    assert evaluate() == 0
