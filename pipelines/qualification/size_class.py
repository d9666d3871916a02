"""size_class: large, medium, small or micro, by a table of lower bounds that must all be reached."""

from pipelines.facts import FirmFacts
from pipelines.qualification.finding import Explanation, Rule
from pipelines.qualification.ladders import Ladder, read_ladder
from pipelines.qualification.sections import Section
from pipelines.qualification.verdicts import MET, NOT_MET, UNKNOWN, Answers
from pipelines.vocabulary import Verdict


class SizeClass(Rule):
    def __init__(self, classes: Ladder, accepted: frozenset[str]) -> None:
        self.classes = classes
        self.accepted = accepted
        self.facts = classes.facts

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        """While a figure is missing the firm may still be certain to be small enough."""
        possible = {rung.label for rung in self.classes.possible(facts)[0]}
        if possible <= self.accepted:
            return MET
        return UNKNOWN if possible & self.accepted else NOT_MET

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        possible = "或".join(rung.label for rung in self.classes.possible(facts)[0])
        accepted = "、".join(rung.label for rung in self.classes.rungs if rung.label in self.accepted)
        return Explanation(possible, possible, accepted, f"属于{accepted}", reason=f"按现有数据为{possible}")


def read_size_class(section: Section) -> SizeClass:
    classes = read_ladder(section, scored=False)
    accepted = frozenset(section.texts("accepted"))
    if not accepted or accepted - {rung.label for rung in classes.rungs}:
        section.fault("“accepted”应取自各档名称", "accepted")
    return SizeClass(classes, accepted)
