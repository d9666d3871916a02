"""When a model should no longer be trusted as it stands (CLASSIFIER §6.7): each alarm is a sentence."""

from typing import NamedTuple

import numpy as np

from pipelines.classifier.features import FEATURES, NAMES
from pipelines.classifier.ledger import Floats
from pipelines.classifier.logistic import Head
from pipelines.classifier.metrics import auc, surprise

PSI_ALARM, SURPRISE_ALARM, AUC_DROP, MISSING_RISE = 0.25, 2.0, 0.07, 0.15
_TOP, _BINS, _FEW, _MANY = 10, 10, 30, 100


class Reference(NamedTuple):
    """Of the rows a model was trained on: the edges of ten equal parts of a feature, and the share nobody knew."""

    edges: dict[str, list[float]]
    shares: dict[str, list[float]]
    missing: dict[str, float]


def reference(values: Floats) -> Reference:
    edges, shares, missing = {}, {}, {}
    for place, name in enumerate(NAMES):
        known = values[~np.isnan(values[:, place]), place]
        missing[name] = 1 - len(known) / max(len(values), 1)
        cuts = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(known) else np.empty(0)
        edges[name] = [float(f"{cut:.8g}") for cut in cuts]
        shares[name] = [round(share, 6) for share in _shares(known, np.array(edges[name])).tolist()]
    return Reference(edges, shares, missing)


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
    shares: Floats = counts / max(counts.sum(), 1)
    return shares


def stability(before: Floats, now: Floats) -> float:
    """The population stability index: 0 for the same distribution."""
    first, second = np.maximum(before, 1e-3), np.maximum(now, 1e-3)
    return float(((second - first) * np.log(second / first)).sum())


def alarms(
    head: Head, trained: Reference, values: Floats, *, rules_changed: bool = False,
    labels: Floats | None = None, chances: Floats | None = None, validated_auc: float | None = None, tau: float = 0.25,
) -> list[str]:  # fmt: skip
    """values: today's candidates. labels and chances: this year's results so far and what was told of them."""
    told = []
    if rules_changed:
        told.append("政策条件已有变化，模型已过期，请重新训练后再用。")
    told += _moved(head, trained, values)
    told += _missing_more(trained, values)
    if labels is not None and chances is not None:
        told += _against_results(labels, chances, validated_auc, tau)
    return told


def _moved(head: Head, trained: Reference, values: Floats) -> list[str]:
    weight = np.abs(head.weights * head.spreads)
    told = []
    for place in np.argsort(-weight)[:_TOP].tolist():
        feature = FEATURES[place]
        known = values[~np.isnan(values[:, place]), place]
        if not len(known) or not trained.edges[feature.name]:
            continue
        moved = stability(np.array(trained.shares[feature.name]), _shares(known, np.array(trained.edges[feature.name])))
        if moved > PSI_ALARM:
            told.append(f"“{feature.label}”的分布与训练时明显不同（PSI {moved:.2f}，警戒线 {PSI_ALARM}）。")
    return told


def _missing_more(trained: Reference, values: Floats) -> list[str]:
    told = []
    for name, label in (("na_rd", "研发费用"), ("na_staff", "人员"), ("na_ps", "高新收入")):
        place = NAMES.index(name)
        rise = float(np.nanmean(values[:, place])) - _mean_of_flag(trained, name)
        if rise > MISSING_RISE:
            told.append(f"缺{label}数据的企业比训练时多 {rise * 100:.0f} 个百分点，请先补数据。")
    return told


def _mean_of_flag(trained: Reference, name: str) -> float:
    """A flag's upper part begins above its only edge; without an edge all training rows were alike (none missing)."""
    edges, shares = trained.edges[name], trained.shares[name]
    return sum(share for edge, share in zip([*edges, np.inf], shares, strict=True) if edge > 0) if edges else 0.0


def _against_results(labels: Floats, chances: Floats, validated_auc: float | None, tau: float) -> list[str]:
    told = []
    if len(labels) >= _FEW and abs(surprise(labels, chances, tau)) > SURPRISE_ALARM:
        told.append(
            f"今年已知结果 {len(labels)} 家：预计通过 {chances.sum():.0f} 家，实际 {labels.sum():.0f} 家，"
            "偏差超出正常波动。"
        )
    if validated_auc is not None and len(labels) >= _MANY and auc(labels, chances) < validated_auc - AUC_DROP:
        told.append(f"今年的排序能力（AUC {auc(labels, chances):.2f}）明显低于验证时（{validated_auc:.2f}）。")
    return told
