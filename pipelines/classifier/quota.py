"""How many certifications a list brings: exact for independent firms, and with the year's strictness they all share."""

from dataclasses import dataclass

import numpy as np

from pipelines.classifier.ledger import Floats

TARGET = 100
TAU = 0.25  # the shared shock of a year, in logits (CLASSIFIER §4.5)
TAU_FLOOR, TAU_YEARS = 0.20, 5
_NODES = 21
_MOST = 2_000  # applicants looked at when asking how many are needed


@dataclass(frozen=True)
class Outlook:
    """expected passes, the interval that holds them in eight years of ten, and the chance of reaching the target."""

    applicants: int
    expected: float
    lo: int
    hi: int
    reaches: float


def passes(chances: Floats, tau: float = TAU, strictness: float = 0.0) -> Floats:
    """The distribution of the number of passes, 0 … n.

    strictness shifts every firm's logit: what if the panel is stricter (above 0) or milder than usual?
    """
    nodes, weights = _hermite(tau)
    logits = np.log(np.clip(chances, 1e-9, 1 - 1e-9) / np.clip(1 - chances, 1e-9, 1))
    shifted = 1 / (1 + np.exp(-(logits[None, :] + nodes[:, None] - strictness)))
    counts = np.zeros((len(nodes), len(chances) + 1))
    counts[:, 0] = 1.0
    for place in range(len(chances)):
        chance = shifted[:, place : place + 1]
        kept = counts[:, : place + 2] * (1 - chance)
        kept[:, 1:] += counts[:, : place + 1] * chance
        counts[:, : place + 2] = kept
    found: Floats = weights @ counts
    return found


def outlook(
    chances: Floats, target: int = TARGET, tau: float = TAU, strictness: float = 0.0, already: int = 0
) -> Outlook:
    """already: passes that are official by now; chances are those of the firms still open."""
    found = passes(chances, tau, strictness)
    counts = np.arange(len(found)) + already
    below = np.cumsum(found)
    lo = int(counts[int(np.searchsorted(below, 0.10))])
    hi = int(counts[min(int(np.searchsorted(below, 0.90)), len(counts) - 1)])
    return Outlook(len(chances), float(found @ counts), lo, hi, float(min(found[counts >= target].sum(), 1.0)))


def needed(chance: float, target: int = TARGET, confidence: float = 0.9, tau: float = TAU) -> int:
    """How many applicants, each passing with this chance, reach the target with this confidence."""
    return _until_reached(np.full(_MOST, chance), target, confidence, tau, 0.0) or _MOST


def still_needed(
    picked: Floats,
    waiting: Floats,
    target: int = TARGET,
    confidence: float = 0.9,
    tau: float = TAU,
    strictness: float = 0.0,
    already: int = 0,
) -> int | None:
    """How many of those waiting, best first, must be won besides the picked ones; None: all of them are too few."""
    everybody = np.concatenate([picked, np.sort(waiting)[::-1]])
    reached = _until_reached(everybody, max(target - already, 0), confidence, tau, strictness)
    return None if reached is None else max(reached - len(picked), 0)


def _until_reached(chances: Floats, target: int, confidence: float, tau: float, strictness: float) -> int | None:
    """How many of these firms, in this order, bring the target so surely; counts beyond the target are one."""
    nodes, weights = _hermite(tau)
    logits = np.log(np.clip(chances, 1e-9, 1 - 1e-9) / np.clip(1 - chances, 1e-9, 1))
    shifted = 1 / (1 + np.exp(-(logits[None, :] + nodes[:, None] - strictness)))
    counts = np.zeros((len(nodes), target + 1))
    counts[:, 0] = 1.0
    if not target:
        return 0
    for place in range(len(chances)):
        chance = shifted[:, place : place + 1]
        kept = counts * (1 - chance)
        kept[:, 1:] += counts[:, :-1] * chance
        kept[:, -1] += counts[:, -1] * chance[:, 0]
        counts = kept
        if float(weights @ counts[:, -1]) >= confidence:
            return place + 1
    return None


def tau_from(history: list[tuple[Floats, Floats]]) -> float:
    """(labels, chances) by year → the shared shock, by moments: how far yearly shifts spread beyond chance.

    The default below two years; never under the floor with fewer than five.
    """
    shifts, noises = [], []
    for labels, chances in history:
        spread = float((chances * (1 - chances)).sum())
        if spread > 0:
            shifts.append((float(labels.sum()) - float(chances.sum())) / spread)
            noises.append(1 / spread)
    if len(shifts) < 2:
        return TAU
    beyond = float(np.mean(np.square(shifts))) - float(np.mean(noises))
    tau = float(np.sqrt(max(beyond, 0.0)))
    return max(tau, TAU_FLOOR) if len(shifts) < TAU_YEARS else max(tau, 0.10)


def _hermite(tau: float) -> tuple[Floats, Floats]:
    if tau <= 0:
        return np.zeros(1), np.ones(1)
    places, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    return tau * places, weights / weights.sum()
