"""Visits to the invented firms, and what was promised on them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipelines.vocabulary import VisitKind
from seeds.draws import stream

_FOUND = (
    "今年订单稳定，研发人员增加，准备申报高企，专项审计还没有开始。",
    "新产线已投产，研发费用辅助账不规范，建议尽快规范。",
    "专利以实用新型为主，有两件发明在实审。",
    "企业反映招不到研发人员，希望对接高校。",
    "已享受研发费用加计扣除，财务对高企口径还不清楚。",
    "主要产品属于新型电子元器件，技术领域对得上。",
    "去年收入下降，今年先做培育，明年再报。",
)
_PEOPLE = ("总经理", "财务负责人", "研发负责人", "总经理、财务负责人", "办公室主任")
_NEEDS = ("希望介绍有资质的审计机构", "想了解科技成果转化怎么整理", "需要对接高校专家", "问省科小和高企能否同年申报")
_KINDS = (
    VisitKind.ON_SITE,
    VisitKind.ON_SITE,
    VisitKind.ON_SITE,
    VisitKind.CALL,
    VisitKind.IN_OFFICE,
    VisitKind.MEETING,
)
_SHARE = 0.45  # of the firms with an owner were visited in the last year and a half
_DAYS_BACK = 540


class SeededVisit(NamedTuple):
    """need: what the firm asked for; due_on: of the need, or of a call back; done_on: None while it is open."""

    firm_id: int
    owner_id: int
    visited_on: date
    kind: VisitKind
    people: str
    found: str
    need: str | None
    due_on: date | None
    done_on: date | None


def visits(owners: Sequence[tuple[int, int]], seed: int, today: date) -> list[SeededVisit]:
    """owners: firm and owner."""
    chance = stream(seed, "visits")
    chosen = [pair for pair, draw in zip(owners, chance.random_sample(len(owners)), strict=True) if draw < _SHARE]
    draws = chance.randint(0, 10**6, (len(chosen), 7))
    rows = []
    for (firm_id, owner_id), (back, kind, people, found, need, owed, late) in zip(chosen, draws.tolist(), strict=True):
        on = today - timedelta(days=back % _DAYS_BACK)
        asked = _NEEDS[need % len(_NEEDS)] if need % 100 < 18 else None
        owes = bool(asked) or owed % 100 < 30
        due = on + timedelta(days=7 + late % 40) if owes else None
        is_open = due is not None and due > today - timedelta(days=12) and late % 10 < 7
        done = None if due is None or is_open else min(due, today)
        rows.append(
            SeededVisit(
                firm_id, owner_id, on, _KINDS[kind % len(_KINDS)], _PEOPLE[people % len(_PEOPLE)],
                _FOUND[found % len(_FOUND)], asked, due, done,
            )
        )  # fmt: skip
    return rows
