"""A row of figures as a small line: one stretch for each run of years that are known."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

WIDTH, HEIGHT, _EDGE = 64, 18, 2
_FEWEST = 2


def trend(values: Sequence[Any]) -> tuple[str, ...]:
    """Points of polylines in a box of WIDTH × HEIGHT. What is not known is a gap, never a zero."""
    known = [float(value) for value in values if value is not None]
    if len(known) < _FEWEST:
        return ()
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (WIDTH - 2 * _EDGE) / (len(values) - 1)
    return tuple(
        " ".join(f"{_EDGE + step * place:.1f},{_height((value - low) / span):.1f}" for place, value in run)
        for run in _runs(values)
        if len(run) >= _FEWEST
    )


def _height(share: float) -> float:
    """Counted from the top, as drawings are."""
    return HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * share


def _runs(values: Sequence[Any]) -> Iterator[list[tuple[int, float]]]:
    for is_known, places in groupby(enumerate(values), key=lambda entry: entry[1] is not None):
        if is_known:
            yield [(place, float(value)) for place, value in places]
