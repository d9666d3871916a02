"""What can be known at best: python -m benchmarks.model_oracle [COUNTIES].

Oracle-X sees what an office sees, but has learnt it from forty other counties; the marks of CLASSIFIER §7 are shares of
it. Oracle-L knows the true chance. The figures printed here stand as constants in tests/pipelines/classifier/marks.py.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from pipelines.classifier.examples import Season, applicants, decided_years, seasons
from pipelines.classifier.features import FEATURES
from pipelines.classifier.ledger import Floats, Ledger
from pipelines.classifier.metrics import auc, brier, log_loss, precision_at
from pipelines.classifier.propensity import without_empty
from tests.pipelines.classifier.counties import SEEDS, a_ledger, the_truth, would_pass

_OTHERS = 500  # the seeds of the counties it learns from begin here


def main(counties: int = 40) -> None:
    passing, pushed = _learnt(counties)
    for seed in SEEDS:
        ledger = a_ledger(seed)
        last = seasons(ledger, decided_years(ledger)[-1:])[0]
        values, labels = last.measured.values[last.decided], last.outcome[last.decided]
        known, truth = _chances(passing, values), the_truth(seed)[last.year]
        print(f"seed {seed}, {len(labels)} applicants, {labels.mean():.2f} passed")
        print(f"    Oracle-X AUC {auc(labels, known):.3f} Brier {brier(labels, known):.3f}")
        print(f"    Oracle-X log loss {log_loss(labels, known):.3f}")
        print(f"    Oracle-L AUC {auc(labels, _true(ledger, last, truth)[last.decided]):.3f}")
        everybody = _chances(pushed, last.measured.values)
        would = would_pass(ledger, last, truth)
        print(
            f"    candidates: Oracle-X AUC {auc(would, everybody):.3f} P@100 {precision_at(would, everybody, 100):.2f}"
        )


def _learnt(counties: int):
    from sklearn.ensemble import HistGradientBoostingClassifier

    values, labels, all_values, all_labels = [], [], [], []
    for seed in range(_OTHERS, _OTHERS + counties):
        ledger = a_ledger.__wrapped__(seed)
        truths = the_truth.__wrapped__(seed)
        for each in seasons(ledger, decided_years(ledger)[-4:]):
            part = applicants([each])
            values.append(part.values)
            labels.append(part.labels)
            all_values.append(each.measured.values)
            all_labels.append(would_pass(ledger, each, truths[each.year]))
    signs = [feature.sign for feature in FEATURES]
    trees = {"max_leaf_nodes": 10, "learning_rate": 0.05, "max_iter": 300, "min_samples_leaf": 60, "random_state": 0}
    fits = []
    for rows, known in ((values, labels), (all_values, all_labels)):
        forest = HistGradientBoostingClassifier(**trees, early_stopping=False, monotonic_cst=signs)
        fits.append(forest.fit(without_empty(np.concatenate(rows)), np.concatenate(known)))
    return fits


def _chances(forest, values: Floats) -> Floats:
    return forest.predict_proba(values)[:, 1]


def _true(ledger: Ledger, season: Season, truth) -> Floats:
    return truth.chance[np.searchsorted(truth.firm, ledger.ids[season.firm])]


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
