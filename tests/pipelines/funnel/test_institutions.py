"""Institutions rise level by level; only of the provincial R&D centre the conditions are known."""

import pytest

from pipelines.funnel.institutions import highest, next_level, programme_of
from pipelines.vocabulary import InstitutionLevel, Programme

COUNTY, CITY, PROVINCE, NATIONAL = InstitutionLevel


@pytest.mark.parametrize(("level", "following"), [(COUNTY, CITY), (CITY, PROVINCE), (PROVINCE, NATIONAL)])
def test_a_level_is_followed_by_the_next(level, following):
    assert next_level(level) is following


def test_nothing_follows_the_highest():
    assert next_level(NATIONAL) is None


def test_of_several_levels_the_highest_counts():
    assert highest([CITY, COUNTY, PROVINCE, CITY]) is PROVINCE


def test_only_the_province_has_a_programme():
    assert [programme_of(level) for level in InstitutionLevel] == [None, None, Programme.RD_CENTRE, None]
