"""How many judgements a second one core makes: python -m benchmarks.judging [FIRMS].

A judgement is one firm held against one programme. Facts are given as records; every figure is worked out within the
time measured, no words are made, no database is there. Unconfirmed programmes judge nothing and are not counted.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines.facts import FirmFacts
from pipelines.qualification.assessment import qualify
from pipelines.qualification.policies import SHIPPED, Policies, read_policies
from pipelines.qualification.policy import Policy
from pipelines.qualification.tri_color import tri_color
from pipelines.vocabulary import Programme
from tests.random_firms import a_random_firm

ON = date(2025, 12, 31)


def main(count: int = 10_000) -> None:
    started = process_time()
    policies = read_policies(SHIPPED)
    print(f"reading the editions: {(process_time() - started) * 1000:.0f} ms")
    random = Random(1)
    firms = [a_random_firm(random) for _ in range(count)]
    judging = [policy for policy in _in_force(policies) if policy.judges]
    for policy in judging:
        _tell(policy.programme, count, _seconds(firms, [policy]))
    _tell("all programmes", count * len(judging), _seconds(firms, judging))


def _in_force(policies: Policies) -> list[Policy]:
    found = (policies.in_force(programme, ON) for programme in Programme)
    return [policy for policy in found if policy is not None]


def _seconds(firms: Sequence[FirmFacts], policies: Sequence[Policy]) -> float:
    fresh = [replace(facts) for facts in firms]  # nothing worked out yet
    started = process_time()
    for facts in fresh:
        judge(facts, policies)
    return process_time() - started


def judge(facts: FirmFacts, policies: Sequence[Policy]) -> None:
    assessments = {policy.programme: qualify(facts, policy) for policy in policies if policy.colours is None}
    for policy in policies:
        if policy.colours is not None and policy.colours.basis in assessments:
            tri_color(facts, policy, assessments[policy.colours.basis])


def _tell(what: str, judgements: int, seconds: float) -> None:
    print(f"{what:20} {judgements:8,} judgements  {seconds:6.2f} s  {judgements / max(seconds, 1e-9):10,.0f} a second")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
