"""Who is told of an R&D institution whose review is due: 90, 30 and 7 working days before, as kinds.yaml says."""

from datetime import date

import pytest

from crm import clock
from crm.queries.situations import situations
from pipelines.reminders.planning import planned_days, rules
from pipelines.vocabulary import InstitutionKind, InstitutionLevel, ReminderKind
from tests.builders import a_firm, a_user, an_institution

DUE = date(2026, 12, 31)
TODAY = date(2026, 6, 1)


def matters():
    return [each for each in situations(TODAY) if each.kind is ReminderKind.REVIEW_DUE]


def test_a_review_is_a_matter_of_the_officer_of_the_firm(app):
    officer = a_user()
    firm = a_firm("嘉善灵犀科技有限公司", owner_id=officer.id)
    an_institution(
        firm, name="灵犀研究院", level=InstitutionLevel.PROVINCE, kind=InstitutionKind.INSTITUTE, review_due_on=DUE
    )

    (matter,) = matters()

    assert (matter.on, matter.owner_id) == (DUE, officer.id)
    assert matter.words == "嘉善灵犀科技有限公司的省级企业研究院“灵犀研究院”应在 2026-12-31 前接受评估"
    assert matter.path == f"/firms/{firm.id}?tab=institutions"
    assert planned_days(matter, rules()[matter.kind]) == [
        (90, date(2026, 8, 21)),
        (30, date(2026, 11, 19)),
        (7, date(2026, 12, 22)),
    ]


def test_a_review_made_before_the_last_one_was_due_settles_nothing(app):
    an_institution(a_firm(), review_due_on=DUE, reviewed_on=date(2023, 12, 20))

    assert len(matters()) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"reviewed_on": DUE},
        {"withdrawn_on": date(2026, 5, 1)},
        {"archived_at": clock.now()},
        {"review_due_on": None},
        {"review_due_on": date(2026, 5, 31)},
    ],
)
def test_what_is_reviewed_withdrawn_put_away_or_past_is_no_matter(app, values):
    an_institution(a_firm(), **{"review_due_on": DUE} | values)

    assert matters() == []


def test_an_institution_of_an_archived_firm_is_no_matter(app):
    an_institution(a_firm(archived_at=clock.now()), review_due_on=DUE)

    assert matters() == []
