"""Pairs of entries that may be one firm, with the reasons and a score, over the whole register.

Only firms that share something are compared: a name, a former name, the organisation's part of the code, a telephone,
the beginning of the name as it is written or as it sounds. Worked out once for as long as nothing has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from crm.extensions import db
from crm.models import Contact, DistinctPair, Firm, FormerName, Township, User
from crm.queries.duplicates import closeness
from crm.queries.imports import last_change
from crm.queries.pages import Page
from crm.queries.raw import raw_rows
from crm.queries.scope import visible_townships
from pipelines.names import distinctive_part, folded, pinyin, searched_number

_SIZE = 20
_SHARED_BY_CHANCE = 5  # a telephone of more firms than this is an agency's
_LARGEST_BLOCK = 300  # a beginning of more names than this tells nothing
_WORTH_A_LOOK = 70
_SAME_NAME, _SAME_ORGANISATION, _FORMER_NAME, _SAME_PHONE = 100, 98, 95, 72
_BESIDE = 6  # what a further reason adds
_ORGANISATION = slice(8, 17)  # GB 32100: the organisation's own number within the code

Pair = tuple[int, int]


class Suspicion(NamedTuple):
    """first is the smaller number; score 0–100."""

    first: int
    second: int
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class SuspectedPair:
    suspicion: Suspicion
    first: Any
    second: Any


@dataclass(frozen=True)
class SuspectsPage:
    """hidden: pairs with a firm outside the viewer's area; they are counted and not named."""

    page: Page
    hidden: int
    settled: int


def suspects_page(viewer: User, number: int) -> SuspectsPage:
    settled = {tuple(row) for row in db.session.execute(sa.select(DistinctPair.first_id, DistinctPair.second_id))}
    found = [each for each in _suspicions() if (each.first, each.second) not in settled]
    seen = _seen_by(viewer, found)
    page = Page.of(len(seen), number, _SIZE, lambda passed, taken: _told(seen[passed : passed + taken]))
    return SuspectsPage(page, len(found) - len(seen), len(settled))


def settled_pairs(viewer: User) -> list[tuple[DistinctPair, Any, Any]]:
    """Of which somebody has said that they are two firms, newest first; both still in the register and in reach."""
    pairs = db.session.scalars(sa.select(DistinctPair).order_by(DistinctPair.id.desc()).limit(200)).all()
    firms = _firms({key for pair in pairs for key in (pair.first_id, pair.second_id)})
    area = visible_townships(viewer)
    return [
        (pair, firms[pair.first_id], firms[pair.second_id])
        for pair in pairs
        if all(
            key in firms and (area is None or firms[key].township_id in area) for key in (pair.first_id, pair.second_id)
        )
    ]


def _seen_by(viewer: User, found: list[Suspicion]) -> list[Suspicion]:
    area = visible_townships(viewer)
    if area is None:
        return found
    homes = dict(raw_rows(Firm, ["id", "township_id"]))
    return [each for each in found if homes.get(each.first) in area and homes.get(each.second) in area]


def _told(some: list[Suspicion]) -> list[SuspectedPair]:
    firms = _firms({key for each in some for key in (each.first, each.second)})
    return [SuspectedPair(each, firms[each.first], firms[each.second]) for each in some]


def _firms(keys: Iterable[int]) -> dict[int, Any]:
    columns = (Firm.id, Firm.name, Firm.uscc, Firm.township_id, Township.name.label("township"))
    rows = sa.select(*columns).outerjoin(Township, Township.id == Firm.township_id).where(Firm.id.in_(set(keys)))
    return {row.id: row for row in db.session.execute(rows)}


def _suspicions() -> tuple[Suspicion, ...]:
    register = db.session.execute(sa.select(sa.func.count(), sa.func.max(Firm.updated_at))).one()
    return _suspicions_as_of(current_app.instance_path, last_change(), *register)


@lru_cache(maxsize=2)
def _suspicions_as_of(_instance: str, _change: int, _firms: int, _newest: Any) -> tuple[Suspicion, ...]:
    fields = ["id", "name", "normalised_name", "uscc", "legal_representative", "address"]
    firms = {row[0]: row for row in raw_rows(Firm, fields, Firm.archived_at.is_(None))}
    reasons: dict[Pair, dict[str, int]] = defaultdict(dict)
    for told, score, pairs in _shared(firms):
        for pair in pairs:
            reasons[pair].setdefault(told, score)
    for pair, (told, score) in _alike(firms):
        if "名称相同" not in reasons[pair]:
            reasons[pair][told] = score
    suspicions = (_weighed(firms, pair, found) for pair, found in reasons.items() if found)
    worthy = (each for each in suspicions if each.score >= _WORTH_A_LOOK)
    return tuple(sorted(worthy, key=lambda each: (-each.score, each)))


def _shared(firms: Mapping[int, Any]) -> Iterator[tuple[str, int, Iterable[Pair]]]:
    by_name, by_organisation = defaultdict(set), defaultdict(set)
    for key, _, normalised, uscc, *_ in firms.values():
        by_name[normalised].add(key)
        by_organisation[uscc[_ORGANISATION]].add(key)
    yield "名称相同", _SAME_NAME, _pairs(by_name.values())
    yield "组织机构代码相同", _SAME_ORGANISATION, _pairs(by_organisation.values())
    yield "曾用名相同", _FORMER_NAME, _former(firms, by_name)
    yield "电话相同", _SAME_PHONE, _pairs(each for each in _phones(firms) if len(each) <= _SHARED_BY_CHANCE)


def _former(firms: Mapping[int, Any], by_name: Mapping[str, set[int]]) -> Iterator[Pair]:
    for key, normalised in raw_rows(FormerName, ["firm_id", "normalised_name"]):
        for other in by_name.get(normalised, ()):
            if key in firms and key != other:
                yield min(key, other), max(key, other)


def _phones(firms: Mapping[int, Any]) -> Iterable[set[int]]:
    by_phone = defaultdict(set)
    for key, phone in raw_rows(Contact, ["firm_id", "phone"], Contact.phone.is_not(None)):
        if key in firms and (number := searched_number(phone)):
            by_phone[number].add(key)
    return by_phone.values()


def _alike(firms: Mapping[int, Any]) -> Iterator[tuple[Pair, tuple[str, int]]]:
    written, spoken = defaultdict(set), defaultdict(set)
    for key, name, *_ in firms.values():
        distinctive = distinctive_part(name)
        written[distinctive[:2]].add(key)
        spoken[pinyin(distinctive[:2])[0]].add(key)
    blocks = (block for block in (*written.values(), *spoken.values()) if len(block) <= _LARGEST_BLOCK)
    for first, second in set(_pairs(blocks)):
        if (close := closeness(firms[first][1], firms[second][1])) is not None:
            yield (first, second), ("名称相近", round(close))


def _pairs(blocks: Iterable[set[int]]) -> Iterator[Pair]:
    for block in blocks:
        if len(block) > 1:
            yield from combinations(sorted(block), 2)


def _weighed(firms: Mapping[int, Any], pair: Pair, found: Mapping[str, int]) -> Suspicion:
    """The strongest reason, and a little for each that stands beside it."""
    one, other = firms[pair[0]], firms[pair[1]]
    beside = [
        told
        for told, mine, theirs in (("法定代表人相同", one[4], other[4]), ("地址相同", one[5], other[5]))
        if mine and theirs and folded(mine) == folded(theirs)
    ]
    score = min(100, max(found.values()) + _BESIDE * (len(found) - 1 + len(beside)))
    return Suspicion(*pair, score, (*sorted(found, key=lambda told: -found[told]), *beside))
