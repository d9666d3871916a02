"""Addresses to read of the whole house, filled with the rows of some firms."""

from collections.abc import Iterable

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from crm.extensions import db
from crm.queries.belongings import tables_of_firms
from pipelines.vocabulary import Programme

# What an address is built of, where it is not the number of a row.
_WORDS = {"programme": Programme.HIGH_TECH.value, "cell": "owner", "place": 0, "code": "39", "kind": "recognitions"}


def rules_of(app: Flask) -> list[Rule]:
    """All but the way out and the files of the front end."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ("sessions.destroy", "assets.show")]


def rows_of(firm_ids: list[int]) -> dict[str, list[dict[str, int]]]:
    """Name of a number in an address → addresses' numbers of rows that belong to these firms."""
    found: dict[str, list[dict[str, int]]] = {"firm_id": [{"firm_id": each} for each in firm_ids[:3]]}
    for name, table in tables_of_firms().items():
        if "id" not in table.c or "firm_id" not in table.c:
            continue
        rows = sa.select(table.c.id, table.c.firm_id).where(table.c.firm_id.in_(firm_ids)).limit(2)
        number = f"{_singular(name)}_id"
        found[number] = [{number: row.id, "firm_id": row.firm_id} for row in db.session.execute(rows)]
    return found


def addresses(app: Flask, rules: Iterable[Rule], rows: dict[str, list[dict[str, int]]]) -> list[str]:
    """Every address to read that names one of these firms, or a row of one."""
    found = []
    for rule in rules:
        numbers = rule.arguments - _WORDS.keys()
        key = next((each for each in sorted(numbers, key=lambda name: name == "firm_id") if each in rows), None)
        if key is None or "GET" not in (rule.methods or ()):
            continue
        for row in rows[key]:
            values = {name: row.get(name, _WORDS.get(name)) for name in rule.arguments}
            if None not in values.values():
                with app.test_request_context():
                    found.append(app.url_map.bind("localhost").build(rule.endpoint, values))
    return found


def _singular(table: str) -> str:
    return table[:-3] + "y" if table.endswith("ies") else table.removesuffix("s")
