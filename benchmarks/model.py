"""What the model costs: python -m benchmarks.model.

Training, evaluation and bands for 2,500 firms and six rounds, scoring all candidates, one answer of the planner; and a
million rows through the same scoring, against NumPy's bare matrix product and logistic on the same array.
"""

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from pipelines.classifier.evaluation import evaluated
from pipelines.classifier.examples import decided_years, season, seasons
from pipelines.classifier.features import NAMES
from pipelines.classifier.potential import trained
from pipelines.classifier.quota import outlook
from tests.pipelines.classifier.counties import a_ledger

_ROWS = 1_000_000


def main() -> None:
    ledger = a_ledger()
    started = perf_counter()
    lived = seasons(ledger, decided_years(ledger))
    model = trained(lived)
    fitted = perf_counter() - started
    evaluated(lived)
    print(f"features, two heads and bands of 2,500 firms × {len(lived)} rounds  {fitted:6.2f} s")
    print(f"the same with the evaluation by year                     {perf_counter() - started:6.2f} s  aim 10 s")
    now = season(ledger, 2026)
    print(f"scoring {len(now.firm):,} candidates                                 "
          f"{_seconds(lambda: model.score(now.measured.values)):6.3f} s  aim 2 s")  # fmt: skip
    chances = np.random.RandomState(1).beta(3, 2, 300)
    answer = _seconds(lambda: outlook(chances))
    print(f"one answer of the planner, 300 firms                     {answer:6.3f} s  aim 0.5 s")
    _million(model, 0.0, "no holes")
    _million(model, 0.4, "four rows of ten with holes")


def _million(model, holed: float, what: str) -> None:
    values = np.random.RandomState(2).standard_normal((_ROWS, len(NAMES)))
    filled = values.copy()
    values[np.random.RandomState(3).random_sample(_ROWS) < holed, 3] = np.nan
    weights, intercept = model.passing.weights, model.passing.intercept

    def bare() -> object:
        return 1 / (1 + np.exp(-(filled @ weights + intercept)))

    pairs = [(_once(bare), _once(lambda: model.p_pass(values))) for _ in range(7)]
    ratio = statistics.median(ours / alone for alone, ours in pairs)
    print(f"1,000,000 rows, {what:27}: {ratio:5.2f} × NumPy's product and logistic  aim 3")


def _seconds(work: Callable[[], object]) -> float:
    return statistics.median(_once(work) for _ in range(5))


def _once(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


if __name__ == "__main__":
    main()
