"""A firm of the register, held against every programme in force."""

from datetime import date
from decimal import Decimal

from crm.extensions import db
from crm.models import Application, Firm
from crm.queries.judgements import judgement_of
from pipelines.vocabulary import ApplicationKind, ApplicationResult, IpKind, Programme, Title, Verdict
from tests.builders import WAN, a_firm, a_recognition, an_ip_right, some_figures

TODAY = date(2026, 6, 30)


def judged(firm: Firm, programme: str | None = None):
    db.session.commit()
    applications = db.session.query(Application).filter_by(firm_id=firm.id)
    return judgement_of(firm, applications, TODAY, programme)


def test_the_figures_of_the_register_decide(app):
    firm = a_firm()
    for year in (2023, 2024, 2025):
        some_figures(firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(200 * WAN))

    judgement = judged(firm)

    assert judgement.chosen is Programme.HIGH_TECH
    assert judgement.shown.assessment.finding("rd_ratio").verdict is Verdict.MET
    assert judgement.shown.assessment.finding("age").verdict is Verdict.MET


def test_what_keeps_the_firm_out_comes_first(app):
    firm = a_firm()
    for year in (2023, 2024, 2025):
        some_figures(firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(100 * WAN))

    judgement = judged(firm)

    assert judgement.shown.findings[0].verdict is Verdict.NOT_MET
    assert judgement.shown.counts[0] == (Verdict.NOT_MET, len(judgement.shown.assessment.missed))


def test_without_ip_rights_recorded_nobody_knows(app):
    assert judged(a_firm()).shown.assessment.finding("ip").verdict is Verdict.UNKNOWN


def test_a_class_two_right_is_spent_by_the_application_that_was_certified(app):
    firm = a_firm()
    an_ip_right(firm, IpKind.UTILITY_MODEL, used_in_year=2023)
    certified = {"result": ApplicationResult.PASSED, "kind": ApplicationKind.FIRST}
    db.session.add(Application(firm_id=firm.id, programme=Title.HIGH_TECH, year=2023, **certified))

    assert judged(firm).shown.assessment.finding("ip").verdict is Verdict.NOT_MET


def test_a_valid_certificate_needs_no_application(app):
    firm = a_firm()
    a_recognition(firm, Title.HIGH_TECH, date(2025, 12, 1), valid_until=date(2028, 12, 1))

    assert judged(firm).shown.assessment.shortlisting.tier is None


def test_rubbish_in_the_address_means_the_first_programme(app):
    assert judged(a_firm(), "nonsense").chosen is Programme.HIGH_TECH
