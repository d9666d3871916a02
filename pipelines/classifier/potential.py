"""A trained version: the two heads, how sure it is, and what may be shown of it.

`p_pass` is the chance of passing if the firm applied, `p_apply` how inclined it is to. Potential = p_pass × p_apply^γ
for firms that have not applied: outcomes are known of applicants only, and without the second factor every firm would
be promised what only those who dared could expect (CLASSIFIER §0).
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipelines.classifier import features
from pipelines.classifier.examples import Examples, Season, applicants, candidates
from pipelines.classifier.ledger import Floats
from pipelines.classifier.logistic import Head, expit, fitted
from pipelines.classifier.propensity import TAMPERED, Propensity, fitted_propensity
from pipelines.classifier.quota import TAU
from pipelines.refusals import Refusal
from pipelines.vocabulary import ModelLevel

GAMMA, GAMMA_BAND = 0.5, (1.0, 0.25)
REFITS = 40
FEW_DECISIONS, FEW_FAILURES, OWN_DECISIONS = 30, 10, 500
STEP = 0.05
_LEVELS = {level.value: level for level in ModelLevel}
_PRIOR = Path(__file__).with_name("prior.json")


@dataclass(frozen=True)
class Model:
    """level: how far the office's own results carry it. bands: weights and intercept of each bootstrap refit.

    apply: None where too few applications are known; the potential then shows only how p_pass orders.
    """

    level: ModelLevel
    decisions: int
    failures: int
    years: tuple[int, ...]
    base_rate: float
    passing: Head
    bands: Floats
    apply: Propensity | None
    tau: float = TAU
    gamma: float = GAMMA
    feature_version: str = features.VERSION
    shift: float = 0.0  # intercept-only update when results of the running year are known (CLASSIFIER §6.5)

    @property
    def tells_percentages(self) -> bool:
        return self.level is not ModelLevel.RULES

    def score(self, values: Floats) -> "Scores":
        p_pass = self.p_pass(values)
        p_apply = np.full(len(values), np.nan) if self.apply is None else self.apply.probabilities(values)
        lo, hi = self.band(values)
        return Scores(p_pass, lo, hi, p_apply, *(self._potential(p_pass, p_apply, power) for power in self._powers))

    def p_pass(self, values: Floats) -> Floats:
        return expit(self.passing.logits(values) + self.shift)

    def band(self, values: Floats) -> tuple[Floats, Floats]:
        """The middle eight tenths of the refits."""
        filled = self.passing.filled(values)
        chances = expit(filled @ self.bands[:, :-1].T + self.bands[:, -1] + self.shift)
        lo, hi = np.quantile(chances, [0.1, 0.9], axis=1)
        return lo, hi

    @property
    def _powers(self) -> tuple[float, float, float]:
        return (self.gamma, *GAMMA_BAND)

    @staticmethod
    def _potential(p_pass: Floats, p_apply: Floats, power: float) -> Floats:
        if np.isnan(p_apply).all():
            return p_pass * 0.5
        potential: Floats = p_pass * p_apply**power
        return potential

    def shifted(self, labels: Floats, chances: Floats) -> "Model":
        """The level moved to the results known so far this year; the order stays."""
        logits = np.log(chances / (1 - chances))
        lo, hi = -3.0, 3.0
        for _ in range(60):
            middle = (lo + hi) / 2
            lo, hi = (middle, hi) if expit(logits + middle).sum() < labels.sum() else (lo, middle)
        return replace(self, shift=self.shift + (lo + hi) / 2)

    def as_json(self) -> str:
        """Readable, and the same text for the same numbers: what the digest is taken of."""
        data: dict[str, Any] = {
            "level": self.level.value,
            "decisions": self.decisions,
            "failures": self.failures,
            "years": list(self.years),
            "base_rate": round(self.base_rate, 6),
            "feature_version": self.feature_version,
            "gamma": self.gamma,
            "tau": round(self.tau, 6),
            "shift": round(self.shift, 9),
            "p_pass": self.passing.as_data(),
            "bands": [[float(f"{number:.10g}") for number in row] for row in self.bands.tolist()],
            "p_apply": {"format": "skops", "fingerprint": self.apply.fingerprint} if self.apply else None,
        }
        return json.dumps(data, ensure_ascii=False, indent=1)


class Scores(NamedTuple):
    """One entry a row. potential_lo and potential_hi: were the exponent 1, or ¼, instead of ½ (no data can tell)."""

    p_pass: Floats
    lo: Floats
    hi: Floats
    p_apply: Floats
    potential: Floats
    potential_lo: Floats
    potential_hi: Floats


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def read_model(
    text: str, sha256_kept: str, trees: bytes | None, trees_sha256: str | None, with_apply: bool = True
) -> Model:
    """trees: the bytes of p_apply; whatever does not have the digest that was written down is refused.

    with_apply: False where only p_pass is asked for, which spares the reading of the trees.
    """
    if digest(text) != sha256_kept:
        raise Refusal(TAMPERED)
    data = json.loads(text)
    return Model(
        level=_LEVELS[data["level"]],
        decisions=data["decisions"],
        failures=data["failures"],
        years=tuple(data["years"]),
        base_rate=data["base_rate"],
        passing=Head.from_data(data["p_pass"]),
        bands=np.array(data["bands"]),
        apply=Propensity.read(trees or b"", trees_sha256 or "") if data["p_apply"] and with_apply else None,
        tau=data["tau"],
        gamma=data["gamma"],
        feature_version=data["feature_version"],
        shift=data["shift"],
    )


@cache
def prior_head() -> Head:
    """The shipped head: trained on invented counties only; it says nothing about any real firm."""
    return Head.from_data(json.loads(_PRIOR.read_text(encoding="utf-8")))


def level_of(decisions: int, failures: int) -> ModelLevel:
    if decisions < FEW_DECISIONS or failures < FEW_FAILURES:
        return ModelLevel.RULES
    return ModelLevel.SHRUNK if decisions < OWN_DECISIONS else ModelLevel.LOCAL


def trained(lived: list[Season], tau: float = TAU, refits: int = REFITS, with_apply: bool = True) -> Model:
    """From seasons whose results are known. Below the least number of results the shipped prior stands in, unfitted."""
    examples = applicants(lived)
    failures = int((examples.labels == 0).sum())
    level = level_of(len(examples), failures)
    if len(lived) < 2:
        level = ModelLevel.SHRUNK if level is ModelLevel.LOCAL else ModelLevel.RULES  # nothing to test it on
    head = passing_head(examples, level)
    return Model(
        level=level,
        decisions=len(examples),
        failures=failures,
        years=tuple(each.year for each in lived),
        base_rate=float(examples.labels.mean()) if len(examples) else 0.58,
        passing=head,
        bands=_bands(examples, level, head, refits),
        apply=fitted_propensity(candidates(lived)) if with_apply and level is not ModelLevel.RULES else None,
        tau=tau,
    )


def passing_head(examples: Examples, level: ModelLevel) -> Head:
    if level is ModelLevel.RULES:
        return prior_head()
    centred = level is ModelLevel.SHRUNK
    return fitted(examples.values, examples.labels, examples.years, prior=prior_head(), centred=centred)


def _bands(examples: Examples, level: ModelLevel, head: Head, refits: int) -> Floats:
    """Refits on firms drawn with replacement, always the same draws."""
    if level is ModelLevel.RULES:
        return np.append(head.weights, head.intercept)[None, :]
    chance = np.random.RandomState(2_026)
    firms, place = np.unique(examples.firm, return_inverse=True)
    rows = []
    for _ in range(refits):
        drawn = np.bincount(chance.randint(0, len(firms), len(firms)), minlength=len(firms))[place].astype(float)
        refit = fitted(
            examples.values, examples.labels, examples.years, prior=prior_head(),
            centred=level is ModelLevel.SHRUNK, counts=drawn, start=head,
        )  # fmt: skip
        rows.append(np.append(refit.weights, refit.intercept))
    return np.array(rows)


def stepped(chance: float) -> float:
    """In steps of five in a hundred: more would promise a precision nobody has."""
    return float(np.clip(round(chance / STEP) * STEP, STEP, 1 - STEP))
