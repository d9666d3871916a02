"""Why a firm stands where it stands, measured from a firm that stands exactly on every line.

The coefficients are exact, but the zero point decides how they read: against the average applicant 12 % of technical
staff would be "unfavourable" although it meets the rule. So the zero is the reference firm (CLASSIFIER §6.10).
"""

from typing import NamedTuple

import numpy as np

from pipelines.classifier.features import FEATURES, GROUPS, PLACE
from pipelines.classifier.ledger import Floats
from pipelines.classifier.logistic import Head

TOP = 4
# A firm on each line: nothing short, nothing over; three Ⅱ类 rights, five per cent growth, two results a year.
_ON_THE_LINE = {
    "rd_short": 0.0, "rd_surplus": 0.0, "rd_bunch": 1.0, "staff_short": 0.0, "staff_surplus": 0.0, "ps_short": 0.0,
    "ps_surplus": 0.0, "ln_n1": 0.0, "ln_n2": float(np.log1p(3)), "ip_pts": 3.5, "ip_acq": 0.0, "pt_g_rev": 3.5,
    "pt_g_na": 3.5, "ln_conv": float(np.log1p(6)), "org_items": 3.0, "pre_score": 71.0, "last_score_gap": 0.0,
    "incident": 0.0, "na_rd": 0.0, "na_staff": 0.0, "na_ps": 0.0, "na_net": 0.0, "na_ded": 0.0, "na_conv": 0.0,
    "prev_hnte": 0.0, "prev_fail": 0.0, "fail_recent": 0.0,
}  # fmt: skip
_TOLD = np.array([feature.is_reason for feature in FEATURES])
_LEAST = 0.05  # logits; less is not worth a word


class Reason(NamedTuple):
    """effect: how far the group moves the logit against the reference firm; leading: its strongest feature."""

    group: str
    label: str
    leading: str
    effect: float

    @property
    def helps(self) -> bool:
        return self.effect > 0


def reference_firm(head: Head) -> Floats:
    """On each line, and otherwise like the middle of those who applied."""
    values = head.medians.copy()
    for name, value in _ON_THE_LINE.items():
        values[PLACE[name]] = value
    return values


def contributions(head: Head, values: Floats) -> Floats:
    """Row by row, feature by feature; they add up to the difference of the logits exactly."""
    found: Floats = (head.filled(values) - reference_firm(head)) * head.weights
    return found


def reasons(head: Head, row: Floats, most: int = TOP) -> list[Reason]:
    """The groups that move the chance most; what is blank is told as missing, not as good or bad."""
    effects = contributions(head, row[None, :])[0]
    found = []
    for group, label in GROUPS.items():
        places = [place for place, feature in enumerate(FEATURES) if feature.group == group and _TOLD[place]]
        known = [place for place in places if not np.isnan(row[place])]
        effect = float(effects[known].sum()) if known else 0.0
        if known and abs(effect) >= _LEAST:
            leading = max(known, key=lambda place: abs(effects[place]))
            found.append(Reason(group, label, FEATURES[leading].label, effect))
    found.sort(key=lambda reason: -abs(reason.effect))
    return found[:most]
