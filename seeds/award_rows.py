"""Recognitions, applications and intellectual property as rows: what an office has on file about a firm's course."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from pipelines.vocabulary import (
    ApplicationKind,
    ApplicationResult,
    IpAcquisition,
    IpKind,
    IpStatus,
    RecognitionEnd,
    Title,
)
from seeds.codes import certificate_no, patent_no, registration_no, software_no, title_no
from seeds.days import NO_DAY, dates
from seeds.draws import Ints
from seeds.high_tech import REASONS, Round, certified_on
from seeds.ip_rights import KINDS, Rights
from seeds.names import pool
from seeds.population import BLOCK, Population
from seeds.sectors import sectors
from seeds.titles import Award

RECOGNITION_FIELDS = (
    "firm_id", "title", "certificate_no", "batch", "recognized_on", "valid_until", "is_renewal", "ended_on",
    "end_reason",
)  # fmt: skip
APPLICATION_FIELDS = (
    "firm_id", "programme", "year", "kind", "submitted_on", "decided_on", "result", "expert_score", "reason",
)  # fmt: skip
IP_RIGHT_FIELDS = (
    "firm_id", "kind", "number", "name", "status", "applied_on", "granted_on", "acquired", "used_in_year",
)  # fmt: skip

_SHORT = {
    Title.TECH_SME: "省科小", Title.LITTLE_GIANT: "科小巨", Title.LEADING: "领军", Title.INNOVATIVE_SME: "创新型",
    Title.SRDI: "专精特新", Title.SRDI_LITTLE_GIANT: "小巨人", Title.GAZELLE: "瞪羚",
}  # fmt: skip
_PATENT_DIGIT = {IpKind.INVENTION: "1", IpKind.UTILITY_MODEL: "2", IpKind.DESIGN: "3"}
_WITHDRAWN = "企业主动撤回申报"
_KNOWN_ROUNDS = 6


def recognition_rows(firms: Population, awards: Iterable[Award]) -> list[tuple[Any, ...]]:
    chance = firms.setting.chance("endings")
    issued: Counter[tuple[Title, int]] = Counter()
    rows: list[tuple[Any, ...]] = []
    for award in awards:
        size = len(award.firm)
        cancelled = chance.random_sample(size) < (0.006 if award.title in (Title.HIGH_TECH, Title.TECH_SME) else 0.0)
        after = award.day + chance.randint(200, 900, size)
        ended, reasons = _endings(firms, award, np.where(cancelled, after, NO_DAY))
        numbers = firms.numbers[award.firm].tolist()
        days = dates(award.day)
        for place in range(size):
            year = days[place].year  # type: ignore[union-attr] # an award always has a day
            issued[award.title, year] += 1
            number = _number(award.title, year, firms.setting.block, issued[award.title, year])
            rows.append((numbers[place], award.title, number, award.batch, days[place]))
        tail = zip(dates(award.until), award.renewal.tolist(), dates(ended), reasons, strict=True)
        rows[len(rows) - size :] = [row + end for row, end in zip(rows[len(rows) - size :], tail, strict=True)]
    return rows


def _endings(firms: Population, award: Award, cancelled: Ints) -> tuple[Ints, list[RecognitionEnd | None]]:
    """A title ends before its term when it is taken away or its firm goes."""
    today = firms.setting.today.toordinal()
    open_until = np.where(award.until == NO_DAY, 9_999_999, award.until)
    cancelled = np.where((cancelled <= today) & (cancelled < open_until), cancelled, NO_DAY)
    gone = np.where(firms.gone[award.firm] < open_until, firms.gone[award.firm], NO_DAY)
    ended = np.where(cancelled != NO_DAY, np.where(gone != NO_DAY, np.minimum(gone, cancelled), cancelled), gone)
    moved = firms.moved[award.firm].tolist()
    reasons = [
        None if not day else RecognitionEnd.CANCELLED if day != left
        else RecognitionEnd.MOVED_AWAY if away else RecognitionEnd.DEREGISTERED
        for day, left, away in zip(ended.tolist(), gone.tolist(), moved, strict=True)
    ]  # fmt: skip
    return ended, reasons


def _number(title: Title, year: int, block: int, position: int) -> str:
    if title is Title.HIGH_TECH:
        return certificate_no(year, block, position)
    if title is Title.NATIONAL_TECH_SME:
        return registration_no(year, block * BLOCK + position)
    return title_no(_SHORT[title], year, block * BLOCK + position)


def application_rows(firms: Population, rounds: list[Round]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for live in rounds:
        if live.year >= firms.setting.today.year - _KNOWN_ROUNDS:
            rows += _round_rows(firms, live)
    return rows


def _round_rows(firms: Population, live: Round) -> list[tuple[Any, ...]]:
    """Before the decision an application is only pending; after it the score is known of most, not of all."""
    chance = firms.setting.chance(f"scores {live.year - firms.setting.today.year}")
    known = (chance.random_sample(len(live.firm)) < 0.9).tolist()
    decided = live.decided_on <= firms.setting.today
    kinds = (ApplicationKind.FIRST, ApplicationKind.RENEWAL)
    rows: list[tuple[Any, ...]] = []
    for place, (firm, sent) in enumerate(zip(live.firm.tolist(), dates(live.submitted), strict=True)):
        if live.submitted[place] > firms.setting.today.toordinal():
            continue
        reason = int(live.reason[place])
        result = _result(decided, reason, bool(live.withdrawn[place]))
        scored = decided and known[place] and result is not ApplicationResult.WITHDRAWN
        rows.append((
            int(firms.numbers[firm]), Title.HIGH_TECH, live.year, kinds[int(live.kind[place])], sent,
            live.decided_on if result in (ApplicationResult.PASSED, ApplicationResult.FAILED) else None, result,
            float(live.score[place]) if scored else None, _reason(result, reason),
        ))  # fmt: skip
    return rows


def _result(decided: bool, reason: int, withdrawn: bool) -> ApplicationResult:
    if not decided:
        return ApplicationResult.PENDING
    if not reason:
        return ApplicationResult.PASSED
    return ApplicationResult.WITHDRAWN if withdrawn else ApplicationResult.FAILED


def _reason(result: ApplicationResult, reason: int) -> str | None:
    if result is ApplicationResult.FAILED:
        return REASONS[reason]
    return _WITHDRAWN if result is ApplicationResult.WITHDRAWN else None


def ip_right_rows(firms: Population, rights: Rights) -> list[tuple[Any, ...]]:
    today = firms.setting.today.toordinal()
    chance = firms.setting.chance("rights")
    granted = np.where(rights.granted <= today, rights.granted, NO_DAY)
    lapsed = (granted != NO_DAY) & (rights.lapses <= today)
    draws = chance.randint(0, 1 << 30, len(rights.firm)).tolist()
    serials: Counter[tuple[IpKind, int]] = Counter()
    rows: list[tuple[Any, ...]] = []
    columns = (
        firms.numbers[rights.firm].tolist(), rights.kind.tolist(), dates(rights.applied), dates(granted),
        lapsed.tolist(), rights.bought.tolist(), _spent(firms, rights).tolist(),
        firms.sector[rights.firm].tolist(), draws,
    )  # fmt: skip
    for number, place, applied, grant, over, bought, used, sector, draw in zip(*columns, strict=True):
        kind = KINDS[place]
        serials[kind, applied.year] += 1
        serial = firms.setting.block * BLOCK + serials[kind, applied.year]
        status = IpStatus.LAPSED if over else IpStatus.VALID if grant else IpStatus.PENDING
        rows.append((
            number, kind, _right_no(kind, applied.year, serial), _right_name(kind, sector, draw), status, applied,
            grant, _acquired(bought, draw), used or None,
        ))  # fmt: skip
    return rows


def _spent(firms: Population, rights: Rights) -> Ints:
    """The year of the application that spent a right, once that application is decided."""
    today = firms.setting.today
    decided = today.year if certified_on(today.year) <= today else today.year - 1
    return np.where(rights.used_in <= decided, rights.used_in, 0)


def _right_no(kind: IpKind, year: int, serial: int) -> str:
    if kind in _PATENT_DIGIT:
        return patent_no(year, _PATENT_DIGIT[kind], serial)
    if kind is IpKind.SOFTWARE:
        return software_no(year, serial)
    return title_no("商标" if kind is IpKind.TRADEMARK else "布图", year, serial)


def _right_name(kind: IpKind, sector: int, draw: int) -> str:
    entry = sectors()[sector]
    product = entry.products[draw % len(entry.products)]
    if kind is IpKind.SOFTWARE:
        return f"{product}{pool('programs')[draw // 64 % len(pool('programs'))]}V{1 + draw // 4096 % 4}.0"
    if kind in _PATENT_DIGIT:
        feature, thing = pool("features"), pool("things")
        return f"一种{feature[draw // 64 % len(feature)]}{product}{thing[draw // 4096 % len(thing)]}"
    return product


def _acquired(bought: bool, draw: int) -> IpAcquisition | None:
    if bought:
        return IpAcquisition.MERGED if draw % 20 == 0 else IpAcquisition.TRANSFERRED
    return None if draw % 12 == 0 else IpAcquisition.SELF_DEVELOPED
