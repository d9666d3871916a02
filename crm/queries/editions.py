"""An edition as a reader of its document would want it."""

from dataclasses import dataclass
from datetime import date

from crm.queries.policies import known_policies
from pipelines.facts import FirmFacts
from pipelines.qualification.finding import Finding, found
from pipelines.qualification.policy import Policy
from pipelines.qualification.verdicts import NO_ANSWERS
from pipelines.vocabulary import Programme


@dataclass(frozen=True)
class ProgrammeEditions:
    """Newest first; in_force is None before the first begins."""

    programme: Programme
    editions: tuple[Policy, ...]
    in_force: Policy | None


@dataclass(frozen=True)
class ShownEdition:
    """conditions: each held against a firm of which nothing is known, so that only what is asked speaks."""

    programme: Programme
    policy: Policy
    conditions: tuple[Finding, ...]
    is_in_force: bool


def editions_by_programme(today: date) -> tuple[ProgrammeEditions, ...]:
    known = known_policies()
    return tuple(
        ProgrammeEditions(programme, known.editions(programme)[::-1], known.in_force(programme, today))
        for programme in Programme
    )


def shown_edition(programme: str, in_force_from: str, today: date) -> ShownEdition | None:
    """None when there is no such edition."""
    listed = next((each for each in editions_by_programme(today) if each.programme.value == programme), None)
    editions = listed.editions if listed else ()
    policy = next((each for each in editions if each.in_force_from.isoformat() == in_force_from), None)
    if listed is None or policy is None:
        return None
    nobody = FirmFacts(as_of=today)
    conditions = tuple(found(criterion, nobody, NO_ANSWERS) for criterion in policy.criteria)
    begun = [each for each in editions if each.in_force_from <= today]
    return ShownEdition(listed.programme, policy, conditions, begun[:1] == [policy])
