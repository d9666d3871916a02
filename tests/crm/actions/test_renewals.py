"""The renewal of a certificate begins by itself a year before it ends, once a certificate."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.renewals import open_renewals
from crm.extensions import db
from crm.models import Candidacy, Event
from pipelines.vocabulary import EventKind, RecognitionEnd, Stage, Title
from tests.builders import a_candidacy, a_firm, a_recognition, a_user

TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 03:20+08:00", tick=False):
        yield


def certified(valid_until: date, recognized_on: date = date(2024, 6, 20), **values):
    firm = a_firm(**values)
    a_recognition(firm, Title.HIGH_TECH, recognized_on, valid_until=valid_until)
    return firm


def opened() -> list[Candidacy]:
    db.session.commit()
    open_renewals(TODAY)
    return list(db.session.scalars(sa.select(Candidacy).filter_by(is_renewal=True).order_by(Candidacy.firm_id)))


def test_it_begins_with_the_owner_and_the_last_day_of_the_certificate(app):
    owner = a_user()
    firm = certified(date(2027, 6, 20), owner_id=owner.id)

    (renewal,) = opened()

    assert (renewal.firm_id, renewal.owner_id, renewal.due_on) == (firm.id, owner.id, date(2027, 6, 20))
    assert (renewal.stage, renewal.target) == (Stage.CULTIVATING, Title.HIGH_TECH)
    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.CANDIDACY_OPENED)).one()
    assert (event.by_name, event.through) == ("系统", "system")


@pytest.mark.parametrize("valid_until", [date(2027, 6, 21), date(2026, 6, 19)])
def test_a_day_earlier_it_does_not_and_after_the_end_it_is_too_late(app, valid_until):
    certified(valid_until)

    assert opened() == []


def test_each_certificate_brings_it_once_even_when_it_was_given_up(app):
    firm = certified(date(2027, 1, 1))
    (renewal,) = opened()
    renewal.stage, renewal.closed_on, renewal.reason = Stage.ABANDONED, TODAY, "企业不再申报"
    db.session.commit()

    assert [each.firm_id for each in opened()] == [firm.id]


def test_who_has_one_open_or_is_archived_or_lost_the_title_gets_none(app):
    a_candidacy(certified(date(2027, 1, 1)))
    certified(date(2027, 1, 1), archived_at=sa.func.now())
    lost = a_firm()
    ended = {"ended_on": date(2026, 1, 1), "end_reason": RecognitionEnd.CANCELLED}
    a_recognition(lost, Title.HIGH_TECH, date(2024, 1, 1), valid_until=date(2027, 1, 1), **ended)

    assert opened() == []


def test_a_certificate_that_was_renewed_counts_by_its_newest(app):
    firm = certified(date(2026, 12, 1), date(2023, 12, 1))
    a_recognition(firm, Title.HIGH_TECH, date(2026, 6, 1), valid_until=date(2029, 6, 1), is_renewal=True)

    assert opened() == []


def test_the_leap_day_has_a_year_after_it(app):
    assert open_renewals(date(2028, 2, 29)) == "已为 0 家证书一年内到期的高企开始重新认定。"
