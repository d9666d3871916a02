"""Logistic regression whose coefficients keep the sign the rules give them; what scores is plain numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.classifier.features import FEATURES, NAMES
from pipelines.classifier.ledger import Floats

C = 0.05
HALF_LIFE = 3.0  # years after which a result counts half
_ROWS_AT_A_TIME = 4_096  # keeps a block in the processor's cache
_KNOWN_ENOUGH = 30
_SIGNS = np.array([feature.sign for feature in FEATURES])


@dataclass(frozen=True)
class Head:
    """A fitted head: probability = logistic(intercept + Σ weight·value), a missing value being replaced by the median.

    weights are per unit of the feature, so that they can be read, compared and carried to another county; means and
    spreads are those of the training rows.
    """

    medians: Floats
    means: Floats
    spreads: Floats
    weights: Floats
    intercept: float

    def logits(self, values: Floats) -> Floats:
        """Block by block: the array may be far larger than the cache."""
        found = np.empty(len(values))
        buffer = np.empty((min(len(values), _ROWS_AT_A_TIME), values.shape[1]))
        for start in range(0, len(values), _ROWS_AT_A_TIME):
            block = values[start : start + _ROWS_AT_A_TIME]
            part = found[start : start + len(block)]
            np.dot(block, self.weights, out=part)
            holes = np.flatnonzero(np.isnan(part))
            if len(holes):
                filled = buffer[: len(holes)]
                np.take(block, holes, axis=0, out=filled)
                np.copyto(filled, self.medians, where=np.isnan(filled))
                part[holes] = filled @ self.weights
        found += self.intercept
        return found

    def probabilities(self, values: Floats) -> Floats:
        return expit(self.logits(values))

    def filled(self, values: Floats) -> Floats:
        filled: Floats = np.where(np.isnan(values), self.medians, values)
        return filled

    def as_data(self) -> dict[str, Any]:
        rows = zip(NAMES, self.medians, self.means, self.spreads, self.weights, strict=True)
        return {
            "intercept": _short(self.intercept),
            "features": {
                name: dict(zip(("median", "mean", "spread", "weight"), map(_short, numbers), strict=True))
                for name, *numbers in rows
            },
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Head":
        rows = [data["features"][name] for name in NAMES]
        medians, means, spreads, weights = (
            np.array([row[part] for row in rows]) for part in ("median", "mean", "spread", "weight")
        )
        return cls(medians, means, spreads, weights, data["intercept"])


def _short(number: float) -> float:
    """Ten digits: enough for any probability, short enough to read."""
    return float(f"{number:.10g}")


def expit(logits: Floats) -> Floats:
    """In place, two passes: 1 / (1 + e^−x)."""
    values = np.negative(logits)
    np.clip(values, -500, 500, out=values)
    np.exp(values, out=values)
    values += 1.0
    np.reciprocal(values, out=values)
    return values


def fitted(
    values: Floats, labels: Floats, years: Any, *, prior: Head | None = None, centred: bool = False,
    c: float = C, counts: Floats | None = None, signed: bool = True, start: Head | None = None,
) -> Head:  # fmt: skip
    """prior: the shipped head. centred: the penalty pulls towards it, as far as there is too little of our own
    (CLASSIFIER §6.1); a feature that nearly nobody has told us about keeps the prior's weight in any case.
    counts: how often each row is drawn (a bootstrap refit); medians and spreads stay those of `start` then."""
    frame = start or _framed(values, prior)
    filled = (frame.filled(values) - frame.means) / frame.spreads
    weights = 0.5 ** ((float(np.max(years)) - np.asarray(years, dtype=float)) / HALF_LIFE)
    if counts is not None:
        weights = weights * counts
    known = (~np.isnan(values)).sum(axis=0) >= _KNOWN_ENOUGH
    centre = np.zeros(values.shape[1])
    if prior is not None:
        kept = np.ones(len(known), dtype=bool) if centred else ~known
        centre[kept] = (prior.weights * frame.spreads)[kept]
    slopes, intercept = _minimised(filled, labels, weights, centre, c, signed, frame if start is not None else None)
    raw = slopes / frame.spreads
    return Head(frame.medians, frame.means, frame.spreads, raw, intercept - float(raw @ frame.means))


def _framed(values: Floats, prior: Head | None) -> Head:
    """Medians, means and spreads of the training rows; the prior's where a feature is hardly known or never varies."""
    width = values.shape[1]
    known = (~np.isnan(values)).sum(axis=0)
    medians = np.array([np.nanmedian(values[:, place]) if known[place] else 0.0 for place in range(width)])
    filled = np.where(np.isnan(values), medians, values)
    means, spreads = filled.mean(axis=0), filled.std(axis=0)
    poor = (known < _KNOWN_ENOUGH) | (spreads < 1e-9)
    if prior is not None:
        medians, means = np.where(poor, prior.medians, medians), np.where(poor, prior.means, means)
        spreads = np.where(poor, prior.spreads, spreads)
    return Head(medians, means, np.where(spreads < 1e-9, 1.0, spreads), np.zeros(width), 0.0)


def _minimised(
    filled: Floats, labels: Floats, weights: Floats, centre: Floats, c: float, signed: bool, warm: Head | None
) -> tuple[Floats, float]:
    from scipy.optimize import minimize  # slow import: SciPy

    width = filled.shape[1]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slopes, intercept = parameters[:-1], parameters[-1]
        logits = filled @ slopes + intercept
        away = slopes - centre
        value = float(weights @ (np.logaddexp(0, logits) - labels * logits)) + float(away @ away) / (2 * c)
        error = weights * (expit(logits) - labels)
        return value, np.append(filled.T @ error + away / c, error.sum())

    bounds = [(0 if sign > 0 else None, 0 if sign < 0 else None) if signed else (None, None) for sign in _SIGNS]
    first = np.append(_within(centre, signed), 0.0)
    if warm is not None:
        first = np.append(warm.weights * warm.spreads, warm.intercept + float(warm.weights @ warm.means))
    found = minimize(
        loss, first, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)],
        options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
    )  # fmt: skip
    return found.x[:width], float(found.x[width])


def _within(centre: Floats, signed: bool) -> Floats:
    if not signed:
        return centre
    return np.where(_SIGNS > 0, np.maximum(centre, 0), np.where(_SIGNS < 0, np.minimum(centre, 0), centre))
