"""Who is to be visited how often, and who is behind."""

from datetime import date, timedelta

import pytest

from pipelines.cadence import NEVER, cadence_of, cadences, visit_due_on
from pipelines.vocabulary import Tier

TODAY = date(2026, 6, 30)


def test_the_shipped_rules_visit_key_firms_every_quarter():
    assert cadence_of(Tier.LEADING, is_candidate=False).days == 92
    assert cadence_of(Tier.HIGH_TECH, is_candidate=False).days == 365
    assert cadence_of(Tier.PROSPECT, is_candidate=False) is None


def test_of_several_rules_the_strictest_counts():
    assert cadence_of(Tier.HIGH_TECH, is_candidate=True).days == 92


@pytest.mark.parametrize(("ago", "behind"), [(92, False), (93, True), (0, False)])
def test_a_firm_is_behind_the_day_after_its_days_are_over(ago, behind):
    due_on = visit_due_on(Tier.LEADING, False, TODAY - timedelta(days=ago))

    assert (due_on < TODAY) is behind


def test_a_firm_never_visited_is_behind_and_one_without_a_rule_never_is():
    assert visit_due_on(Tier.PROSPECT, True, None) == NEVER < TODAY
    assert visit_due_on(Tier.PROSPECT, False, None) is None


def test_every_rule_has_days_and_a_name():
    assert all(rule.days > 0 and rule.label and rule.note for rule in cadences())
