"""How verdicts come together, and what people have answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pipelines.vocabulary import Verdict

MET, NOT_MET, UNKNOWN, TO_CONFIRM, NOT_APPLICABLE = (
    Verdict.MET,
    Verdict.NOT_MET,
    Verdict.UNKNOWN,
    Verdict.TO_CONFIRM,
    Verdict.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What only people can say: attested conditions by id, and the experts' points by line."""

    attestations: Mapping[str, bool] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)


NO_ANSWERS = Answers()


def altogether(verdicts: Collection[Verdict]) -> Verdict:
    """One not met: not met; else one unknown: unknown; else one to confirm: to confirm; else met."""
    for verdict in (NOT_MET, UNKNOWN, TO_CONFIRM):
        if verdict in verdicts:
            return verdict
    return MET if MET in verdicts else NOT_APPLICABLE


def at_least_one(verdicts: Collection[Verdict]) -> Verdict:
    """One met is enough; while one is open nobody may say that none is met."""
    for verdict in (MET, UNKNOWN, TO_CONFIRM):
        if verdict in verdicts:
            return verdict
    return NOT_MET if NOT_MET in verdicts else NOT_APPLICABLE
