"""Institutions and projects of the invented county: as many as a county has, repeatable, and each of them possible."""

from collections import Counter
from datetime import date, timedelta

import pytest

from pipelines.projects import moves_from, record_faults
from pipelines.vocabulary import InstitutionLevel, ProjectProgramme, ProjectStage
from seeds.institutions import institutions
from seeds.projects import projects

TODAY = date(2026, 11, 24)
FIRMS = [(number, f"试验{number}有限公司（模拟）", number % 3 + 1) for number in range(1, 701)]
NAMED = [(number, name) for number, name, _ in FIRMS]


def test_there_are_as_many_as_a_county_has_over_six_years():
    built, led = institutions(NAMED, 2016, TODAY), projects(FIRMS, 2016, TODAY)

    assert 100 <= len(built) <= 150
    assert len(led) == 150
    assert {each.approved_on.year for each in built} >= set(range(2021, 2027))
    assert {each.approved_on.year for each in led if each.approved_on} >= set(range(2021, 2027))
    assert set(Counter(each.level for each in built)) >= {*InstitutionLevel} - {InstitutionLevel.NATIONAL}
    assert set(Counter(each.programme for each in led)) == set(ProjectProgramme)


@pytest.mark.parametrize("seed", [2016, 7])
def test_the_same_seed_and_day_give_the_same_rows(seed):
    assert institutions(NAMED, seed, TODAY) == institutions(NAMED, seed, TODAY)
    assert projects(FIRMS, seed, TODAY) == projects(FIRMS, seed, TODAY)
    assert projects(FIRMS, seed, TODAY) != projects(FIRMS, seed + 1, TODAY)


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29)])
def test_every_project_came_to_its_stage_by_allowed_moves(today):
    for each in projects(FIRMS, 2016, today):
        assert list(record_faults(each._asdict())) == []
        assert all(move.to_stage in moves_from(move.from_stage, each.programme) for move in each.moves)
        assert [move.to_stage for move in each.moves[-1:]] in ([each.stage], [])
        assert each.stage_since <= today


def test_titles_are_all_different_and_marked_as_invented():
    titles = [each.title for each in projects(FIRMS, 2016, TODAY)]

    assert len(set(titles)) == len(titles)
    assert all(title.endswith("（模拟）") for title in titles)


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29)])
def test_institutions_rise_in_order_and_lie_in_the_past(today):
    built = institutions(NAMED, 2016, today)

    assert all(each.approved_on <= today for each in built)
    assert all(each.reviewed_on is None or each.approved_on < each.reviewed_on <= today for each in built)
    assert len({(each.firm_id, each.level, each.kind, each.approved_on) for each in built}) == len(built)
    assert max(each.approved_on for each in built) > today - timedelta(days=200)


def test_a_county_without_titled_firms_has_none():
    assert institutions([], 2016, TODAY) == projects([], 2016, TODAY) == []


def test_some_projects_ended_early():
    assert any(each.stage is ProjectStage.TERMINATED for each in projects(FIRMS, 2016, TODAY))
