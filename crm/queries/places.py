"""What the cells of a sheet may refer to, in every spelling."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Industry, TechField, Township, User
from pipelines.sheets.known import Places


def places() -> Places:
    """Every spelling → the key a firm keeps; the first spelling of a key is the one that is shown."""
    return Places(
        townships=_townships(),
        industries=_coded(db.session.execute(sa.select(Industry.code, Industry.name))),
        tech_fields=_coded(db.session.execute(sa.select(TechField.code, TechField.name))),
        owners=_owners(),
    )


def township_order() -> dict[int, str]:
    """Key → name, as the county lists them."""
    rows: Any = db.session.execute(sa.select(Township.id, Township.name).order_by(Township.position, Township.id)).all()
    return dict(rows)


def spoken_keys(spellings: Mapping[str, Any]) -> dict[Any, str]:
    """Key → the spelling that is shown."""
    shown: dict[Any, str] = {}
    for spelling, key in spellings.items():
        shown.setdefault(key, spelling)
    return shown


def _townships() -> dict[str, int]:
    rows = db.session.execute(sa.select(Township.id, Township.name, Township.aliases)).all()
    names = {name: key for key, name, _ in rows}
    return names | {alias: key for key, _, aliases in rows for alias in aliases if alias not in names}


def _coded(rows: Iterable[Any]) -> dict[str, str]:
    """Names that two codes share are shown, and understood, only together with their code."""
    entries = [tuple(row) for row in rows]
    times = Counter(name for _, name in entries)
    names = {name if times[name] == 1 else f"{code} {name}": code for code, name in entries}
    return names | {code: code for code, _ in entries}


def _owners() -> dict[str, int]:
    """Two people of one name are told apart by their accounts alone."""
    people = db.session.execute(sa.select(User.id, User.name, User.account).order_by(User.id)).all()
    times = Counter(name for _, name, _ in people)
    spellings = {name if times[name] == 1 else f"{name}({account})": key for key, name, account in people}
    return spellings | {account: key for key, _, account in people if account not in spellings}
