"""What the history of applications looks like before anything is learnt from it, in sentences with counts."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Application, Firm, Industry, Township
from crm.queries.model_ledger import DECIDED, is_out_of_order
from crm.queries.scope import top_townships
from pipelines.vocabulary import ApplicationKind, ApplicationResult, Title

_UNKNOWN = "未填"


def history_notes(ledger: Any) -> list[str]:
    """Each thing that keeps results out of the training, or the model on a lower level, with how many."""
    from pipelines.classifier.examples import decided_years, passes_only_years  # slow import
    from pipelines.classifier.potential import FEW_DECISIONS, FEW_FAILURES

    results = ledger.tables["results"]
    first = results["first"]
    total = int(first.sum())
    failed = int((first & ~results["passed"]).sum())
    told = []
    if disordered := _out_of_order():
        told.append(f"有 {disordered} 项申报的结果日期早于申报，未用于训练，请核对日期。")
    if only := passes_only_years(ledger):
        years = "、".join(str(year) for year in only)
        told.append(f"{years} 年只有通过的结果，没有未通过的：这样的名单学不出差别，未用于训练，请补录未通过的申报。")
    if total < FEW_DECISIONS:
        told.append(f"首次申报有结果的只有 {total} 项，少于 {FEW_DECISIONS} 项：只按规则分层，不给百分比。")
    elif failed < FEW_FAILURES:
        told.append(f"未通过的只有 {failed} 项，少于 {FEW_FAILURES} 项：只按规则分层，不给百分比，请补录未通过的申报。")
    if len(decided_years(ledger)) == 1:
        told.append("只有一个年度的申报结果，无法按年检验，降一级使用。")
    return told


def _out_of_order() -> int:
    rows = db.session.execute(
        sa.select(Application.year, Application.submitted_on, Application.decided_on).where(
            Application.programme == Title.HIGH_TECH,
            Application.kind == ApplicationKind.FIRST,
            Application.result.in_(DECIDED),
        )
    )
    return sum(is_out_of_order(*row) for row in rows)


def group_names(ledger: Any) -> dict[str, Callable[[Any], list[str]]]:
    """Township and trade of the firms at these places: for the table of groups only, never a feature."""
    tops, towns = top_townships(), _names(Township.id, Township.name)
    trades = _names(Industry.code, Industry.name)
    rows = {row.id: row for row in db.session.execute(sa.select(Firm.id, Firm.township_id, Firm.industry_code))}

    def township(places: Any) -> list[str]:
        found = (rows[int(ledger.ids[place])].township_id for place in places)
        return [towns.get(tops.get(key, key), _UNKNOWN) if key else _UNKNOWN for key in found]

    def trade(places: Any) -> list[str]:
        found = (rows[int(ledger.ids[place])].industry_code for place in places)
        return [trades.get(code[:2], code[:2]) if code else _UNKNOWN for code in found]

    return {"镇街": township, "行业": trade}


def _names(key: Any, name: Any) -> dict[Any, str]:
    rows: Any = db.session.execute(sa.select(key, name)).all()
    return dict(rows)


def results_by_year() -> list[tuple[int, int, int]]:
    """Year, first applications with a result, how many of them passed; the newest first."""
    passed = sa.func.sum(sa.case((Application.result == ApplicationResult.PASSED, 1), else_=0))
    counted = sa.select(Application.year, sa.func.count(), passed).where(
        Application.programme == Title.HIGH_TECH,
        Application.kind == ApplicationKind.FIRST,
        Application.result.in_(DECIDED),
    )
    rows = db.session.execute(counted.group_by(Application.year).order_by(Application.year.desc()))
    return [(year, number, int(good)) for year, number, good in rows]
