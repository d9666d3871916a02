"""The ledger of research projects with its totals, and what counts as started in a year."""

from datetime import date
from decimal import Decimal

import pytest

from crm import clock
from crm.extensions import db
from crm.queries.projects import (
    ProjectFilter,
    find_project,
    project_page,
    project_totals,
    projects_of,
    projects_started,
)
from pipelines.vocabulary import ProjectProgramme, ProjectStage, Role
from tests.builders import a_firm, a_project, a_township, a_user

TODAY = date(2026, 11, 24)
S, P = ProjectStage, ProjectProgramme


def listed(viewer=None, **asked) -> list[int]:
    return [row.id for row in project_page(ProjectFilter(**asked), viewer, TODAY).rows]


def started(year: int, as_of: date = TODAY, *args) -> set[int]:
    return set(db.session.scalars(projects_started(year, as_of, *args)))


def test_a_project_is_counted_in_the_year_of_its_approval_whatever_became_of_it(app):
    first = a_project(a_firm(), date(2026, 1, 1))
    last = a_project(a_firm(), date(2026, 11, 24), stage=S.TERMINATED)
    a_project(a_firm(), date(2025, 12, 31)), a_project(a_firm(), date(2026, 11, 25)), a_project(a_firm(), None)

    assert started(2026) == {first.id, last.id}
    assert started(2026, date(2026, 6, 30)) == {first.id}


def test_the_programmes_of_the_province_are_counted_together(app):
    vanguard, goose = (a_project(a_firm(), date(2026, 5, 1), programme=each) for each in (P.VANGUARD, P.LEADING_GOOSE))
    own = a_project(a_firm(), date(2026, 5, 1), programme=P.OWN)

    assert started(2026, TODAY, (P.VANGUARD, P.LEADING_GOOSE)) == {vanguard.id, goose.id}
    assert started(2026, TODAY, (P.OWN,)) == {own.id}


@pytest.mark.parametrize("as_of", [date(2025, 6, 30), date(2025, 12, 31), TODAY])
def test_the_number_of_started_ones_is_that_of_the_list_it_opens(app, as_of):
    for month in range(1, 13):
        a_project(a_firm(), date(2025, month, 20), programme=[P.OWN, P.VANGUARD, P.LEADING_GOOSE][month % 3])
    asked = ProjectFilter(started=2025, on=as_of, programme=("vanguard", "leading_goose"))

    counted = started(2025, as_of, (P.VANGUARD, P.LEADING_GOOSE))

    assert {row.id for row in project_page(asked, None, TODAY).rows} == counted
    assert project_totals(asked, None, TODAY).count == len(counted)


def test_what_was_put_away_or_belongs_to_a_firm_that_was_is_not_counted(app):
    away = a_project(a_firm(), date(2026, 5, 1), archived_at=clock.now())
    a_project(a_firm(archived_at=clock.now()), date(2026, 5, 1))

    assert started(2026) == set()
    assert listed() == []
    assert listed(phase="archived") == [away.id]


def test_totals_are_exact_sums_of_the_whole_list_whatever_page_is_shown(app):
    for number in range(25):
        a_project(
            a_firm(), budget_total=Decimal("0.10"), budget_subsidy=Decimal("0.03"),
            budget_own=Decimal("0.07") if number else None,
        )  # fmt: skip

    totals = project_totals(ProjectFilter(size=20, page=2), None, TODAY)

    assert (totals.count, totals.total, totals.subsidy, totals.own) == (
        25, Decimal("2.50"), Decimal("0.75"), Decimal("1.68"),
    )  # fmt: skip
    assert len(project_page(ProjectFilter(size=20, page=2), None, TODAY).rows) == 5


def test_nothing_found_sums_to_nothing(app):
    assert project_totals(ProjectFilter(q="没有"), None, TODAY).total == 0


def test_every_filter_narrows_the_ledger(app):
    west, officer = a_township("西塘镇"), a_user()
    wanted = a_project(
        a_firm("嘉善灵犀科技有限公司", township=west), date(2024, 5, 1), title="超精密镜片100%国产", number="2024C01",
        programme=P.VANGUARD, owner_id=officer.id, partners="某大学光电学院", stage=S.ACCEPTANCE,
        acceptance_due_on=date(2026, 12, 20),
    )  # fmt: skip
    other = a_project(a_firm(), date(2023, 5, 1), title="超精密镜片100个")

    for asked in (
        {"programme": ("vanguard",)}, {"stage": "acceptance"}, {"township": west.id}, {"owner": str(officer.id)},
        {"started": 2024}, {"due": "soon"}, {"q": "灵犀"}, {"q": "100%"}, {"q": "光电学院"}, {"q": "2024C01"},
    ):  # fmt: skip
        assert (asked, listed(**asked)) == (asked, [wanted.id])
    assert listed(officer, owner="mine") == [wanted.id]
    assert listed(owner="none") == listed(on=date(2023, 12, 31)) == [other.id]
    assert listed(phase="running") == [wanted.id, other.id]


def test_phases_part_the_ledger(app):
    of_phase = {
        "applying": a_project(a_firm(), None).id,
        "running": a_project(a_firm(), stage=S.NOT_ACCEPTED).id,
        "finished": a_project(a_firm(), stage=S.CONCLUDED, accepted_on=TODAY).id,
        "ended": a_project(a_firm(), stage=S.REVOKED).id,
    }

    assert {phase: listed(phase=phase) for phase in of_phase} == {phase: [key] for phase, key in of_phase.items()}
    assert set(listed()) == set(of_phase.values())


def test_an_acceptance_is_due_only_while_the_project_runs(app):
    late = a_project(a_firm(), acceptance_due_on=date(2026, 11, 23))
    today = a_project(a_firm(), acceptance_due_on=TODAY)
    a_project(a_firm(), acceptance_due_on=date(2026, 11, 1), stage=S.ACCEPTED, accepted_on=date(2026, 11, 20))

    assert listed(due="overdue") == [late.id]
    assert listed(due="soon") == [today.id]


def test_an_officer_of_a_township_keeps_to_projects_led_from_the_own_area(app):
    west = a_township("西塘镇")
    inside = a_project(a_firm(township=a_township("荷塘村", within=west)), date(2026, 5, 1), budget_total=Decimal(5))
    outside = a_project(a_firm(township=a_township()), date(2026, 5, 1), budget_total=Decimal(7))
    local = a_user(Role.TOWNSHIP_OFFICER, township=west)

    assert listed(local) == [inside.id]
    assert project_totals(ProjectFilter(), local, TODAY).total == 5
    assert started(2026, TODAY, tuple(P), local) == {inside.id}
    assert find_project(inside.id, local) is inside
    assert find_project(outside.id, local) is None
    assert find_project(2**40, local) is None


def test_a_firm_shows_what_it_leads_and_what_it_takes_part_in(app):
    firm, leader = a_firm(), a_firm(township=a_township())
    led, joined = a_project(firm), a_project(leader, date(2024, 1, 1))
    joined.partner_firms = [firm]
    a_project(leader, archived_at=clock.now()).partner_firms = [firm]
    local = a_user(Role.TOWNSHIP_OFFICER, township=a_township())
    db.session.commit()

    shown = projects_of(firm.id, None)

    assert [(each.row.id, each.leads, each.may_open) for each in shown] == [
        (led.id, True, True),
        (joined.id, False, True),
    ]
    assert [each.may_open for each in projects_of(firm.id, local)] == [False, False]
