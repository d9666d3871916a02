"""A version as its page shows it: the card, the evaluation by year beside the baselines, the features with weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from crm.models import ModelVersion
from crm.queries.models import loaded
from pipelines.refusals import Refusal


class Tested(NamedTuple):
    """One order on one year's applicants; None where an order claims no probability."""

    order: str
    auc: Sequence[float]
    precision: Sequence[float]
    recall: float
    brier: float | None
    log_loss: float | None
    surplus: float | None
    slope: float | None


@dataclass(frozen=True)
class TestedYear:
    year: int
    trained_on: int
    decided: int
    passed: int
    top: int
    rows: Sequence[Tested]
    bins: Sequence[Sequence[float]]
    candidates: Mapping[str, Sequence[float]]


class Weight(NamedTuple):
    label: str
    group: str
    sign: int
    effect: float


@dataclass(frozen=True)
class VersionPage:
    """fault: why it cannot be used any more."""

    version: ModelVersion
    lines: Sequence[Any]
    years: Sequence[TestedYear]
    groups: Mapping[str, Sequence[Mapping[str, Any]]]
    challenger: Mapping[str, Any]
    weights: Sequence[Weight]
    fault: str | None


def version_page(version: ModelVersion) -> VersionPage:
    evaluation = version.card["evaluation"]
    lines: list[Any] = []
    weights: list[Weight] = []
    fault = None
    try:
        lines, weights = _from_model(version)
    except Refusal as refusal:
        fault = str(refusal)
    years = [_year(year) for year in reversed(evaluation["years"])]
    return VersionPage(version, lines, years, evaluation["groups"], evaluation["challenger"], weights, fault)


def _from_model(version: ModelVersion) -> tuple[list[Any], list[Weight]]:
    from pipelines.classifier.card import card  # slow import
    from pipelines.classifier.features import FEATURES, GROUPS

    model = loaded(version)
    effects = (model.passing.weights * model.passing.spreads).tolist()
    weights = [
        Weight(feature.label, GROUPS[feature.group], feature.sign, effect)
        for feature, effect in zip(FEATURES, effects, strict=True)
    ]
    return card(model, version.is_demo), sorted(weights, key=lambda weight: -abs(weight.effect))


def _year(year: Mapping[str, Any]) -> TestedYear:
    from pipelines.classifier.evaluation import ORDERS  # slow import

    rows = [_tested(label, year["measures"][name], year["passed"]) for name, label in ORDERS.items()]
    plain = {name: year[name] for name in ("year", "trained_on", "decided", "passed", "top", "bins", "candidates")}
    return TestedYear(rows=rows, **plain)


def _tested(label: str, measures: Mapping[str, Any], passed: int) -> Tested:
    expected = measures["expected"]
    return Tested(
        label, measures["auc"], measures["precision"], measures["recall"], measures["brier"], measures["log_loss"],
        None if expected is None else expected - passed, measures["slope"],
    )  # fmt: skip
