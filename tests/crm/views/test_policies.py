"""The editions, as their readers see them."""

import pytest

from crm.queries.policies import shipped_policies
from pipelines.vocabulary import Programme, Role


def test_index_lists_every_edition(signed_in):
    page = signed_in(Role.OFFICER).get("/policies").text

    assert [
        each.title for name in Programme for each in shipped_policies().editions(name) if each.title not in page
    ] == []


@pytest.mark.parametrize(
    ("programme", "begun"),
    [(name.value, each.in_force_from.isoformat()) for name in Programme for each in shipped_policies().editions(name)],
)
def test_edition_shows_its_paragraphs_and_points_to_the_document(signed_in, programme, begun):
    page = signed_in(Role.DIRECTOR).get(f"/policies/{programme}/{begun}").text

    policy = next(each for each in shipped_policies().editions(programme) if each.in_force_from.isoformat() == begun)
    assert "请以官方文件为准" in page
    assert [each.label for each in policy.criteria if each.label not in page] == []


@pytest.mark.parametrize("path", ["nonsense/2016-01-01", "high_tech/2016-01-02", "high_tech/昨天"])
def test_an_edition_that_is_none_is_not_found(signed_in, path):
    assert signed_in(Role.OFFICER).get(f"/policies/{path}").status_code == 404


def test_an_edition_names_every_band(signed_in):
    page = signed_in(Role.OFFICER).get("/policies/high_tech/2016-01-01").text

    assert "销售收入不超过 5,000 万元：不低于 5%" in page
    assert "销售收入超过 2 亿元：不低于 3%" in page
