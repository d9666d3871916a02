"""The rules as a number, from observed figures: the strong baseline, and two features of the model."""

import numpy as np

from pipelines.classifier.ledger import Floats, Ints

PASS_SCORE = 71  # above 70, in whole points
# What an office assumes of a part nobody has told it about (195号 三（七）: 30, 30, 20, 20).
_CONVERSION_UNKNOWN, _ORGANISATION_UNKNOWN, _GROWTH_UNKNOWN = 15.0, 13.0, 3.0
_QUALITY_OF_IP = 16.0  # of the 22 points for what rights are worth, where there is one
_UNKNOWN_GATE = 0.6
# How fast a margin turns from hopeless to safe; the score is known to some eleven points only, and blanks draw it down.
_STEEPNESS = {"rd": 12.0, "staff": 8.0, "ps": 15.0, "score": 0.15}
_SCORE_LINE = PASS_SCORE - 6
_GATES = ("rd_short", "staff_short", "ps_short", "pt_g_rev", "ln_conv")


def estimated_score(columns: dict[str, Floats]) -> Floats:
    """The 100 points of 195号 三（七） as far as the ledger tells them."""
    has_ip = columns["ip_pts"] > 0
    rights = np.where(has_ip, columns["ip_pts"] + _QUALITY_OF_IP - 3.0 * columns["ip_acq"], 0.0)
    a_year = np.expm1(columns["ln_conv"]) / 3
    made = np.select([a_year >= 5, a_year >= 4, a_year >= 3, a_year >= 2, a_year > 0], [27, 21, 15, 9, 4], default=0.0)
    conversion = np.where(np.isnan(a_year), _CONVERSION_UNKNOWN, made)
    documents = columns["org_items"]
    organisation = np.where(np.isnan(documents), _ORGANISATION_UNKNOWN, 4.0 * documents)
    growth = sum(np.where(np.isnan(each), _GROWTH_UNKNOWN, each) for each in (columns["pt_g_rev"], columns["pt_g_na"]))
    score: Floats = rights + conversion + organisation + growth
    return score


def soft_product(columns: dict[str, Floats]) -> Floats:
    """Every gate a soft step at its line, times the score over 71: between 0 and 1, no probability."""
    gates = (
        _soft(columns["rd_short"] + columns["rd_surplus"], "rd"),
        _soft(columns["staff_short"] + columns["staff_surplus"], "staff"),
        _soft(columns["ps_short"] + columns["ps_surplus"], "ps"),
        _soft(columns["est_score"] - _SCORE_LINE, "score"),
    )
    product = np.where(columns["ip_pts"] > 0, 1.0, 0.15) * np.where(columns["incident"] > 0, 0.2, 1.0)
    for gate in gates:
        product = product * np.where(np.isnan(gate), _UNKNOWN_GATE, gate)
    product = product * np.minimum(columns["est_score"] / PASS_SCORE, 1.0)
    clipped: Floats = np.clip(product, 1e-4, 1 - 1e-4)
    return clipped


def _soft(margin: Floats, gate: str) -> Floats:
    step: Floats = 1 / (1 + np.exp(-_STEEPNESS[gate] * margin - 0.6))
    return step


def unknown_gates(columns: dict[str, Floats]) -> Ints:
    """How many of the five things that need figures cannot be told: research, people, products, growth, conversions."""
    counts: Ints = np.isnan([columns[name] for name in _GATES]).sum(axis=0)
    return counts
