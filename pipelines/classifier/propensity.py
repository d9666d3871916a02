"""How inclined a firm is to apply: boosted trees, used only inside the order, never told as a judgement on a firm."""

from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED

import numpy as np

from pipelines.classifier.examples import Examples
from pipelines.classifier.features import NAMES
from pipelines.classifier.ledger import Floats
from pipelines.refusals import Refusal

_TREES = {"max_leaf_nodes": 8, "learning_rate": 0.06, "max_iter": 150, "min_samples_leaf": 30}
# What skops may load besides plain arrays: the tree of scikit-learn, named here and nowhere guessed.
_TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]

TAMPERED = "模型文件与登记的指纹不一致，可能被改动过，已拒绝使用。请改用上一个版本或重新训练。"


class Propensity:
    """A fitted forest with the bytes it is stored as; no code runs when they are read (skops).

    The bytes hold object numbers and the hour, so two fits of the same data differ in them; what is the same is what
    the forest says of fixed made-up rows, and that is its fingerprint.
    """

    def __init__(self, forest: Any, kept: bytes) -> None:
        self._forest = forest
        self.kept = kept

    @property
    def sha256(self) -> str:
        return sha256(self.kept).hexdigest()

    @property
    def fingerprint(self) -> str:
        probes = np.random.RandomState(7).standard_normal((256, len(NAMES)))
        return sha256(np.round(self.probabilities(probes), 9).tobytes()).hexdigest()

    def probabilities(self, values: Floats) -> Floats:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # two OpenMP threads on a busy machine cost more than they bring
            found: Floats = self._forest.predict_proba(values)[:, 1]
        return found

    @classmethod
    def read(cls, kept: bytes, sha256_kept: str) -> "Propensity":
        import skops.io  # slow import: scikit-learn

        if sha256(kept).hexdigest() != sha256_kept:
            raise Refusal(TAMPERED)
        return cls(skops.io.loads(kept, trusted=_TRUSTED), kept)


def fitted_propensity(examples: Examples) -> Propensity:
    import skops.io
    from sklearn.ensemble import HistGradientBoostingClassifier  # slow import: scikit-learn
    from threadpoolctl import threadpool_limits

    forest = HistGradientBoostingClassifier(**_TREES, early_stopping=False, random_state=0)
    with threadpool_limits(1):
        forest.fit(without_empty(examples.values), examples.labels)
    return Propensity(forest, skops.io.dumps(forest, compression=ZIP_DEFLATED))


def without_empty(values: Floats) -> Floats:
    """A column nobody has a value in stops the binning of scikit-learn; a constant says as little."""
    empty = np.isnan(values).all(axis=0)
    return np.where(empty, 0.0, values) if empty.any() else values
