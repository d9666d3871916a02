"""The prior that is shipped, pipelines/classifier/prior.json: fitted on invented counties that are not the demo county.

python benchmarks/model_prior.py [--write]: to be written anew whenever a feature changes its meaning; without --write
it only says how far the shipped one is from it.
"""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from pipelines.classifier.examples import applicants, decided_years, season_day, seasons
from pipelines.classifier.ledger import Ledger
from pipelines.classifier.logistic import fitted
from pipelines.classifier.potential import prior_head
from tests.pipelines.classifier.counties import TODAY, a_ledger, the_truth

_SEEDS = range(901, 913)
_PRE_SCORE_NOISE = 3.5  # points: an officer on the official form against a fair panel
_FILE = Path(__file__).resolve().parents[1] / "pipelines" / "classifier" / "prior.json"


def main(write: str = "") -> None:
    lived = [each for seed in _SEEDS for each in _seasons(seed)]
    examples = applicants(lived)
    head = fitted(examples.values, examples.labels, np.zeros(len(examples)), c=1.0)
    shipped = prior_head()
    apart = np.abs(head.weights - shipped.weights).max()
    if write == "--write":
        _FILE.write_text(json.dumps(head.as_data(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"largest difference of a weight from the shipped prior: {apart:.2e}")
    print(f"{len(examples)} invented decisions of {len(_SEEDS)} counties, {examples.labels.mean():.2f} passed")


def _seasons(seed: int):
    ledger = a_ledger.__wrapped__(seed)
    return seasons(with_pre_scores(ledger, seed), decided_years(ledger))


def with_pre_scores(ledger: Ledger, seed: int, today: date = TODAY, share: float = 0.5) -> Ledger:
    """As if staff had marked half the firms on the official form each March."""
    chance = np.random.RandomState(seed)
    firms, days, points = [], [], []
    for year, truth in the_truth.__wrapped__(seed).items():
        place = np.searchsorted(ledger.ids, truth.firm)
        chosen = np.flatnonzero(chance.random_sample(len(place)) < share)
        firms.append(place[chosen])
        days.append(np.full(len(chosen), season_day(year).toordinal() - 16))
        points.append(np.clip(truth.score[chosen] + _PRE_SCORE_NOISE * chance.standard_normal(len(chosen)), 20, 100))
    columns = {"firm": np.concatenate(firms), "known": np.concatenate(days), "points": np.concatenate(points)}
    return replace(ledger, tables={**ledger.tables, "pre_scores": columns})


if __name__ == "__main__":
    main(*sys.argv[1:])
