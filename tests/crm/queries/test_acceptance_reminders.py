"""Who is told of a project that is to be accepted: 90, 30 and 7 working days before, as kinds.yaml says."""

from datetime import date

import pytest

from crm import clock
from crm.extensions import db
from crm.queries.situations import situations
from pipelines.reminders.planning import due, planned_days, rules
from pipelines.vocabulary import ProjectStage, ReminderKind, Role
from tests.builders import a_firm, a_project, a_user

DUE = date(2026, 12, 31)
SEVEN_BEFORE, THIRTY_BEFORE, NINETY_BEFORE = date(2026, 12, 22), date(2026, 11, 19), date(2026, 8, 21)


def matters(today: date = date(2026, 6, 1)):
    return [each for each in situations(today) if each.kind is ReminderKind.ACCEPTANCE_DUE]


def test_a_running_project_is_a_matter_of_its_officer_or_its_firm_s(app):
    mine, firms = a_user(), a_user()
    firm = a_firm("嘉善灵犀科技有限公司", owner_id=firms.id)
    project = a_project(firm, title="超精密镜片研制", acceptance_due_on=DUE, owner_id=mine.id)
    a_project(firm, title="另一个", acceptance_due_on=DUE)

    first, second = matters()

    assert (first.on, first.owner_id, second.owner_id) == (DUE, mine.id, firms.id)
    assert first.words == "嘉善灵犀科技有限公司的科创祥符（县级）项目“超精密镜片研制”应在 2026-12-31 前验收"
    assert first.path == f"/projects/{project.id}"


@pytest.mark.parametrize(
    "values",
    [
        {"stage": ProjectStage.ACCEPTED, "accepted_on": date(2026, 5, 1)},
        {"stage": ProjectStage.TERMINATED},
        {"archived_at": clock.now()},
        {"acceptance_due_on": None},
        {"acceptance_due_on": date(2026, 5, 31)},
    ],
)
def test_what_is_over_or_put_away_is_no_matter_any_more(app, values):
    a_project(a_firm(), **{"acceptance_due_on": DUE} | values)

    assert matters() == []


def test_a_project_of_an_archived_firm_is_no_matter(app):
    a_project(a_firm(archived_at=clock.now()), acceptance_due_on=DUE)

    assert matters() == []


def test_the_offsets_count_working_days(app):
    a_project(a_firm(), acceptance_due_on=DUE)

    (matter,) = matters()

    assert planned_days(matter, rules()[matter.kind]) == [(90, NINETY_BEFORE), (30, THIRTY_BEFORE), (7, SEVEN_BEFORE)]


def test_each_is_told_once_and_the_chief_too_when_it_is_near(app):
    officer, chief = a_user(), a_user(Role.SECTION_CHIEF)
    a_project(a_firm(), acceptance_due_on=DUE, owner_id=officer.id)
    db.session.commit()

    told = {
        day: [each.to_id for each in due(matters(day), day, chief.id)]
        for day in (NINETY_BEFORE, THIRTY_BEFORE, SEVEN_BEFORE)
    }

    assert told == {
        NINETY_BEFORE: [officer.id],
        THIRTY_BEFORE: [officer.id, chief.id],
        SEVEN_BEFORE: [officer.id, chief.id],
    }


def test_an_extension_moves_the_matter_to_its_new_day(app):
    project = a_project(a_firm(), acceptance_due_on=DUE)
    before = matters()[0]
    project.acceptance_due_on = date(2027, 6, 30)

    (after,) = matters()

    assert (before.subject, before.on, after.on) == (after.subject, DUE, date(2027, 6, 30))
