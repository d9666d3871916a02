"""An edition of a policy document, read from its YAML and ready to judge."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

from pipelines.facts import Fact
from pipelines.qualification.colour_scheme import ColourScheme, read_colour_scheme
from pipelines.qualification.criteria import fact_of
from pipelines.qualification.finding import Criterion, Judge, Rule
from pipelines.qualification.kinds import read_criterion
from pipelines.qualification.points import Points
from pipelines.qualification.sections import Section, read_sections
from pipelines.vocabulary import Confidence, PolicyLevel, PolicyStatus, Programme

BLANK = "待填"
_KEYS = (
    "title", "document_number", "level", "authority", "in_force_from", "status", "confidence", "source", "checked_on",
    "validity", "note", "supplements", "criteria", "sorting", "colours",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blank:
    """A threshold that the office has to fill in before an unconfirmed edition can judge."""

    id: str
    label: str
    unit: str


@dataclass(frozen=True, eq=False)
class Policy:
    """programme is the name of its folder; digest is that of the file's text, so a judgement can name what it used."""

    programme: str
    title: str
    document_number: str
    level: PolicyLevel
    authority: str
    in_force_from: date
    status: PolicyStatus
    confidence: Confidence
    source: str
    checked_on: date | None
    validity: str
    note: str
    supplements: Programme | None
    criteria: tuple[Criterion, ...]
    blanks: tuple[Blank, ...]
    sorting: tuple[Fact, ...]
    colours: ColourScheme | None
    digest: str
    text: str

    @cached_property
    def judge_each(self) -> tuple[Judge, ...]:
        """What decides each of its conditions, in their order."""
        return tuple(criterion.judge for criterion in self.criteria)

    @property
    def judges(self) -> bool:
        """An edition whose numbers nobody has confirmed judges nothing."""
        return self.status is not PolicyStatus.UNCONFIRMED

    @property
    def score(self) -> Points | None:
        """The table of points, wherever among the conditions it stands."""
        tables = (rule for criterion in self.criteria for rule in rules_of(criterion) if isinstance(rule, Points))
        return next(tables, None)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact that any of its conditions looks at."""
        used = (fact for criterion in self.criteria for each in with_children(criterion) for fact in each.facts)
        return tuple(dict.fromkeys(used))


def with_children(criterion: Criterion) -> Iterator[Criterion]:
    yield criterion
    for child in criterion.rule.children:
        yield from with_children(child)


def rules_of(criterion: Criterion) -> Iterator[Rule]:
    return (each.rule for each in with_children(criterion))


def read_policy(text: str, programme: str, file_stem: str) -> Policy:
    """An edition from the text of programme/file_stem.yaml, or a PolicyFault that says where it is wrong and why."""
    section = read_sections(text, f"{programme}/{file_stem}.yaml")
    section.only(_KEYS)
    status = section.word("status", PolicyStatus, PolicyStatus.CONFIRMED)
    prepared = section.sections("criteria") if "criteria" in section else []
    blanks = tuple(_blanks(prepared, status))
    criteria = tuple(read_criterion(_filled(each)) for each in prepared)
    _check_names(prepared)
    colours = _colours(section, criteria) if "colours" in section else None
    return Policy(
        programme=_programme(section, programme),
        title=section.text("title"),
        document_number=section.text("document_number"),
        level=section.word("level", PolicyLevel),
        authority=section.text("authority"),
        in_force_from=_in_force_from(section, file_stem),
        status=status,
        confidence=section.word("confidence", Confidence),
        source=section.text("source"),
        checked_on=section.day("checked_on") if "checked_on" in section else None,
        validity=section.text("validity", ""),
        note=section.text("note", ""),
        supplements=section.word("supplements", Programme) if "supplements" in section else None,
        criteria=() if status is PolicyStatus.UNCONFIRMED else criteria,
        blanks=blanks,
        sorting=tuple(fact_of(each) for each in section.sections("sorting")) if "sorting" in section else (),
        colours=colours,
        digest=sha256(text.encode()).hexdigest(),
        text=text,
    )


def _colours(section: Section, criteria: tuple[Criterion, ...]) -> ColourScheme:
    scheme = read_colour_scheme(section.section("colours"))
    if not any(each.id == scheme.score and isinstance(each.rule, Points) for each in criteria):
        section.section("colours").fault(f"没有名为“{scheme.score}”的评分表", "score")
    return scheme


def _programme(section: Section, folder: str) -> str:
    """A folder is a programme of the vocabulary, or what supplements one."""
    if folder not in list(Programme) and "supplements" not in section:
        section.fault(f"没有名为“{folder}”的政策项目；地方补充规定请写 supplements")
    return folder


def _in_force_from(section: Section, file_stem: str) -> date:
    day = section.day("in_force_from")
    if day.isoformat() != file_stem:
        section.fault(f"文件名应为施行日期 {day}.yaml", "in_force_from")
    return day


def _blanks(sections: list[Section], status: PolicyStatus) -> Iterator[Blank]:
    for section in sections:
        if section.get("value") == BLANK:
            if status is not PolicyStatus.UNCONFIRMED:
                section.fault("数值还没有填写；未填写的版本须注明 status: unconfirmed", "value")
            yield Blank(section.text("id"), section.text("label"), section.text("unit"))


def _filled(section: Section) -> Section:
    """A blank is checked like any condition, with some number in its place."""
    if section.get("value") != BLANK:
        return section
    filled = Section(section | {"value": 1})
    filled.file, filled.line, filled.lines = section.file, section.line, section.lines
    return filled


def _check_names(sections: list[Section]) -> None:
    seen: set[str] = set()
    for section in sections:
        for each in _named_sections(section):
            if each["id"] in seen:
                each.fault(f"条件的 id “{each['id']}”重复", "id")
            seen.add(each["id"])


def _named_sections(value: Any) -> Iterator[Section]:
    """Every condition within a section, at any depth; lines of a score have names of their own."""
    if isinstance(value, Section):
        if "kind" in value and "id" in value:
            yield value
        for key, inner in value.items():
            if key != "parts":
                yield from _named_sections(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named_sections(inner)
