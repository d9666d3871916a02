"""Where chance comes from: one stream a purpose, so that a new draw in one place moves nothing elsewhere.

NumPy promises RandomState's numbers for good (NEP 19); those of its Generator may change with a version.
"""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Chance = np.random.RandomState


def stream(seed: int, *purpose: str | int) -> Chance:
    words = [seed, *(crc32(str(part).encode()) for part in purpose)]
    return np.random.RandomState(np.random.MT19937(np.random.SeedSequence(words)))


def picked(chance: Chance, weights: Sequence[float], size: int) -> Ints:
    """Positions drawn by weight."""
    steps = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(steps, chance.random_sample(size) * steps[-1], side="right")


def logistic(values: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-values))


def logit(share: float) -> float:
    return float(np.log(share / (1.0 - share)))
