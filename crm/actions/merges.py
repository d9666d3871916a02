"""Two entries of one firm made one, with everything that hangs on them; within thirty days it can be taken back.

What the kept firm has already stays with the former entry, which is archived and leads to the kept firm. So nothing is
lost, nothing counts twice, and taking it back is handing the rows back.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Changes, plain, write
from crm.actions.evaluations import evaluate_firms
from crm.actions.events import Author, record_event
from crm.actions.firms import told_by_name
from crm.actions.merge_comparison import FIGURES, Choice, Comparison, comparison, known_to, same_columns
from crm.actions.reversals import reversal_of, told_reversal, write_reversal
from crm.actions.row_images import firms_of_deed, forget_images, images_of, keep_images, snapshot
from crm.actions.standings import refresh_standings
from crm.extensions import Base, begin_exclusive, db
from crm.models import AnnualFigures, Candidacy, Firm, FormerName, Merge
from crm.queries.belongings import DERIVED, tables_of_firms
from crm.queries.merged import entries_of
from pipelines.names import normalised_name
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

UNDONE_WITHIN = timedelta(days=30)
_ITSELF = "不能把一家企业合并到它自己，请另选一家。"
_CHANGED = "在您核对期间，有人改过其中一家企业。没有合并，请按下面的新内容再核对一遍。"
# A row of the kept firm takes from the same row of the former entry what it does not know.
_COMPLETED = ("annual_figures", "contacts", "ip_rights", "recognitions", "applications")


def compared(kept_id: int, gone_id: int) -> Comparison:
    """Side by side, or the reason why these two cannot be merged."""
    if kept_id == gone_id:
        raise Refusal(_ITSELF)
    kept, gone = (db.session.get(Firm, each) for each in (kept_id, gone_id))
    if kept is None or gone is None:
        raise Refusal("其中一家企业已不在库，请返回重新选择。")
    for firm in (kept, gone):
        if firm.merged_into_id:
            raise Refusal(f"“{firm.name}”已经合并到另一家企业，不能再合并。")
        if firm.archived_at:
            raise Refusal(f"“{firm.name}”已归档，请先恢复再合并。")
    return comparison(kept, gone)


def merge_firms(kept_id: int, gone_id: int, choices: Mapping[str, Choice], seen: str, by: Author) -> Merge:
    """choices: key of a compared field → whose value is taken; where none is made, the default is."""
    begin_exclusive()
    db.session.expire_all()
    side_by_side = compared(kept_id, gone_id)
    if side_by_side.seen != seen:
        raise Refusal(_CHANGED)
    kept, gone = side_by_side.kept, side_by_side.gone
    tables, entries = _tables(), [kept_id, *entries_of(gone_id)]
    before = snapshot(tables, entries)
    merge = Merge(
        kept_id=kept_id, gone_id=gone_id, kept_name=kept.name, gone_name=gone.name, by_id=by.user_id, by_name=by.name
    )
    db.session.add(merge)
    changes = _settle_firm(side_by_side, choices)
    _put_away(gone, kept)
    changes += _complete(side_by_side, choices) + _figures_to_come(side_by_side)
    _hand_over(kept_id, gone_id)
    db.session.expire_all()
    keep_images(_deed(merge), before, snapshot(tables, entries))
    record_event(EventKind.FIRMS_MERGED, by, kept_id, {"subject": merge.gone_name, "changes": list(changes)})
    record_event(EventKind.FIRMS_MERGED, by, gone_id, {"subject": f"合并到 {kept.name}", "merge": merge.id})
    _recompute(entries)
    db.session.commit()
    return merge


def undo_merge(merge_id: int, by: Author) -> list[str]:
    """Both firms as they were; answers what was changed since and therefore keeps its newer value."""
    begin_exclusive()
    db.session.expire_all()
    merge = db.session.get_one(Merge, merge_id)
    _refuse_unless_undoable(merge)
    entries = firms_of_deed(_deed(merge))
    reversal = reversal_of(images_of(_deed(merge), entries), by_column=True)
    changes = told_reversal(reversal)
    write_reversal(reversal, clock.now())
    db.session.expire_all()
    forget_images(_deed(merge))
    merge.undone_at, merge.undone_by = clock.now(), by.name
    for firm_id, other in ((merge.kept_id, merge.gone_name), (merge.gone_id, merge.kept_name)):
        record_event(EventKind.MERGE_UNDONE, by, firm_id, {"subject": other, "changes": changes.get(firm_id, [])})
    _recompute([merge.kept_id, merge.gone_id, *entries])
    db.session.commit()
    return [word for words in reversal.left.values() for word in words]


def _refuse_unless_undoable(merge: Merge) -> None:
    if merge.undone_at:
        raise Refusal(f"这次合并已由{merge.undone_by}撤销，不必再撤销一次。")
    if clock.now() - merge.made_at > UNDONE_WITHIN:
        raise Refusal(f"合并已超过 {UNDONE_WITHIN.days} 天，不能再撤销。")
    kept, gone = (db.session.get(Firm, each) for each in (merge.kept_id, merge.gone_id))
    if kept is None or kept.merged_into_id:
        raise Refusal(f"“{merge.kept_name}”之后又合并到了另一家企业，请先撤销那次合并。")
    if gone is None or gone.merged_into_id != merge.kept_id:
        raise Refusal("这次合并已不是现状，不能撤销。")


def _deed(merge: Merge) -> str:
    return f"merge:{merge.id}"


def _tables() -> list[sa.Table]:
    return [Base.metadata.tables["firms"], *(table for name, table in tables_of_firms().items() if name not in DERIVED)]


def _settle_firm(side_by_side: Comparison, choices: Mapping[str, Choice]) -> Changes:
    kept, gone = side_by_side.kept, side_by_side.gone
    taken = [each.field for each in side_by_side.fields if choices.get(each.key, each.taken) == "gone"]
    values = {field: getattr(gone, field) for field in taken}
    names, codes = (kept.name, gone.name), (kept.uscc, gone.uscc)
    if "uscc" in values:  # each code stands once: the former entry takes the other one
        gone.uscc = f"~{gone.id}"
        db.session.flush()
        kept.uscc = codes[1]
        db.session.flush()
        gone.uscc = codes[0]
    changes = write(kept, {field: value for field, value in values.items() if field != "uscc"})
    if "uscc" in values:
        changes += ({"field": "uscc", "old": codes[0], "new": codes[1]},)
    kept.normalised_name = normalised_name(kept.name)
    _remember_names(kept, names)
    return told_by_name(changes)


def _remember_names(kept: Firm, names: Sequence[str]) -> None:
    known = {kept.normalised_name, *(former.normalised_name for former in kept.former_names)}
    for name in names:
        if (folded := normalised_name(name)) not in known:
            kept.former_names.append(FormerName(name=name, normalised_name=folded, until_on=clock.today()))
            known.add(folded)


def _put_away(gone: Firm, kept: Firm) -> None:
    gone.archived_at, gone.archived_reason = clock.now(), f"合并到“{kept.name}”"
    gone.merged_into_id = kept.id
    db.session.flush()
    earlier = sa.update(Firm).where(Firm.merged_into_id == gone.id)
    db.session.execute(earlier.values(merged_into_id=kept.id), execution_options={"synchronize_session": False})


def _complete(side_by_side: Comparison, choices: Mapping[str, Choice]) -> Changes:
    """What the kept firm's rows do not know, and the figures that were chosen."""
    chosen = {each.key for each in side_by_side.figures if choices.get(each.key, each.taken) == "gone"}
    changes: list[dict[str, Any]] = []
    for name in _COMPLETED:
        table = tables_of_firms()[name]
        for row, other in _pairs(table, side_by_side.kept.id, side_by_side.gone.id):
            is_figures = table is AnnualFigures.__table__
            taken = {
                field: value
                for field, value in other.items()
                if value is not None
                and field not in ("id", "firm_id", "sources", "updated_at", "version")
                and (f"{field}-{row['year']}" in chosen if is_figures and field in FIGURES else row[field] is None)
            }
            if not taken:
                continue
            if is_figures:
                changes += _told_figures(row, taken)
                theirs = other["sources"]
                sources = {field: theirs.get(field, theirs.get("*")) for field in taken}
                taken["sources"] = row["sources"] | {field: source for field, source in sources.items() if source}
                taken["version"] = row["version"] + 1
            db.session.execute(sa.update(table).where(table.c.id == row["id"]).values(**taken))
    return tuple(changes)


def _figures_to_come(side_by_side: Comparison) -> Changes:
    """Of the years that only the former entry has."""
    known = {row.year for row in side_by_side.kept.annual_figures}
    return tuple(
        {"field": field, "year": row.year, "old": None, "new": plain(value)}
        for row in side_by_side.gone.annual_figures
        if row.year not in known
        for field in FIGURES
        if (value := getattr(row, field)) is not None
    )


def _told_figures(row: Mapping[str, Any], taken: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for field, value in taken.items():
        yield {"field": field, "year": row["year"], "old": plain(row[field]), "new": plain(value)}


def _pairs(table: sa.Table, kept_id: int, gone_id: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows of the two firms that say the same, the kept firm's first."""
    rows = sa.select(table).where(table.c.firm_id.in_((kept_id, gone_id))).order_by(table.c.id)
    both = [dict(row) for row in db.session.execute(rows).mappings()]
    for columns in same_columns(table):
        own = {tuple(row[name] for name in columns): row for row in both if row["firm_id"] == kept_id}
        for row in both:
            if row["firm_id"] == gone_id and (same := own.get(tuple(row[name] for name in columns))):
                yield same, row


def _hand_over(kept_id: int, gone_id: int) -> None:
    for name, table in tables_of_firms().items():
        if name not in DERIVED:
            own = sa.update(table).where(table.c.firm_id == gone_id, ~known_to(kept_id, table))
            db.session.execute(own.values(firm_id=kept_id), execution_options={"synchronize_session": False})
    left = sa.update(Candidacy).where(Candidacy.firm_id == gone_id).values(is_archived=True)
    db.session.execute(left, execution_options={"synchronize_session": False})


def _recompute(firm_ids: Sequence[int]) -> None:
    db.session.flush()
    refresh_standings(firm_ids, clock.today())
    evaluate_firms(firm_ids, clock.today(), "form")
