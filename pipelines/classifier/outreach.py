"""Whom the order alone would not show: firms hardly above a line, and an open share of the unclear and small.

Only applicants have results, so a list that follows the model alone would teach it nothing about the others; an eighth
of the outreach is drawn from them, openly (CLASSIFIER §6.9).
"""

import numpy as np

from pipelines.classifier.bars import UNCLEAR_GATES
from pipelines.classifier.features import PLACE
from pipelines.classifier.ledger import Flags, Floats, Ints

EXPLORED = 24  # of some two hundred that a county speaks to for a hundred certificates: an eighth
_SMALL = float(np.log(1_100e4))
_NEAR = float(np.log(1.10))
_NEAR_SHARE = 0.03


def borderline(values: Floats) -> Flags:
    """Over a line by less than a tenth (of the high-tech share: three points): an audit may take it back."""
    column = {name: values[:, place] for name, place in PLACE.items()}
    with np.errstate(invalid="ignore"):
        research = (column["rd_bunch"] == 1) & (column["rd_short"] == 0)
        staff = (column["staff_short"] == 0) & (column["staff_surplus"] < _NEAR)
        products = (column["ps_short"] == 0) & (column["ps_surplus"] < _NEAR_SHARE)
    found: Flags = research | staff | products
    return found


def explored(unknown_gates: Ints, values: Floats, potential: Floats, seed: int, count: int = EXPLORED) -> Flags:
    """Drawn by lot among the unclear and the small that the order would hardly reach; the same day draws the same."""
    small = values[:, PLACE["ln_rev"]] < _SMALL
    beyond = np.argsort(np.argsort(-potential, kind="stable"), kind="stable") >= 8 * count
    eligible = np.flatnonzero(((unknown_gates >= UNCLEAR_GATES) | small) & beyond & (values[:, PLACE["age"]] >= 1))
    drawn = np.random.RandomState(seed % 2**32).permutation(eligible)[:count]
    found = np.zeros(len(potential), dtype=bool)
    found[drawn] = True
    return found
