"""The marks of CLASSIFIER §7 for the three counties of the suite, and what could be known at best of their last year.

Oracle-X: see benchmarks/model_oracle.py, which prints these figures (forty other counties, half a minute each way).
"""

from typing import NamedTuple


class OracleX(NamedTuple):
    auc: float
    brier: float
    log_loss: float
    candidates_top: float  # P@100 among all candidates


ORACLE_X = {
    2016: OracleX(0.827, 0.165, 0.492, 0.78),
    3: OracleX(0.809, 0.174, 0.532, 0.76),
    7: OracleX(0.808, 0.187, 0.548, 0.73),
}
