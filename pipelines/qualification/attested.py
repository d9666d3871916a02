"""What only a person can say, and what the negative list says before anybody is asked."""

from datetime import date, timedelta

from pipelines.facts import Fact, FirmFacts
from pipelines.qualification.criteria import fact_of
from pipelines.qualification.finding import Explanation, Rule
from pipelines.qualification.sections import Section
from pipelines.qualification.verdicts import MET, NOT_MET, TO_CONFIRM, UNKNOWN, Answers
from pipelines.vocabulary import FlagKind, Verdict


class Attested(Rule):
    """A person answers. Records can rule it out beforehand, and a fact may have to be filled in first."""

    def __init__(self, answer_id: str, bars: "tuple[Bar, ...]", requires: Fact | None) -> None:
        self.answer_id = answer_id
        self.bars = bars
        self.requires = requires
        self.facts = (requires,) if requires else ()

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        if self.bars and facts.flags and any(bar.applies(facts) for bar in self.bars):
            return NOT_MET
        answer = answers.attestations.get(self.answer_id)
        if answer is not None:
            return MET if answer else NOT_MET
        if self.requires is not None and getattr(facts, self.requires.name) is None:
            return UNKNOWN
        return TO_CONFIRM

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        applying = [bar.label for bar in self.bars if bar.applies(facts)]
        answer = answers.attestations.get(self.answer_id)
        said = "待人工核验" if answer is None else "经核验符合" if answer else "经核验不符合"
        text = "；".join(applying) or said
        return Explanation(None if applying else answer, text, True, "经核验符合", reason=text)


class Bar:
    """What the negative list can say against a firm: something that happened lately, or an entry that stands."""

    def __init__(self, kinds: tuple[FlagKind, ...], within_days: int | None, years_back: int | None) -> None:
        self.kinds = kinds
        self.within_days = within_days
        self.years_back = years_back

    @property
    def label(self) -> str:
        return "负面清单有记录：" + "、".join(kind.label for kind in self.kinds)

    def applies(self, facts: FirmFacts) -> bool:
        since = self._since(facts)
        return bool(facts.listed(self.kinds) if since is None else facts.flagged(self.kinds, since))

    def _since(self, facts: FirmFacts) -> date | None:
        if self.within_days is not None:
            return facts.as_of - timedelta(days=self.within_days)
        return None if self.years_back is None else date(facts.as_of.year - self.years_back, 1, 1)


def read_attested(section: Section) -> Attested:
    bars = section.sections("ruled_out_by") if "ruled_out_by" in section else []
    requires = fact_of(section, "requires") if "requires" in section else None
    return Attested(section.text("id"), tuple(_bar(bar) for bar in bars), requires)


def _bar(section: Section) -> Bar:
    section.only(("flags", "within_days", "years_back"))
    known = {kind.value: kind for kind in FlagKind}
    kinds = section.texts("flags")
    if not kinds or any(kind not in known for kind in kinds):
        section.fault(f"“flags”应取自：{'、'.join(known)}", "flags")
    spans = {key: int(section.number(key)) for key in ("within_days", "years_back") if key in section}
    return Bar(tuple(known[kind] for kind in kinds), spans.get("within_days"), spans.get("years_back"))
