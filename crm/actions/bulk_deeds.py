"""One deed on many firms: dealt out, tagged, put away; one transaction, as many statements for one firm as for all.

Which firms these are is never read into memory: the database writes down what is about to change (row_images.py, by
which the deed is taken back), and then changes what it has written down.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.events import Author, note_events, record_event
from crm.actions.ladder_tallies import refresh_ladder
from crm.actions.rounds import firm_rounds
from crm.actions.row_images import firms_of_deed
from crm.extensions import Base, begin_exclusive, db
from crm.models import BulkDeed, Candidacy, Event, Firm, FirmTag, RowImages, Standing, Tag, User
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import selection
from pipelines.refusals import Refusal
from pipelines.vocabulary import BulkKind, EventKind

_TOLD_AT_MOST = 200
_FIRMS_A_ROUND = 2000
_AS_IT_IS = {"synchronize_session": False}

Sql = sa.ColumnElement[Any]


@dataclass(frozen=True)
class Deed:
    """What is to be done. key: the new owner (None: nobody) or the tag; words: their name, or why it is put away."""

    kind: BulkKind
    key: int | None
    words: str


@dataclass(frozen=True)
class _Way:
    """How one kind of deed goes. images: what is about to change, of the firms chosen; write: the change itself, of the
    firms written down; event and told: what the timeline of each says; same: why a firm is left as it is."""

    images: Callable[[Deed, sa.Select[Any]], Iterator[Any]]
    write: Callable[[Deed, sa.Select[Any], datetime], Iterator[Any]]
    event: EventKind
    told: Callable[[Deed], Mapping[str, Sql]]
    same: str


def do_in_bulk(deed: Deed, asked: FirmFilter, confirmed: int, viewer: User | None, by: Author) -> BulkDeed:
    """confirmed: how many firms the officer was shown; when they are not as many any more nothing is done."""
    begin_exclusive()
    db.session.expire_all()
    _refuse_unknown(deed)
    chosen, now, way = selection(asked, viewer, clock.today()), clock.now(), _WAYS[deed.kind]
    found = db.session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    if found != confirmed:
        raise Refusal(f"名单有变动：确认时是 {confirmed:,} 家，现在是 {found:,} 家。没有办理，请核对后再确认。")
    done = BulkDeed(
        kind=deed.kind, subject=deed.words, asked=asked.to_args(), found=found, by_id=by.user_id, by_name=by.name,
        made_at=now,
    )  # fmt: skip
    db.session.add(done)
    db.session.flush()
    for images in way.images(deed, _in_hand(chosen)):
        with_deed = images.with_only_columns(sa.literal(done.deed), *images.selected_columns)
        db.session.execute(sa.insert(RowImages).from_select(["deed", "firm_id", "images"], with_deed))
    touched = sa.select(RowImages.firm_id).where(RowImages.deed == done.deed)
    done.changed = db.session.scalar(sa.select(sa.func.count(RowImages.firm_id.distinct())).where(
        RowImages.deed == done.deed)) or 0  # fmt: skip
    done.unchanged = [[*row] for row in db.session.execute(_unchanged(chosen, touched, way.same))]
    _write_events(deed, touched, done, by)
    for statement in way.write(deed, touched, now):
        db.session.execute(statement, execution_options=_AS_IT_IS)
    if deed.kind is BulkKind.ARCHIVE:
        for some in firm_rounds(firms_of_deed(done.deed), _FIRMS_A_ROUND):
            refresh_ladder(some)
    counts = {"found": found, "changed": done.changed}
    about = {"subject": f"{deed.kind.label}：{deed.words}", "bulk": done.id, "filter": done.asked, "counts": counts}
    record_event(EventKind.BULK_DONE, by, None, about)
    db.session.commit()
    return done


def _refuse_unknown(deed: Deed) -> None:
    if deed.kind is BulkKind.ASSIGN and deed.key is not None:
        owner = db.session.get(User, deed.key)
        if owner is None or not owner.active:
            raise Refusal("请选择一个在用的账号。")
    if deed.kind in (BulkKind.TAG, BulkKind.UNTAG):
        tag = db.session.get(Tag, deed.key)
        if tag is None or (tag.archived_at and deed.kind is BulkKind.TAG):
            raise Refusal("这个标签已作废，请另选一个。")


def _in_hand(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(Firm.id).where(Firm.id.in_(chosen), Firm.archived_at.is_(None))


def _unchanged(chosen: sa.Select[Any], touched: sa.Select[Any], same: str) -> Any:
    why = sa.case((Firm.archived_at.is_not(None), "已归档，恢复之后才能办理"), else_=same)
    left = sa.select(Firm.id, Firm.name, why).where(Firm.id.in_(chosen), Firm.id.not_in(touched))
    return left.order_by(Firm.id).limit(_TOLD_AT_MOST)


def _assignment(deed: Deed, firms: sa.Select[Any]) -> Iterator[Any]:
    new = _number(deed.key)
    image = _image(Firm, {"owner_id": Firm.owner_id}, {"owner_id": new})
    yield sa.select(Firm.id, image).where(Firm.id.in_(firms), Firm.owner_id.is_distinct_from(new))


def _assign(deed: Deed, firms: sa.Select[Any], now: datetime) -> Iterator[Any]:
    yield _firms_changed(firms, now, owner_id=deed.key)
    yield sa.update(Standing).where(Standing.firm_id.in_(firms)).values(owner_id=deed.key)


def _putting_away(deed: Deed, firms: sa.Select[Any]) -> Iterator[Any]:
    """The moment is left out of what is compared when it is taken back: the reason tells whether it is still this."""
    before = {"archived_at": sa.null(), "archived_reason": sa.null()}
    yield sa.select(Firm.id, _image(Firm, before, {"archived_reason": _text(deed.words)})).where(Firm.id.in_(firms))
    marked = _image(Candidacy, {"is_archived": _truth(False)}, {"is_archived": _truth(True)})
    yield sa.select(Candidacy.firm_id, marked).where(Candidacy.firm_id.in_(firms), Candidacy.is_archived.is_(False))


def _put_away(deed: Deed, firms: sa.Select[Any], now: datetime) -> Iterator[Any]:
    yield _firms_changed(firms, now, archived_at=now, archived_reason=deed.words)
    yield sa.update(Candidacy).where(Candidacy.firm_id.in_(firms)).values(is_archived=True)
    yield sa.update(Standing).where(Standing.firm_id.in_(firms)).values(is_archived=True)


def _tags_missing(deed: Deed, firms: sa.Select[Any]) -> Iterator[Any]:
    """The tags are given first, since their rows' numbers are not known before; what is new is what is written down."""
    known = sa.select(FirmTag.firm_id).where(FirmTag.tag_id == deed.key)
    last = db.session.scalar(sa.select(sa.func.max(FirmTag.id))) or 0
    given = sa.select(Firm.id, _number(deed.key), sa.literal(clock.today(), sa.Date)).where(
        Firm.id.in_(firms), Firm.id.not_in(known)
    )
    db.session.execute(sa.insert(FirmTag).from_select(["firm_id", "tag_id", "since"], given))
    image = _image(FirmTag, None, {"firm_id": FirmTag.firm_id, "tag_id": FirmTag.tag_id})
    yield sa.select(FirmTag.firm_id, image).where(FirmTag.id > last)


def _tags_standing(deed: Deed, firms: sa.Select[Any]) -> Iterator[Any]:
    row = {column.name: column for column in FirmTag.__table__.columns}
    yield sa.select(FirmTag.firm_id, _image(FirmTag, row, None)).where(
        FirmTag.tag_id == deed.key, FirmTag.firm_id.in_(firms)
    )


def _take_tag(deed: Deed, firms: sa.Select[Any], _now: datetime) -> Iterator[Any]:
    yield sa.delete(FirmTag).where(FirmTag.tag_id == deed.key, FirmTag.firm_id.in_(firms))


def _firms_changed(firms: sa.Select[Any], now: datetime, **values: Any) -> sa.Update:
    """The version moves on, for whoever has the firm open in a form."""
    moved = {"version": Firm.version + 1, "updated_at": now}
    return sa.update(Firm).where(Firm.id.in_(firms)).values(**values, **moved)


_WAYS = {
    BulkKind.ASSIGN: _Way(
        _assignment, _assign, EventKind.FIRM_UPDATED,
        lambda deed: {"changes": _changes("owner", User.name, _text(deed.words) if deed.key else sa.null())},
        "已由该责任人负责",
    ),
    BulkKind.ARCHIVE: _Way(
        _putting_away, _put_away, EventKind.FIRM_ARCHIVED, lambda deed: {"reason": _text(deed.words)}, "未作修改"
    ),
    BulkKind.TAG: _Way(
        _tags_missing, lambda *_: iter(()), EventKind.FIRM_TAGGED,
        lambda deed: {"changes": _changes("tags", sa.null(), _text(deed.words))}, "已有该标签",
    ),
    BulkKind.UNTAG: _Way(
        _tags_standing, _take_tag, EventKind.FIRM_TAGGED,
        lambda deed: {"changes": _changes("tags", _text(deed.words), sa.null())}, "没有该标签",
    ),
}  # fmt: skip


def _write_events(deed: Deed, touched: sa.Select[Any], done: BulkDeed, by: Author) -> None:
    """One a firm, before the change: what the firm said is still there to be told."""
    way = _WAYS[deed.kind]
    told: dict[str, Any] = {
        "at": done.made_at, "kind": way.event, "by_id": by.user_id, "by_name": by.name, "through": done.deed,
        "address": by.address,
    }  # fmt: skip
    columns = Event.__table__.c
    values = [sa.literal(value, columns[name].type).label(name) for name, value in told.items()]
    about = _object(way.told(deed)).label("particulars")
    rows = sa.select(Firm.id, about, *values).outerjoin(User, User.id == Firm.owner_id).where(Firm.id.in_(touched))
    db.session.execute(sa.insert(Event).from_select(["firm_id", "particulars", *told], rows, include_defaults=False))
    note_events()


def _image(model: type[Base], before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Sql:
    """One row's image as row_images.py keeps it: a list of one [table, key, before, after]."""
    table: Any = model.__table__
    sides = (sa.null() if side is None else _object(side) for side in (before, after))
    return _array(_array(sa.literal_column(f"'{table.name}'"), _array(table.c.id), *sides))


def _changes(field: str, old: Any, new: Any) -> Sql:
    return _array(_object({"field": sa.literal_column(f"'{field}'"), "old": old, "new": new}))


def _array(*members: Any) -> Sql:
    return _json("array")(*members)


def _object(members: Mapping[str, Any]) -> Sql:
    parts: list[Any] = []
    for name, value in members.items():
        parts += [sa.literal_column(f"'{name}'"), value]
    return _json("object")(*parts)


def _json(what: str) -> Callable[..., Any]:
    name = f"json_{what}" if db.engine.dialect.name == "sqlite" else f"json_build_{what}"
    return getattr(sa.func, name)


def _number(value: int | None) -> Sql:
    return sa.cast(sa.null() if value is None else sa.literal(value), sa.Integer)


def _text(value: str) -> Sql:
    return sa.cast(sa.literal(value), sa.String)


def _truth(value: bool) -> Sql:
    """As the database keeps it: SQLite has numbers for it."""
    return sa.literal_column(str(int(value)) if db.engine.dialect.name == "sqlite" else str(value).lower())
