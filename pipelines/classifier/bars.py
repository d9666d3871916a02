"""Where one thing turns into another on the candidate list; without NumPy, so that pages may read it."""

from pipelines.vocabulary import PotentialTier

# Where the potential of a firm that has not applied turns from one tier to the next: from the best down, lower ends.
BARS = {PotentialTier.A: 0.45, PotentialTier.B: 0.25, PotentialTier.C: 0.10, PotentialTier.D: 0.0}
UNCLEAR_GATES = 3  # of five: too little is known to say anything of the firm


def tier_of(potential: float) -> PotentialTier:
    return next(tier for tier, bar in BARS.items() if potential >= bar)
