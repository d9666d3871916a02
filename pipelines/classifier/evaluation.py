"""How good a model would have been: train on the years before, test on the year, year by year (CLASSIFIER §6.6).

There is no random split here: firms come back year after year, and a split at random would test on what was learnt.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from pipelines.classifier.challenger import challenger_chances
from pipelines.classifier.examples import Season, applicants, candidates
from pipelines.classifier.ledger import Floats, Ints
from pipelines.classifier.metrics import (
    Interval,
    auc,
    auc_interval,
    average_precision,
    brier,
    calibration_error,
    calibration_slope,
    log_loss,
    precision_at,
    recall_at,
    resampled,
    surprise,
    with_interval,
)
from pipelines.classifier.potential import FEW_DECISIONS, OWN_DECISIONS, level_of, passing_head
from pipelines.classifier.propensity import fitted_propensity

LEAST_GROUP = 20
_BETTER_BY = 0.01
_BINS = 5


@dataclass(frozen=True)
class Measures:
    """One order on one year's applicants. Brier and below only for what claims to be a probability."""

    auc: Interval
    average_precision: float
    precision: Interval
    recall: float
    brier: float | None = None
    log_loss: float | None = None
    expected: float | None = None
    surprise: float | None = None
    slope: float | None = None
    calibration_error: float | None = None


@dataclass(frozen=True)
class YearTested:
    """trained_on: decisions of the years before. top: how many the precision counts. bins: told, passed, firms.

    candidates: of all candidates, "applied and passed this year", by p_pass × p_apply and by the rule score: AUC, P@k.
    """

    year: int
    trained_on: int
    decided: int
    passed: int
    top: int
    measures: dict[str, Measures]
    bins: list[tuple[float, float, int]]
    candidates: dict[str, tuple[float, float]]

    @property
    def base_rate(self) -> float:
        return self.passed / self.decided


@dataclass(frozen=True)
class Group:
    name: str
    decided: int
    expected: float
    passed: int
    top_share: float


@dataclass(frozen=True)
class Evaluation:
    years: list[YearTested]
    groups: dict[str, list[Group]]
    challenger: dict[str, Any]
    history: list[tuple[Floats, Floats]]  # labels and chances by year: what the shared shock is told from

    def as_data(self) -> dict[str, Any]:
        return {
            "years": [{**asdict(each), "base_rate": each.base_rate} for each in self.years],
            "groups": {kind: [asdict(each) for each in found] for kind, found in self.groups.items()},
            "challenger": self.challenger,
        }


ORDERS = {"model": "本模型", "challenger": "对照模型", "rule": "规则得分", "research": "研发强度", "random": "随机"}


def evaluated(
    lived: list[Season], group_of: dict[str, Callable[[Ints], list[str]]] | None = None,
    told: Callable[[int], None] = lambda year: None,
) -> Evaluation:  # fmt: skip
    """group_of: kind → from places in the ledger to names (township, sector), for the fairness table only."""
    years, history, parts = [], [], []
    for place in range(1, len(lived)):
        before, now = lived[:place], lived[place]
        learnt = applicants(before)
        failures = int((learnt.labels == 0).sum())
        if len(learnt) < FEW_DECISIONS or failures == 0 or not now.decided.any():
            continue
        head = passing_head(learnt, level_of(len(learnt), failures))
        chances = head.probabilities(now.measured.values)
        rival = challenger_chances(learnt, now.measured.values[now.decided])
        apply = fitted_propensity(candidates(before)).probabilities(now.measured.values)
        years.append(_year(now, len(learnt), chances, rival, apply))
        labels = now.outcome[now.decided]
        history.append((labels, chances[now.decided]))
        parts.append((now.firm[now.decided], labels, chances[now.decided], rival, len(learnt)))
        told(now.year)
    groups = {kind: _groups(parts, names) for kind, names in (group_of or {}).items()}
    return Evaluation(years, groups, _against_challenger(parts), history)


def _year(now: Season, trained_on: int, chances: Floats, rival: Floats, apply: Floats) -> YearTested:
    decided = now.decided
    labels, own = now.outcome[decided], chances[decided]
    draws = resampled(len(labels))
    top = min(100, len(labels) // 2)
    intensity = np.nan_to_num(now.measured.rd_intensity[decided], nan=-1.0)
    by_chance = np.random.RandomState(now.year).random_sample(len(labels))
    measures = {
        "model": _measures(labels, own, top, draws, probability=True),
        "challenger": _measures(labels, rival, top, draws, probability=True),
        "rule": _measures(labels, now.measured.rule_score[decided], top, draws),
        "research": _measures(labels, intensity, top, draws),
        "random": _measures(labels, by_chance, top, draws),
    }
    certified = np.where(np.isnan(now.outcome), 0.0, now.outcome)
    wide = {
        "model": _of_candidates(certified, chances * apply, top),
        "rule": _of_candidates(certified, now.measured.rule_score, top),
    }
    passed = int(labels.sum())
    return YearTested(now.year, trained_on, len(labels), passed, top, measures, _bins(labels, own), wide)


def _measures(labels: Floats, scores: Floats, top: int, draws: Ints, probability: bool = False) -> Measures:
    order = Measures(
        auc=auc_interval(labels, scores, draws),
        average_precision=average_precision(labels, scores),
        precision=with_interval(lambda known, told: precision_at(known, told, top), labels, scores, draws),
        recall=recall_at(labels, scores, top),
    )
    if not probability:
        return order
    return replace(
        order,
        brier=brier(labels, scores),
        log_loss=log_loss(labels, scores),
        expected=float(scores.sum()),
        surprise=surprise(labels, scores),
        slope=calibration_slope(labels, scores),
        calibration_error=calibration_error(labels, scores),
    )


def _of_candidates(labels: Floats, scores: Floats, top: int) -> tuple[float, float]:
    return auc(labels, scores), precision_at(labels, scores, top)


def _bins(labels: Floats, chances: Floats) -> list[tuple[float, float, int]]:
    parts = np.array_split(np.argsort(chances, kind="stable"), _BINS)
    return [(float(chances[part].mean()), float(labels[part].mean()), len(part)) for part in parts if len(part)]


def _groups(
    parts: list[tuple[Ints, Floats, Floats, Floats, int]], names_of: Callable[[Ints], list[str]]
) -> list[Group]:
    """All tested years together; groups of fewer than twenty decisions say nothing and are left out."""
    if not parts:
        return []
    names = np.array(sum((names_of(firm) for firm, *_ in parts), []))
    labels = np.concatenate([part[1] for part in parts])
    chances = np.concatenate([part[2] for part in parts])
    top = np.concatenate([part[2] >= np.median(part[2]) for part in parts])
    found = []
    for name in sorted(set(names.tolist())):
        own = names == name
        if own.sum() >= LEAST_GROUP:
            found.append(
                Group(name, int(own.sum()), float(chances[own].sum()), int(labels[own].sum()), float(top[own].mean()))
            )
    return found


def _against_challenger(parts: list[tuple[Ints, Floats, Floats, Floats, int]]) -> dict[str, Any]:
    """Promoted only when better by more than 0.01 of log loss, the interval excluding 0, from 500 decisions on."""
    if not parts:
        return {"gain": None, "promoted": False}
    labels, own, rival = (np.concatenate([part[place] for part in parts]) for place in (1, 2, 3))
    gain = _each_loss(labels, own) - _each_loss(labels, rival)
    draws = resampled(len(labels))
    lo, hi = np.quantile(gain[draws].mean(axis=1), [0.05, 0.95])
    enough = parts[-1][4] >= OWN_DECISIONS
    promoted = bool(enough and gain.mean() > _BETTER_BY and lo > 0)
    return {"gain": float(gain.mean()), "lo": float(lo), "hi": float(hi), "promoted": promoted}


def _each_loss(labels: Floats, chances: Floats) -> Floats:
    kept = np.clip(chances, 1e-9, 1 - 1e-9)
    loss: Floats = -(labels * np.log(kept) + (1 - labels) * np.log(1 - kept))
    return loss
