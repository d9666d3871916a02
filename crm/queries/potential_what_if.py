"""What the model would say if some figures were others: a correlation, no promise. Nothing is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crm.models import Scoring
from crm.queries.model_ledger import county_ledger
from crm.queries.models import loaded

_FIGURES = {
    "sales_revenue": "sales", "rd_spend": "rd", "high_tech_revenue": "high_tech", "staff": "staff",
    "tech_staff": "tech_staff",
}  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """Chances of passing if the firm applied, in steps of five with their bands: (told, lower, upper)."""

    now: tuple[float, float, float]
    then: tuple[float, float, float]


def tried(firm_id: int, scoring: Scoring, given: Mapping[str, Any], today: date) -> Tried:
    """given: figures of the last fiscal year in yuan and people, rights more, conversions, documents, pre_score."""
    from pipelines.classifier.measures import measured  # slow import: NumPy

    model = loaded(scoring.version, with_apply=False)
    ledger = county_ledger(today, only=firm_id)
    changed = replace(ledger, tables=_changed(ledger.tables, {k: v for k, v in given.items() if v is not None}, today))
    rows = [measured(each.on(today), scoring.year).values for each in (ledger, changed)]
    return Tried(*(_steps(model, row) for row in rows))


def _steps(model: Any, row: Any) -> tuple[float, float, float]:
    from pipelines.classifier.potential import stepped

    lo, hi = model.band(row)
    return stepped(float(model.p_pass(row)[0])), stepped(float(lo[0])), stepped(float(hi[0]))


def _changed(tables: Any, given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The figures become those of the latest year that is on record; everything else is added as known today."""
    import numpy as np

    from pipelines.classifier.ledger import NEVER

    figures = {name: column.copy() for name, column in tables["figures"].items()}
    if len(figures["year"]):
        latest = figures["year"] == figures["year"].max()
        for field, name in _FIGURES.items():
            if field in given:
                figures[name][latest] = float(given[field])
        if "high_tech_revenue" in given and np.isnan(figures["income"][latest]).all():
            figures["income"][latest] = figures["sales"][latest]
    day = today.toordinal()
    rights = tables["rights"]
    for field, class_one in (("more_class_one", True), ("more_class_two", False)):
        more = int(given.get(field) or 0)
        row = {"firm": 0, "known": day, "class_one": class_one, "applied": day, "granted": day, "bought": False,
               "used_in": NEVER, "lapsed": False}  # fmt: skip
        rights = {name: np.concatenate([column, np.full(more, row[name])]) for name, column in rights.items()}
    answers = {"conversions": given.get("conversions"), "documents": given.get("documents")}
    changed = {**tables, "figures": figures, "rights": rights}
    if any(value is not None for value in answers.values()):
        changed["questionnaires"] = _with_row(tables["questionnaires"], day, answers)
    if given.get("pre_score") is not None:
        changed["pre_scores"] = _with_row(tables["pre_scores"], day, {"points": given["pre_score"]})
    return changed


def _with_row(table: Any, day: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """The newest row once more with these values, dated today."""
    import numpy as np

    order = np.argsort(table["known"], kind="stable")
    added = {}
    for name, column in table.items():
        before = column[order[-1]] if len(order) else np.nan
        value = {"firm": 0, "known": day}.get(name, values.get(name))
        added[name] = np.append(column, before if value is None else value)
    return {name: column.astype(np.int64) if name in ("firm", "known") else column for name, column in added.items()}
