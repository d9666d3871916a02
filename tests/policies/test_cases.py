"""Policy cases an officer could read aloud: one file an edition, each boundary exactly on it and a step to either side.

A file holds `as_of` and `facts` that its cases share, and `cases`: name, what differs, and what is expected.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.facts.case import facts_from_case
from pipelines.qualification.assessment import Assessment, qualify
from pipelines.qualification.policies import SHIPPED, read_policies
from pipelines.qualification.policy import Policy
from pipelines.qualification.tri_color import tri_color
from pipelines.vocabulary import Programme

FOLDER = Path(__file__).parent
POLICIES = read_policies(SHIPPED)
FILES = sorted(FOLDER.glob("*/*.yaml"))
UNCONFIRMED = {("little_giant", "2022-01-01"), ("leading", "2022-01-01"), ("innovative_sme", "2026-04-01")}


def cases() -> Iterator[Any]:
    for file in FILES:
        shared = yaml.safe_load(file.read_text(encoding="utf-8"))
        for case in shared["cases"]:
            yield pytest.param(file, shared, case, id=f"{file.parent.name} {file.stem} {case['name']}")


def edition(file: Path) -> Policy:
    begun = date.fromisoformat(file.stem)
    return next(each for each in POLICIES.editions(file.parent.name) if each.in_force_from == begun)


def assessed(file: Path, shared: dict[str, Any], case: dict[str, Any]) -> Assessment:
    as_of = case.get("as_of", shared["as_of"])
    stated = shared["facts"] | case.get("facts", {})
    facts = facts_from_case({"as_of": as_of, "facts": stated})
    return qualify(facts, edition(file), case.get("attestations"), case.get("points"))


def found(assessment: Assessment, name: str) -> Any:
    """What a case may expect: a verdict by condition, or one of the words below."""
    if name == "altogether":
        return assessment.verdict.value
    if name == "score condition":  # a condition that is called as the sum of a table is
        return assessment.finding("score").verdict.value
    if name == "score":
        return [assessment.score.lo, assessment.score.hi]
    if name == "outlook":
        return assessment.score.outlook.value
    if name == "shortlist":
        return assessment.shortlisting.tier and assessment.shortlisting.tier.value
    kind, _, subject = name.partition(" ")
    if kind == "gap":
        return assessment.finding(subject).words
    if kind == "line":
        line = next(each for each in assessment.score.lines if each.line.id == subject)
        return [line.found.lo, line.found.hi]
    if name == "colour":
        basis = qualify(assessment.facts, POLICIES.in_force(Programme.HIGH_TECH, assessment.facts.as_of))
        colour = tri_color(assessment.facts, assessment.policy, basis, assessment.answers.attestations).colour
        return colour and colour.value
    return every(assessment)[name]


def every(assessment: Assessment) -> dict[str, str]:
    """Conditions inside conditions, too."""
    verdicts: dict[str, str] = {}
    waiting = list(assessment.findings)
    while waiting:
        finding = waiting.pop()
        verdicts.setdefault(finding.id, finding.verdict.value)
        waiting += finding.children
    return verdicts


@pytest.mark.parametrize(("file", "shared", "case"), list(cases()))
def test_case(file: Path, shared: dict[str, Any], case: dict[str, Any]) -> None:
    assessment = assessed(file, shared, case)

    assert {name: found(assessment, name) for name in case["expect"]} == case["expect"]


def test_there_is_a_file_for_every_edition_that_judges() -> None:
    editions = {
        (programme.value, policy.in_force_from.isoformat())
        for programme in Programme
        for policy in POLICIES.editions(programme)
    }

    assert {(file.parent.name, file.stem) for file in FILES} == editions - UNCONFIRMED
    assert [policy for name, begun in UNCONFIRMED if (policy := edition(FOLDER / name / f"{begun}.yaml")).judges] == []


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    names = [case.id for case in cases()]

    assert len(names) >= 150
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name} {file.stem}")
def test_every_condition_of_an_edition_is_expected_by_some_case(file: Path) -> None:
    shared = yaml.safe_load(file.read_text(encoding="utf-8"))
    expected = {name.removesuffix(" condition") for case in shared["cases"] for name in case["expect"]}

    assert {criterion.id for criterion in edition(file).criteria} - expected == set()
