"""How good an order and a level are, with the spread that chance alone gives them."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pipelines.classifier.ledger import Floats, Ints

RESAMPLES = 1_000
_BINS = 10


class Interval(NamedTuple):
    value: float
    lo: float
    hi: float


def auc(labels: Floats, scores: Floats) -> float:
    """The share of (passed, failed) pairs in the right order; ties count half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    values, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.bincount(places, weights=ranks, minlength=len(values)) / counts)[places]
    passed = labels == 1
    good, bad = int(passed.sum()), int((~passed).sum())
    if not good or not bad:
        return float("nan")
    return float((ranks[passed].sum() - good * (good + 1) / 2) / (good * bad))


def average_precision(labels: Floats, scores: Floats) -> float:
    hits = labels[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / hits.sum()) if hits.sum() else float("nan")


def precision_at(labels: Floats, scores: Floats, count: int) -> float:
    return float(labels[np.argsort(-scores, kind="stable")[:count]].mean())


def recall_at(labels: Floats, scores: Floats, count: int) -> float:
    return (
        float(labels[np.argsort(-scores, kind="stable")[:count]].sum() / labels.sum()) if labels.sum() else float("nan")
    )


def brier(labels: Floats, chances: Floats) -> float:
    return float(np.mean((chances - labels) ** 2))


def log_loss(labels: Floats, chances: Floats) -> float:
    kept = np.clip(chances, 1e-9, 1 - 1e-9)
    return float(-np.mean(labels * np.log(kept) + (1 - labels) * np.log(1 - kept)))


def calibration_error(labels: Floats, chances: Floats) -> float:
    """ECE over ten groups of equal size. A perfect model shows about 0.08 on 185 applications (CLASSIFIER §4.1)."""
    order = np.argsort(chances, kind="stable")
    parts = np.array_split(order, _BINS)
    return float(
        sum(len(part) * abs(chances[part].mean() - labels[part].mean()) for part in parts if len(part)) / len(labels)
    )


def calibration_slope(labels: Floats, chances: Floats) -> float:
    """1: as sure as it should be; below 1: too sure. Newton's method on two parameters, its steps held short: chances
    near 0 and 1 would throw it off."""
    kept = np.clip(chances, 1e-3, 1 - 1e-3)
    design = np.stack([np.ones(len(kept)), np.log(kept / (1 - kept))], axis=1)
    found = np.array([0.0, 1.0])
    for _ in range(50):
        fitted = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        curvature = (design * (fitted * (1 - fitted))[:, None]).T @ design + 1e-9 * np.eye(2)
        found = found + np.clip(np.linalg.solve(curvature, design.T @ (labels - fitted)), -0.5, 0.5)
    return float(found[1])


def surprise(labels: Floats, chances: Floats, tau: float = 0.0) -> float:
    """Observed − expected, in standard deviations of their number; tau is the year's shared shock."""
    spread = float((chances * (1 - chances)).sum())
    return float((labels.sum() - chances.sum()) / np.sqrt(spread + (tau * spread) ** 2)) if spread else 0.0


def resampled(size: int, times: int = RESAMPLES) -> Ints:
    """Rows drawn with replacement, always the same draws. Within a year a row is a firm."""
    return np.random.RandomState(20_260).randint(0, size, (times, size))


def with_interval(
    measure: Callable[[Floats, Floats], float], labels: Floats, scores: Floats, draws: Ints, share: float = 0.95
) -> Interval:
    values = np.array([measure(labels[rows], scores[rows]) for rows in draws])
    lo, hi = np.nanquantile(values, [(1 - share) / 2, (1 + share) / 2])
    return Interval(measure(labels, scores), float(lo), float(hi))


def auc_interval(labels: Floats, scores: Floats, draws: Ints) -> Interval:
    """As with_interval(auc): all draws at once, over the table of pairs."""
    passed, failed = np.flatnonzero(labels == 1), np.flatnonzero(labels != 1)
    if not len(passed) or not len(failed):
        return Interval(*(float("nan"),) * 3)
    apart = scores[passed][:, None] - scores[failed][None, :]
    pairs = (apart > 0) + 0.5 * (apart == 0)
    counts = np.stack([np.bincount(rows, minlength=len(labels)) for rows in draws]).astype(float)
    good, bad = counts[:, passed], counts[:, failed]
    with np.errstate(invalid="ignore", divide="ignore"):
        values = ((good @ pairs) * bad).sum(axis=1) / (good.sum(axis=1) * bad.sum(axis=1))
    lo, hi = np.nanquantile(values, [0.025, 0.975])
    return Interval(float(pairs.mean()), float(lo), float(hi))
