"""A deed taken back: its rows as they were, but for those that somebody has changed since.

Worked out for some firms at a time, with as many statements for one as for a thousand; then shown, or written.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.actions.bulk import delete_rows, overwrite_rows, put_back_rows
from crm.actions.ladder_tallies import leave_ladder
from crm.actions.row_images import ENTERED, Image, Key, Snapshot, Values, fingerprint, named, rows_by_key
from crm.actions.standing_rows import among
from crm.extensions import Base, db
from crm.models import Attachment, Firm, Project, ProjectPartner, StageMove
from crm.queries.belongings import DERIVED, LABELS, referrers, tables_of_firms
from crm.queries.image_words import labels_of, told_changes
from crm.queries.import_differences import references
from pipelines.vocabulary import AttachedTo

# A row that stays when the row it tells of stays: a former name without its renaming would be a hole in the history.
_TIED = {"former_names": ("firms", "firm_id"), "stage_moves": ("candidacies", "candidacy_id")}
_SOURCES = "sources"
_FILED = {"visits": AttachedTo.VISIT, "projects": AttachedTo.PROJECT}


@dataclass
class Reversal:
    """What taking back comes to. back: table → key → the columns that get their old values again.

    new_firms: whom the deed entered and whom the undo takes away; kept_firms: whom it entered and who have to stay.
    left: firm → what was changed since, in words.
    """

    now: Snapshot
    back: dict[str, dict[Key, Values]] = field(default_factory=lambda: defaultdict(dict))
    taken_away: dict[str, dict[Key, int]] = field(default_factory=lambda: defaultdict(dict))
    put_back: dict[str, dict[Key, Values]] = field(default_factory=lambda: defaultdict(dict))
    new_firms: set[int] = field(default_factory=set)
    kept_firms: set[int] = field(default_factory=set)
    left: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    touched: set[int] = field(default_factory=set)

    def leave(self, firm_id: int, words: Iterable[str]) -> None:
        self.left[firm_id] += [each for each in words if each not in self.left[firm_id]]


def reversal_of(
    images: Sequence[Image],
    forced: Collection[int] = (),
    *,
    by_column: bool = False,
    later: Mapping[int, Sequence[str]] | None = None,
) -> Reversal:
    """forced: firms whose later changes are taken back as well, as far as nothing new hangs on their rows.

    by_column: of a row that was changed since, what was not changed goes back all the same. later: firm → what was done
    to it since, in words; asked for the firms that the deed has entered.
    """
    by_table: dict[str, list[Image]] = defaultdict(list)
    for image in images:
        by_table[image.table].append(image)
    tables = Base.metadata.tables
    now = {name: rows_by_key(tables[name], (each.key for each in some)) for name, some in by_table.items()}
    reversal = Reversal(now)
    reversal.new_firms = {each.firm_id for each in by_table.get("firms", ()) if each.before is None}
    changed: dict[str, set[Key]] = defaultdict(set)
    for image in images:
        if since := _since(image, reversal, later or {}):
            reversal.leave(image.firm_id, since)
            if image.firm_id not in forced or image.firm_id in reversal.new_firms:
                changed[image.table].add(image.key)
                if not by_column:
                    continue
        _take_back(image, reversal, by_column)
    _leave_taken_codes(reversal, changed)
    _leave_what_is_tied(reversal, changed)
    _leave_what_is_used(reversal)
    _leave_firms_with_a_life_of_their_own(reversal)
    return reversal


def write_reversal(reversal: Reversal, at: datetime) -> None:
    """In the running transaction, without events and derived rows: those are the deed's."""
    tables = Base.metadata.tables
    _delete_derived(reversal.new_firms)
    ordered = [table for table in Base.metadata.sorted_tables if table.name in reversal.taken_away]
    for table in reversed(ordered):
        _take_away(table, reversal.taken_away[table.name], at)
    for table in Base.metadata.sorted_tables:
        _put_back(table, reversal.put_back.get(table.name, {}), at)
    _free_codes(reversal)
    for name, rows in reversal.back.items():
        _overwrite(tables[name], rows, reversal, at)


def told_reversal(reversal: Reversal) -> dict[int, list[dict[str, Any]]]:
    """Firm → what goes back, as events tell it, before it is written; of a firm that goes, its name and code."""
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    tables, names = Base.metadata.tables, references()
    for table, rows in reversal.back.items():
        for key, back in rows.items():
            row = reversal.now[table][key]
            values = named(tables[table], row.values)
            year = year_of(reversal, table, key)
            if "firm_id" in back and year:  # the figures of a year go back to the firm they came from
                told[row.firm_id] += told_changes(table, values, {}, year, names)
                told[back["firm_id"]] += told_changes(table, {}, values | back, year, names)
                continue
            old = {name: values[name] for name in back}
            told[row.firm_id] += told_changes(table, old, back, year, names)
    for table, keys in reversal.taken_away.items():
        for key, firm_id in keys.items():
            if firm_id not in reversal.new_firms:
                values = named(tables[table], reversal.now[table][key].values)
                told[firm_id] += told_changes(table, values, {}, year_of(reversal, table, key), names)
    for firm_id in reversal.new_firms:
        values = named(tables["firms"], reversal.now["firms"][firm_id,].values)
        going = {name: values[name] for name in ("name", "uscc")}
        told[firm_id] += told_changes("firms", going, {}, None, names)
    return told


def year_of(reversal: Reversal, table: str, key: Key) -> int | None:
    row = reversal.now[table].get(key)
    return named(Base.metadata.tables[table], row.values).get("year") if table == "annual_figures" and row else None


def _since(image: Image, reversal: Reversal, later: Mapping[int, Sequence[str]]) -> Sequence[str]:
    """What was done to the row after the deed, in words; nothing: it is as the deed left it."""
    row = reversal.now[image.table].get(image.key)
    if image.after is None:
        return []
    if row is None:
        is_of_new_firm = image.firm_id in reversal.new_firms
        return [f"{each}已移除" for each in labels_of(image.table, ())] if image.before or is_of_new_firm else []
    if image.after == ENTERED:
        return later.get(image.firm_id, ())
    if isinstance(image.after, str):
        if fingerprint(row.values) == image.after:
            return []
        return [f"{each}有改动" for each in labels_of(image.table, (), year_of(reversal, image.table, image.key))]
    values = named(Base.metadata.tables[image.table], row.values)
    differing = [name for name, after in image.after.items() if name != _SOURCES and values[name] != after]
    if not differing:
        return []
    return [f"{each}已另改" for each in labels_of(image.table, differing, year_of(reversal, image.table, image.key))]


def _take_back(image: Image, reversal: Reversal, by_column: bool) -> None:
    row = reversal.now[image.table].get(image.key)
    if image.after is None and image.before is not None:
        reversal.put_back[image.table][image.key] = image.before
    elif row is None:
        return
    elif image.before is None:
        reversal.taken_away[image.table][image.key] = image.firm_id
    elif isinstance(image.after, dict):
        values = named(Base.metadata.tables[image.table], row.values)
        back = {
            name: old
            for name, old in image.before.items()
            if name != _SOURCES and (not by_column or values[name] == image.after[name])
        }
        if _SOURCES in image.before:
            back[_SOURCES] = _sources(image.before[_SOURCES], image.after[_SOURCES], values[_SOURCES])
        reversal.back[image.table][image.key] = back
    reversal.touched |= {image.firm_id, row.firm_id} if row else {image.firm_id}  # a merge has moved it since


def _sources(before: dict[str, str], after: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    """Where each value comes from: what others have written since keeps its own source."""
    ours = {name for name in before | after if before.get(name) != after.get(name) and now.get(name) == after.get(name)}
    others = {name: source for name, source in now.items() if name not in ours}
    return others | {name: before[name] for name in before if name in ours}


def _leave_taken_codes(reversal: Reversal, changed: dict[str, set[Key]]) -> None:
    """A code that another firm was entered under since cannot go back."""
    rows = reversal.back.get("firms", {})
    wanted = {values["uscc"]: key for key, values in rows.items() if "uscc" in values}
    if not wanted:
        return
    leaving = {*wanted.values(), *reversal.taken_away.get("firms", {})}
    for firm_id, code in db.session.execute(sa.select(Firm.id, Firm.uscc).where(Firm.uscc.in_(wanted))):
        if (firm_id,) not in leaving:
            key = wanted[code]
            del rows[key]
            changed["firms"].add(key)
            reversal.leave(key[0], [f"原统一社会信用代码 {code} 已属于另一家企业"])


def _leave_what_is_tied(reversal: Reversal, changed: Mapping[str, set[Key]]) -> None:
    for name, (owner, column) in _TIED.items():
        for key in list(reversal.taken_away.get(name, ())):
            values = named(Base.metadata.tables[name], reversal.now[name][key].values)
            if (values[column],) in changed.get(owner, ()):
                del reversal.taken_away[name][key]


def _leave_what_is_used(reversal: Reversal) -> None:
    """A row that something newer points at stays: an intellectual property that an application was built on."""
    for name, keys in list(reversal.taken_away.items()):
        table = Base.metadata.tables[name]
        if name == "firms" or table is StageMove.__table__:
            continue
        pointing = [column for column in referrers(table) if column.table is not ProjectPartner.__table__]
        used = [key for column in pointing for key in _used(column, keys, reversal)]
        for key in {*used, *_with_files(table, keys)}:
            firm_id = reversal.taken_away[name].pop(key)
            reversal.leave(firm_id, [f"{each}已被别处用到" for each in labels_of(name, ())])


def _used(column: sa.Column[Any], keys: Mapping[Key, int], reversal: Reversal) -> list[Key]:
    own = reversal.taken_away.get(column.table.name, {})
    wanted = sorted(key for (key,) in keys)
    pointing = sa.select(column, *column.table.primary_key.columns).where(among(column, wanted)) if wanted else None
    found = db.session.connection().execute(pointing) if pointing is not None else ()
    return list({(row[0],) for row in found if tuple(row[1:]) not in own and (row[0],) in keys})


def _with_files(table: sa.Table, keys: Mapping[Key, int]) -> set[Key]:
    """A file says in words which visit or project it belongs to."""
    about = _FILED.get(table.name)
    if about is None:
        return set()
    wanted = {str(key): (key,) for (key,) in keys}
    files = sa.select(Attachment.about_key).where(
        Attachment.about == about, Attachment.about_key.in_(wanted), Attachment.removed_at.is_(None)
    )
    return {wanted[about] for about in db.session.scalars(files)}


def _leave_firms_with_a_life_of_their_own(reversal: Reversal) -> None:
    """A firm the deed entered goes only if nobody has worked on it since."""
    for firm_id, told in _grown(reversal):
        reversal.leave(firm_id, [told])
    reversal.kept_firms |= reversal.new_firms & reversal.left.keys()
    reversal.new_firms -= reversal.kept_firms
    for keys in reversal.taken_away.values():
        for key in [key for key, firm_id in keys.items() if firm_id in reversal.kept_firms]:
            del keys[key]
    reversal.touched -= reversal.kept_firms


def _grown(reversal: Reversal) -> Iterator[tuple[int, str]]:
    firms = sorted(reversal.new_firms)
    for name, table in tables_of_firms().items() if firms else ():
        if name in DERIVED:
            continue
        rows = sa.select(table.c.firm_id, *table.primary_key.columns).where(among(table.c.firm_id, firms))
        own = reversal.now.get(name, {})
        grown = Counter(
            row[0]
            for row in db.session.connection().execute(rows)
            if row[0] in reversal.new_firms and tuple(row[1:]) not in own
        )
        yield from ((firm_id, f"又有了{LABELS[name]} {number} 条") for firm_id, number in grown.items())


def _delete_derived(firm_ids: set[int]) -> None:
    if not firm_ids:
        return
    leave_ladder(sorted(firm_ids))
    own = tables_of_firms()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in DERIVED:
            db.session.execute(sa.delete(table).where(among(own[table.name].c.firm_id, sorted(firm_ids))))


def _take_away(table: sa.Table, keys: Collection[Key], at: datetime) -> None:
    if table is StageMove.__table__:  # append-only: taken back, it stays to be read
        undone = sa.update(StageMove).where(StageMove.id.in_([key for (key,) in keys])).values(undone_at=at)
        db.session.execute(undone, execution_options={"synchronize_session": False})
        return
    if table is Project.__table__:  # its partners are worked out of its text
        db.session.execute(sa.delete(ProjectPartner).where(ProjectPartner.project_id.in_([key for (key,) in keys])))
    if keys:
        delete_rows(table, sorted(keys))


def _put_back(table: sa.Table, rows: Mapping[Key, Values], at: datetime) -> None:
    if not rows:
        return
    written = {"version": 1} if "version" in table.c else {}
    moment = {"updated_at": _moment(table, at)} if "updated_at" in table.c else {}
    whole = [row | written | moment for row in rows.values()]
    fields = [column.name for column in table.columns if column.name in whole[0]]
    put_back_rows(table, fields, [[row.get(name) for name in fields] for row in whole])


def _free_codes(reversal: Reversal) -> None:
    """Codes that change hands: each stands once, also between two statements."""
    moving = [key for (key,), values in reversal.back.get("firms", {}).items() if "uscc" in values]
    if moving:
        placeholder = sa.literal("~") + sa.cast(Firm.id, sa.String)
        freed = sa.update(Firm).where(among(Firm.id, sorted(moving))).values(uscc=placeholder)
        db.session.execute(freed, execution_options={"synchronize_session": False})


def _overwrite(table: sa.Table, rows: Mapping[Key, Values], reversal: Reversal, at: datetime) -> None:
    fields = list(dict.fromkeys(name for values in rows.values() for name in values))
    moved = ["updated_at"] if "updated_at" in table.c else []
    moment = [_moment(table, at)] if moved else []

    def whole(key: Key, values: Values) -> list[Any]:
        standing = named(table, reversal.now[table.name][key].values) | values
        return [key[0], *(standing[name] for name in fields), *moment]

    overwrite_rows(table, [*fields, *moved], (whole(key, values) for key, values in rows.items() if values))


def _moment(table: sa.Table, at: datetime) -> Any:
    """As the database keeps it."""
    dialect = db.session.connection().dialect
    keep = table.c.updated_at.type.dialect_impl(dialect).bind_processor(dialect)
    return keep(at) if keep else at
