"""How good an ordering and its probabilities are, with the range that chance alone would give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
_DRAWS = 300
_SEED = 2016


@dataclass(frozen=True)
class Measures:
    """auc with its 95 % range; precision: share of passes among the best `top`; brier, log_loss: None where the
    ordering is no probability; expected less observed passes."""

    name: str
    firms: int
    passed: int
    auc: float
    auc_low: float
    auc_high: float
    top: int
    precision: float
    brier: float | None = None
    log_loss: float | None = None
    surplus: float | None = None


def measured(name: str, score: Floats, outcome: Floats, *, is_probability: bool) -> Measures:
    score = np.where(np.isnan(score), np.nanmin(score) - 1 if (~np.isnan(score)).any() else 0.0, score)
    top = min(100, len(outcome) // 2)
    low, high = _range(auc, score, outcome)
    best = np.argsort(-score, kind="stable")[:top]
    told: dict[str, float] = {}
    if is_probability:
        sure = np.clip(score, 1e-9, 1 - 1e-9)
        told = {
            "brier": float(((score - outcome) ** 2).mean()),
            "log_loss": float(-(outcome * np.log(sure) + (1 - outcome) * np.log(1 - sure)).mean()),
            "surplus": float(score.sum() - outcome.sum()),
        }
    precision = float(outcome[best].mean()) if top else 0.0
    return Measures(name, len(outcome), int(outcome.sum()), auc(score, outcome), low, high, top, precision, **told)


def auc(score: Floats, outcome: Floats) -> float:
    """The chance that a firm that passed stands before one that failed; a tie counts half."""
    passed, failed = score[outcome > 0.5], score[outcome <= 0.5]
    if not len(passed) or not len(failed):
        return 0.5
    everything = np.concatenate([passed, failed])
    _, places, counts = np.unique(everything, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[places]
    return float((ranks[: len(passed)].sum() - len(passed) * (len(passed) + 1) / 2) / (len(passed) * len(failed)))


def _range(measure: Callable[[Floats, Floats], float], score: Floats, outcome: Floats) -> tuple[float, float]:
    chance = np.random.RandomState(_SEED)
    drawn = [chance.randint(0, len(outcome), len(outcome)) for _ in range(_DRAWS)]
    found = [measure(score[each], outcome[each]) for each in drawn]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
