"""Two firms side by side: what each says, what is taken unless somebody chooses otherwise, and what follows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from crm.actions.changes import plain
from crm.extensions import db
from crm.models import AnnualFigures, Candidacy, Event, Firm
from crm.queries.belongings import DERIVED, LABELS, tables_of_firms
from crm.queries.import_differences import References, references
from crm.queries.spoken import field_label, spoken
from crm.queries.timeline import last_writers
from pipelines.vocabulary import EventKind

Choice = Literal["kept", "gone"]
_OF_THE_ENTRY = frozenset({
    "id", "normalised_name", "is_demo", "archived_at", "archived_reason", "merged_into_id", "created_at", "updated_at",
    "version",
})  # fmt: skip
FIRM_FIELDS = tuple(column.key for column in Firm.__table__.columns if column.key not in _OF_THE_ENTRY)
_NOT_FIGURES = frozenset({"id", "firm_id", "year", "sources", "reported_on", "updated_at", "version"})
FIGURES = tuple(column.key for column in AnnualFigures.__table__.columns if column.key not in _NOT_FIGURES)
# Where these agree two rows say the same: what the kept firm has already stays with the former entry. Beside them the
# tables' own keys hold (same_columns).
_ALIKE = {"contacts": ("name", "phone"), "former_names": ("normalised_name",), "flags": ("kind",),
          "candidacies": ("target",)}  # fmt: skip
_STILL_OPEN = {"flags": "lifted_on", "candidacies": "closed_on"}


@dataclass(frozen=True)
class ComparedField:
    """key is what a form calls the choice; taken is the default. is_open: both say something, and not the same."""

    key: str
    field: str
    year: int | None
    label: str
    kept: str
    gone: str
    taken: Choice
    is_open: bool


@dataclass(frozen=True)
class Following:
    """Rows of one kind that go over, and those that the kept firm has already."""

    label: str
    moved: int
    known: int


@dataclass(frozen=True)
class Comparison:
    """seen tells whether either firm was changed since somebody looked."""

    kept: Firm
    gone: Firm
    fields: tuple[ComparedField, ...]
    figures: tuple[ComparedField, ...]
    following: tuple[Following, ...]
    both_open: tuple[str, ...]
    seen: str


def comparison(kept: Firm, gone: Firm) -> Comparison:
    names = references()
    both = sa.select(Candidacy).where(Candidacy.firm_id == gone.id, known_to(kept.id, tables_of_firms()["candidacies"]))
    return Comparison(
        kept,
        gone,
        tuple(_fields(kept, gone, names)),
        tuple(_figures(kept, gone)),
        tuple(_following(kept.id, gone.id)),
        tuple(row.target.label for row in db.session.scalars(both)),
        _seen(kept, gone),
    )


def same_columns(table: sa.Table) -> Sequence[tuple[str, ...]]:
    """Sets of columns of which one firm has each combination once."""
    keys = [constraint for constraint in table.constraints if isinstance(constraint, sa.UniqueConstraint)]
    sets = [tuple(column.name for column in key.columns) for key in (*keys, table.primary_key)]
    own = [tuple(name for name in names if name != "firm_id") for names in sets if "firm_id" in names]
    return [*own, *([_ALIKE[table.name]] if table.name in _ALIKE else [])]


def known_to(kept_id: int, table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether the kept firm has a row that says the same."""
    other = table.alias("of_kept")
    same = [
        sa.and_(*(other.c[name].is_not_distinct_from(table.c[name]) for name in names)) for names in same_columns(table)
    ]
    if not same:
        return sa.false()
    still_open = [each.c[_STILL_OPEN[table.name]].is_(None) for each in (table, other) if table.name in _STILL_OPEN]
    return sa.exists().where(other.c.firm_id == kept_id, sa.or_(*same), *still_open)


def _seen(kept: Firm, gone: Firm) -> str:
    """Every deed on a firm leaves an event: the newest ones and the versions tell that nothing has happened."""
    newest = [sa.select(sa.func.max(Event.id)).where(Event.firm_id == firm.id) for firm in (kept, gone)]
    return "-".join(map(str, [*(db.session.scalar(each) or 0 for each in newest), kept.version, gone.version]))


def _fields(kept: Firm, gone: Firm, names: References) -> Iterator[ComparedField]:
    moments = [_moments(firm) for firm in (kept, gone)]
    for field in FIRM_FIELDS:
        mine, theirs = getattr(kept, field), getattr(gone, field)
        if mine == theirs:
            continue
        yield ComparedField(
            key=field,
            field=field,
            year=None,
            label=field_label(EventKind.FIRM_UPDATED, field),
            kept=_told(field, mine, names),
            gone=_told(field, theirs, names),
            taken=_newer(field, mine, theirs, moments),
            is_open=_says(mine) and _says(theirs),
        )


def _moments(firm: Firm) -> Mapping[str, datetime]:
    """When each field was written last, as far as events tell; the others with the entry itself."""
    writers = last_writers(firm.id, FIRM_FIELDS)
    return {field: writers[field].at if field in writers else firm.created_at for field in FIRM_FIELDS}


def _newer(field: str, mine: Any, theirs: Any, moments: Sequence[Mapping[str, datetime]]) -> Choice:
    """The newer value that says something; name and code stay those of the firm that is kept."""
    if not _says(theirs) or field in ("name", "uscc"):
        return "kept"
    return "kept" if _says(mine) and moments[0][field] >= moments[1][field] else "gone"


def _figures(kept: Firm, gone: Firm) -> Iterator[ComparedField]:
    """Of the years both have: a figure of one alone is taken over, of two different ones the kept firm's."""
    ours = {row.year: row for row in kept.annual_figures}
    for row in gone.annual_figures:
        own = ours.get(row.year)
        for field in FIGURES if own else ():
            mine, theirs = getattr(own, field), getattr(row, field)
            if mine == theirs:
                continue
            yield ComparedField(
                key=f"{field}-{row.year}",
                field=field,
                year=row.year,
                label=field_label(EventKind.FIGURES_UPDATED, field, row.year),
                kept=spoken(EventKind.FIGURES_UPDATED, field, plain(mine)),
                gone=spoken(EventKind.FIGURES_UPDATED, field, plain(theirs)),
                taken="gone" if mine is None else "kept",
                is_open=mine is not None and theirs is not None,
            )


def _following(kept_id: int, gone_id: int) -> Iterator[Following]:
    for name, table in tables_of_firms().items():
        if name in DERIVED:
            continue
        rows = sa.select(sa.func.count()).select_from(table).where(table.c.firm_id == gone_id)
        total, same = (db.session.scalar(each) or 0 for each in (rows, rows.where(known_to(kept_id, table))))
        if total:
            yield Following(LABELS.get(name, name), total - same, same)


def _told(field: str, value: Any, names: References) -> str:
    said = names[field].get(value, value) if field in names else plain(value)
    return spoken(EventKind.FIRM_UPDATED, field, said)


def _says(value: Any) -> bool:
    return value is not None and value != ""
