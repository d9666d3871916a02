"""Trainings of the invented county, and who came: mostly firms on their way to a certificate."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from seeds.draws import stream

# days ago, subject, place, speaker (a post: nobody's name), share of the candidates that came
_HELD = (
    (30, "高企申报材料辅导（育管服）", "县科创中心二楼", "市科技局专家组", 0.30),
    (95, "研发费用归集和加计扣除", "县政务服务中心", "税务局业务科", 0.22),
    (210, "知识产权布局和高企评分", "开发区会议中心", "知识产权保护中心", 0.26),
    (400, "高企认定政策宣讲", "县科创中心二楼", "高新科", 0.40),
)


class Held(NamedTuple):
    held_on: date
    subject: str
    place: str
    speaker: str
    firm_ids: Sequence[int]


def trainings(firm_ids: Sequence[int], seed: int, today: date) -> list[Held]:
    """firm_ids: the candidates."""
    chance = stream(seed, "trainings")
    return [
        Held(
            today - timedelta(days=days),
            subject,
            place,
            speaker,
            [
                firm_id
                for firm_id, draw in zip(firm_ids, chance.random_sample(len(firm_ids)), strict=True)
                if draw < share
            ],
        )
        for days, subject, place, speaker, share in _HELD
    ]
