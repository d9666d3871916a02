"""R&D institutions of firms of the invented county, risen from level to level over six years."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from pipelines.vocabulary import InstitutionKind, InstitutionLevel, ReviewResult
from seeds.draws import Chance, picked, stream

_MOST = 92  # firms with an institution, some with several: about 120 recognitions
_WAN = 10_000
_PATHS = (
    ((InstitutionLevel.COUNTY, InstitutionKind.RD_CENTRE),),
    ((InstitutionLevel.COUNTY, InstitutionKind.RD_CENTRE), (InstitutionLevel.CITY, InstitutionKind.RD_CENTRE)),
    (
        (InstitutionLevel.COUNTY, InstitutionKind.RD_CENTRE),
        (InstitutionLevel.CITY, InstitutionKind.RD_CENTRE),
        (InstitutionLevel.PROVINCE, InstitutionKind.RD_CENTRE),
    ),
    (
        (InstitutionLevel.CITY, InstitutionKind.RD_CENTRE),
        (InstitutionLevel.PROVINCE, InstitutionKind.RD_CENTRE),
        (InstitutionLevel.PROVINCE, InstitutionKind.INSTITUTE),
    ),
    ((InstitutionLevel.CITY, InstitutionKind.TECH_CENTRE),),
    ((InstitutionLevel.COUNTY, InstitutionKind.ENGINEERING_CENTRE),),
    ((InstitutionLevel.PROVINCE, InstitutionKind.KEY_INSTITUTE),),
    ((InstitutionLevel.CITY, InstitutionKind.KEY_LAB), (InstitutionLevel.NATIONAL, InstitutionKind.TECH_CENTRE)),
)
_WEIGHTS = (34, 26, 14, 6, 10, 6, 2, 2)
# a result and up to which draw below a thousand it is given
_RESULTS = (
    (600, ReviewResult.PASSED),
    (850, ReviewResult.GOOD),
    (950, ReviewResult.EXCELLENT),
    (1000, ReviewResult.TO_RECTIFY),
)
_LARGER = {
    InstitutionLevel.COUNTY: 1, InstitutionLevel.CITY: 2, InstitutionLevel.PROVINCE: 4, InstitutionLevel.NATIONAL: 9,
}  # fmt: skip
_BETWEEN = (380, 900)  # days from one level to the next
_BACK = 6 * 365
_REVIEWED_EVERY = 3  # years


class SeededInstitution(NamedTuple):
    firm_id: int
    name: str
    level: InstitutionLevel
    kind: InstitutionKind
    approved_on: date
    document_number: str
    builds_from: date
    builds_until: date
    review_due_on: date
    reviewed_on: date | None
    review_result: ReviewResult | None
    leader: str
    staff: int
    area: Decimal
    equipment: Decimal
    withdrawn_on: date | None
    withdrawn_reason: str | None


def institutions(firms: Sequence[tuple[int, str]], seed: int, today: date) -> list[SeededInstitution]:
    """firms: number and name, those that may have one."""
    chance = stream(seed, "institutions")
    order = chance.permutation(len(firms))[: min(_MOST, len(firms))]
    paths = picked(chance, _WEIGHTS, len(order))
    return [
        each
        for place, path in zip(order.tolist(), paths.tolist(), strict=True)
        for each in _risen(firms[place], path, chance, today)
    ]


def _risen(firm: tuple[int, str], path: int, chance: Chance, today: date) -> list[SeededInstitution]:
    """What lies ahead of today has not been reached yet."""
    firm_id, name = firm
    on = today - timedelta(days=int(chance.randint(20, _BACK)))
    risen = []
    for level, kind in _PATHS[path]:
        draws = chance.randint(0, 1000, 5).tolist()
        if on <= today:
            risen.append(_recognised(firm_id, name, level, kind, on, draws, today))
        on += timedelta(days=int(chance.randint(*_BETWEEN)))
    return risen


def _recognised(
    firm_id: int, name: str, level: InstitutionLevel, kind: InstitutionKind, on: date, draws: list[int], today: date
) -> SeededInstitution:
    size = _LARGER[level]
    first_review = _years_after(on, _REVIEWED_EVERY)
    reviewed = first_review if first_review <= today and draws[0] < 850 else None
    result = next(result for limit, result in _RESULTS if draws[1] < limit) if reviewed else None
    withdrawn = _years_after(on, _REVIEWED_EVERY) + timedelta(days=60) if draws[2] < 40 else None
    withdrawn = withdrawn if withdrawn and withdrawn <= today else None
    return SeededInstitution(
        firm_id=firm_id, name=f"{name.split('（')[0]}{level.label}{kind.label}（模拟）", level=level, kind=kind,
        approved_on=on, document_number=f"模拟科〔{on.year}〕{1 + draws[3] % 90}号", builds_from=on,
        builds_until=_years_after(on, 2),
        review_due_on=_years_after(first_review, _REVIEWED_EVERY) if reviewed else first_review,
        reviewed_on=reviewed, review_result=result, leader=f"研发负责人{draws[4] % 90 + 10}",
        staff=size * (5 + draws[0] % 9), area=Decimal(size * (100 + draws[1] % 260)),
        equipment=Decimal(size * (60 + draws[3] % 240) * _WAN), withdrawn_on=withdrawn,
        withdrawn_reason="绩效评价不合格（模拟）" if withdrawn else None,
    )  # fmt: skip


def _years_after(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)
