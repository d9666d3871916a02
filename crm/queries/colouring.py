"""The colour of a firm, by the three-colour edition and the programme that edition refers to."""

from crm.queries.policies import known_policies
from pipelines.qualification.assessment import Assessment, qualify_with
from pipelines.qualification.tri_color import Colouring, tri_color
from pipelines.qualification.verdicts import Answers
from pipelines.refusals import Refusal


def coloured(assessment: Assessment, of_basis: Answers) -> Colouring:
    """assessment is by the three-colour edition; of_basis: what people answered for the programme it refers to."""
    facts, policy = assessment.facts, assessment.policy
    scheme = policy.colours
    basis = known_policies().in_force(scheme.basis, facts.as_of) if scheme else None
    if basis is None:
        raise Refusal(f"“{policy.title}”依据的文件在 {facts.as_of} 还没有施行")
    return tri_color(facts, policy, qualify_with(facts, basis, of_basis), assessment.answers.attestations)
