"""Firms that a new one may already be: the same code, the same name, a former name, a name that sounds or looks alike.

Every look-up goes by an index, so it costs the same at 1,000 firms and at 1,000,000: names and their pinyin are looked
up by how they begin, behind each region that names here begin with. Only the few that are found are compared closely.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rapidfuzz import fuzz

from crm.extensions import db
from crm.models import Firm, FormerName, Standing, Township, User
from crm.queries.scope import visible_townships
from pipelines.names import distinctive_part, normalised_name, pinyin

SHOWN = 8
_FOUND_AT_MOST = 500
_LOOKS_ALIKE = 85
_SOUNDS_ALIKE = 92
_TELLING_LENGTH = 3  # a beginning shorter than this is shared by chance
_REGIONS = ("", "嘉善", "嘉善县", "浙江", "浙江省", "浙江嘉善", "嘉兴", "嘉兴市")


@dataclass(frozen=True)
class Likeness:
    """A firm on the register and why it may be the same one."""

    firm_id: int
    name: str
    uscc: str
    township: str | None
    is_archived: bool
    why: str
    closeness: float


@dataclass(frozen=True)
class Duplicates:
    """hidden: how many more lie outside the viewer's area; they are counted and not named."""

    same_code: Likeness | None = None
    code_is_hidden: bool = False
    similar: tuple[Likeness, ...] = ()
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.same_code or self.code_is_hidden or self.similar or self.hidden)


def duplicates(uscc: str | None, name: str | None, viewer: User | None, leave_out: int | None = None) -> Duplicates:
    area = visible_townships(viewer)
    same = db.session.execute(_firms(Firm.uscc == uscc)).first() if uscc else None
    same = None if same and same.id == leave_out else same
    alike = sorted(_alike(name, leave_out, same), key=lambda each: -each[1].closeness) if name else []
    visible = [likeness for township_id, likeness in alike if _is_in(area, township_id)]
    seen = same is not None and _is_in(area, same.township_id)
    return Duplicates(
        same_code=_likeness(same, "统一社会信用代码相同", 100) if same and seen else None,
        code_is_hidden=same is not None and not seen,
        similar=tuple(visible[:SHOWN]),
        hidden=len(alike) - len(visible),
    )


def _is_in(area: frozenset[int] | None, township_id: int | None) -> bool:
    return area is None or township_id in area


def _alike(name: str, leave_out: int | None, same: sa.Row | None) -> Iterable[tuple[int | None, Likeness]]:
    left_out = {leave_out, same.id if same else None}
    rows = {row.id: row for row in _candidates(name) if row.id not in left_out}
    former = {row.firm_id: row.name for row in _renamed(name) if row.firm_id not in left_out}
    rows |= {row.id: row for row in db.session.execute(_firms(Firm.id.in_(former)))} if former else {}
    for row in rows.values():
        if row.id in former:
            yield row.township_id, _likeness(row, f"曾用名“{former[row.id]}”", 100)
        elif (close := closeness(name, row.name)) is not None:
            yield row.township_id, _likeness(row, "名称相同" if close == 100 else "名称相近", close)


def _candidates(name: str) -> Iterable[sa.Row]:
    beginnings = [region + distinctive_part(name)[:2] for region in _REGIONS]
    sounds = {pinyin(beginning)[0] for beginning in beginnings} - {""}
    looks_alike = sa.or_(*(_begins_with(Firm.normalised_name, beginning) for beginning in beginnings))
    yield from db.session.execute(_firms(Firm.normalised_name == normalised_name(name)))
    yield from db.session.execute(_firms(looks_alike))
    if sounds:
        yield from db.session.execute(_firms(Firm.id.in_(_sounding(sounds))))


def _sounding(sounds: Iterable[str]) -> sa.CompoundSelect:
    """Firms whose names begin so. The index begins with is_archived, so each value of it is looked up on its own."""
    return sa.union_all(
        *(
            sa.select(Standing.firm_id).where(
                Standing.is_archived == archived, _begins_with(Standing.name_pinyin, sound)
            )
            for sound in sounds
            for archived in (False, True)
        )
    )


def _firms(condition: sa.ColumnElement[bool]) -> sa.Select:
    columns = (Firm.id, Firm.name, Firm.uscc, Firm.township_id, Firm.archived_at, Township.name.label("township"))
    statement = sa.select(*columns).select_from(Firm).outerjoin(Township, Township.id == Firm.township_id)
    return statement.where(condition).limit(_FOUND_AT_MOST)


def _begins_with(column: Any, beginning: str) -> sa.ColumnElement[bool]:
    """SQLite's LIKE folds case and so passes its indexes by: a range of bytes is the same and goes by them."""
    if db.engine.dialect.name != "sqlite":
        return column.startswith(beginning, autoescape=True)
    return sa.and_(column >= beginning, column < beginning[:-1] + chr(ord(beginning[-1]) + 1))


def _renamed(name: str) -> Iterable[sa.Row]:
    known = sa.select(FormerName.firm_id, FormerName.name).where(FormerName.normalised_name == normalised_name(name))
    return db.session.execute(known.limit(_FOUND_AT_MOST))


def closeness(name: str, other: str) -> float | None:
    """0–100 when the two may be one firm, None when they are not."""
    if normalised_name(name) == normalised_name(other):
        return 100
    mine, theirs = distinctive_part(name), distinctive_part(other)
    looks, sounds = fuzz.ratio(mine, theirs), fuzz.ratio(pinyin(mine)[0], pinyin(theirs)[0])
    shorter, longer = sorted((mine, theirs), key=len)
    begins = longer.startswith(shorter) and len(shorter) >= _TELLING_LENGTH
    close = looks >= _LOOKS_ALIKE or sounds >= _SOUNDS_ALIKE or begins
    return min(max(looks, sounds), 99) if close else None


def _likeness(row: sa.Row, why: str, closeness: float) -> Likeness:
    return Likeness(row.id, row.name, row.uscc, row.township, row.archived_at is not None, why, closeness)
