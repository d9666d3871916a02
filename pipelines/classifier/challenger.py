"""The challenger: boosted trees under the same signs. Shown beside the model, never quietly in its place."""

from typing import Any

from pipelines.classifier.examples import Examples
from pipelines.classifier.features import FEATURES
from pipelines.classifier.ledger import Floats
from pipelines.classifier.propensity import without_empty

_TREES = {"max_leaf_nodes": 6, "learning_rate": 0.05, "max_iter": 120, "min_samples_leaf": 15}


def challenger_chances(learnt: Examples, values: Floats) -> Floats:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        found: Floats = _fitted(learnt).predict_proba(values)[:, 1]
    return found


def _fitted(learnt: Examples) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # slow import: scikit-learn

    signs = [feature.sign for feature in FEATURES]
    forest = HistGradientBoostingClassifier(**_TREES, early_stopping=False, monotonic_cst=signs, random_state=0)
    return forest.fit(without_empty(learnt.values), learnt.labels)
