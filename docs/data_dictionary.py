"""Writes DATA_DICTIONARY.md out of the models: python -m docs.data_dictionary. A test tells when it is out of date."""

from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from crm import models
from crm.extensions import Base
from crm.models.types import Hundredths, Moment
from crm.queries.spoken import PART_LABELS
from pipelines.sheets.columns import Scope, column, has_column

FILE = Path(__file__).with_name("DATA_DICTIONARY.md")
_HEAD = """# Data dictionary

Every table, in the order of its name. Written by `python -m docs.data_dictionary` out of `crm/models`.
Money is kept in fen, shares and heads in hundredths (both as whole numbers), moments in UTC; words are kept by the
identifier of `pipelines/vocabulary.py`, whose Chinese is in GLOSSARY.md.
"""
_SCOPES: dict[str, Scope] = {"firms": "firm", "annual_figures": "figures", "recognitions": "recognition"}
_PARTS = {
    "contacts": "contact", "ip_rights": "ip_right", "recognitions": "recognition", "candidacies": "candidacy",
    "visits": "visit", "follow_ups": "follow_up", "applications": "application", "flags": "flag", "users": "user",
}  # fmt: skip

_NAMES = {
    "Text": "text", "String": "text", "Boolean": "yes or no", "Integer": "whole number", "BigInteger": "whole number",
    "Date": "day", "JSON": "JSON", "Float": "number", "LargeBinary": "bytes",
}  # fmt: skip


def dictionary() -> str:
    kinds = {cast(sa.Table, kind.__table__).name: kind for kind in vars(models).values() if _is_model(kind)}
    return "\n".join([_HEAD, *(_chapter(kinds[name]) for name in sorted(kinds))])


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Base) and kind is not Base


def _chapter(kind: type[Base]) -> str:
    table = cast(sa.Table, kind.__table__)
    words = " ".join((kind.__doc__ or "").split())
    rows = [f"| `{each.name}` | {_label(each)} | {_kind(each)} | {_note(each)} |" for each in table.columns]
    head = "| column | 中文 | kind | note |\n|---|---|---|---|"
    return "\n".join([f"## {table.name}\n", *([words + "\n"] if words else []), head, *rows, ""])


def _label(field: sa.Column[Any]) -> str:
    scope = _SCOPES.get(field.table.name)
    if scope and has_column(field.name, scope):
        return column(field.name, scope).title
    return PART_LABELS.get(_PARTS.get(field.table.name, ""), {}).get(field.name, "")


def _kind(field: sa.Column[Any]) -> str:
    kind = field.type
    if isinstance(kind, sa.Enum):
        return f"word: {cast(Any, kind.enum_class).__name__}"
    if isinstance(kind, Hundredths):
        return "hundredths"
    if isinstance(kind, Moment):
        return "moment"
    if isinstance(kind, sa.String) and kind.length:
        return f"text, {kind.length}"
    return _NAMES.get(kind.__class__.__name__, kind.__class__.__name__.lower())


def _note(field: sa.Column[Any]) -> str:
    points_at = [
        f"→ `{key.target_fullname}`" for key in sorted(field.foreign_keys, key=lambda key: key.target_fullname)
    ]
    marks = ["key"] * field.primary_key + ["unique"] * bool(field.unique) + ["may be empty"] * bool(field.nullable)
    return ", ".join([*marks, *points_at])


if __name__ == "__main__":
    FILE.write_text(dictionary(), encoding="utf-8")
