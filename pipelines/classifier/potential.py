"""Two heads: would it pass if it applied, and does it apply. Logistic regressions that a sheet of paper could hold.

p_pass is fitted on applicants only, with signs held: worsening a gate can never raise it. Shown for firms that have not
applied it would promise too much (only applicants have outcomes), so what orders the list is
potential = p_pass × p_apply^γ; γ = ½ is an assumption, and the page says so.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.classifier.features import FEATURES, LABELS, NAMES, SIGNS

Floats = np.ndarray[Any, np.dtype[np.float64]]

GAMMA = 0.5
_STRENGTH = 0.05  # of the data against the penalty, per standardised coefficient (CLASSIFIER §4.1)
_HALF_LIFE = 3.0  # years
_REFITS = 40
_SEED = 2016
ENOUGH, FEW = 500, 30  # decisions: a model of its own; none at all
VERSION = 1


@dataclass(frozen=True)
class Head:
    """A logistic regression over standardised features; what is missing is the median of the training rows."""

    median: Floats
    mean: Floats
    scale: Floats
    weights: Floats
    intercept: float

    def standardised(self, rows: Floats) -> Floats:
        filled = np.where(np.isnan(rows), self.median, rows)
        return (filled - self.mean) / self.scale

    def probability(self, rows: Floats) -> Floats:
        return 1.0 / (1.0 + np.exp(-(self.standardised(rows) @ self.weights + self.intercept)))

    def as_data(self) -> dict[str, Any]:
        arrays = {
            name: [float(value) for value in getattr(self, name)] for name in ("median", "mean", "scale", "weights")
        }
        return arrays | {"intercept": self.intercept}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Head":
        median, mean, scale, weights = (np.array(data[name]) for name in ("median", "mean", "scale", "weights"))
        return cls(median, mean, scale, weights, data["intercept"])


@dataclass(frozen=True)
class Model:
    """bands: further fits of p_pass on resampled firms, for the range that is shown beside a probability."""

    passing: Head
    applying: Head
    bands: tuple[Head, ...]
    years: tuple[int, ...]
    decisions: int
    passes: int

    def scores(self, rows: Floats) -> "Scores":
        spread = (
            np.stack([head.probability(rows) for head in self.bands])
            if self.bands
            else self.passing.probability(rows)[None]
        )
        passing, applying = self.passing.probability(rows), self.applying.probability(rows)
        low, high = np.quantile(spread, [0.1, 0.9], axis=0)
        return Scores(passing, np.minimum(low, passing), np.maximum(high, passing), applying, passing * applying**GAMMA)

    def as_json(self) -> str:
        """Readable, and the same for the same data: its digest tells whether somebody touched it."""
        data = {
            "version": VERSION, "names": list(NAMES), "gamma": GAMMA, "years": list(self.years),
            "decisions": self.decisions, "passes": self.passes, "passing": self.passing.as_data(),
            "applying": self.applying.as_data(), "bands": [head.as_data() for head in self.bands],
        }  # fmt: skip
        return json.dumps(data, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Scores:
    p_pass: Floats
    low: Floats
    high: Floats
    p_apply: Floats
    potential: Floats


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_model(text: str, sha256: str) -> Model:
    """Raises ValueError for a file that is not the one whose digest was kept, or of other features."""
    if digest(text) != sha256:
        raise ValueError("the model is not the one that was kept: its digest differs")
    data = json.loads(text)
    if data["version"] != VERSION or tuple(data["names"]) != NAMES:
        raise ValueError("the model was made for other features")
    bands = tuple(Head.from_data(each) for each in data["bands"])
    return Model(
        Head.from_data(data["passing"]), Head.from_data(data["applying"]), bands, tuple(data["years"]),
        data["decisions"], data["passes"],
    )  # fmt: skip


def fit(
    rows: Floats, passed: Floats, years: Floats, everybody: Floats, applied: Floats, year: int, refits: int = _REFITS
) -> Model:
    """rows, passed, years: applicants with a result; everybody, applied: candidates of the same years, whether they
    applied. year: the year the model is for, from which the past is weighed down."""
    weights = 0.5 ** ((year - years) / _HALF_LIFE)
    passing = fit_head(rows, passed, weights, SIGNS)
    applying = fit_head(everybody, applied, np.ones(len(applied)), (0,) * len(NAMES))
    chance = np.random.RandomState(_SEED)
    bands = []
    for _ in range(refits):
        drawn = chance.randint(0, len(rows), len(rows))
        if 0 < passed[drawn].sum() < len(drawn):
            bands.append(fit_head(rows[drawn], passed[drawn], weights[drawn], SIGNS))
    seen = tuple(int(each) for each in np.unique(years))
    return Model(passing, applying, tuple(bands), seen, len(rows), int(passed.sum()))


def fit_head(rows: Floats, outcome: Floats, weights: Floats, signs: tuple[int, ...]) -> Head:
    """Penalised likelihood by L-BFGS-B, a sign being a bound of its coefficient."""
    from scipy.optimize import minimize  # slow import

    known = ~np.isnan(rows)
    median = np.array([np.median(rows[known[:, j], j]) if known[:, j].any() else 0.0 for j in range(rows.shape[1])])
    filled = np.where(known, rows, median)
    mean, scale = filled.mean(axis=0), filled.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    x = (filled - mean) / scale
    start = np.append(np.zeros(x.shape[1]), np.log((outcome.mean() + 1e-6) / (1 - outcome.mean() + 1e-6)))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        line = x @ parameters[:-1] + parameters[-1]
        gap = weights * (1.0 / (1.0 + np.exp(-line)) - outcome)
        value = float(weights @ (np.logaddexp(0.0, line) - outcome * line)) + 0.5 / _STRENGTH * float(
            parameters[:-1] @ parameters[:-1]
        )
        return value, np.append(x.T @ gap + parameters[:-1] / _STRENGTH, gap.sum())

    bounds = [(0.0, None) if sign > 0 else (None, 0.0) if sign < 0 else (None, None) for sign in signs]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)], options={"maxiter": 500})
    return Head(median, mean, scale, found.x[:-1], float(found.x[-1]))


def reasons(model: Model, row: Floats, most: int = 3) -> list[tuple[str, float]]:
    """What moved p_pass most, against a firm that stands exactly on every line: (label, change of the logit)."""
    head = model.passing
    lines = [head.median[place] if each.reference is None else each.reference for place, each in enumerate(FEATURES)]
    reference = np.array([*lines, *([0.0] * (len(NAMES) - len(FEATURES)))])
    moved = (head.standardised(row[None])[0] - head.standardised(reference[None])[0]) * head.weights
    order = np.argsort(-np.abs(moved))[:most]
    return [(LABELS[NAMES[place]], float(moved[place])) for place in order if abs(moved[place]) >= 0.05]
