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
    2016: OracleX(0.828, 0.165, 0.490, 0.78),
    3: OracleX(0.812, 0.173, 0.529, 0.77),
    7: OracleX(0.807, 0.187, 0.549, 0.74),
}
