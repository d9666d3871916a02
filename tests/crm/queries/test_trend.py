import pytest

from crm.queries.trend import trend


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ([], ()),
        ([None, None], ()),
        ([None, 5], ()),
        ([0, 10], ("2.0,16.0 62.0,2.0",)),
        ([10, 10], ("2.0,16.0 62.0,16.0",)),
        ([-10, 10, 0], ("2.0,16.0 32.0,2.0 62.0,9.0",)),
        ([0, None, 5, 10], ("42.0,9.0 62.0,2.0",)),
        ([0, 10, None, 5, 10], ("2.0,16.0 17.0,2.0", "47.0,9.0 62.0,2.0")),
    ],
)
def test_trend_draws_what_is_known_and_leaves_gaps(values, lines):
    assert trend(values) == lines
