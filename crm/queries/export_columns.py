"""The columns a template of an export may hold: all that the ledger knows, figures by how many years ago they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import ExportTemplate
from crm.queries.ledger import derived_columns
from pipelines.refusals import Refusal
from pipelines.sheets.columns import (
    CONTACT_COLUMNS,
    FIGURE_COLUMNS,
    FIRM_COLUMNS,
    RECOGNITION_COLUMNS,
    Column,
    heading,
)
from pipelines.sheets.writing import BoundColumn

_YEARS_BACK = {1: "去年", 2: "前年", 3: "大前年"}
_YEAR = "{年}"
PRIVATE = frozenset({"phone", "email"})


@dataclass(frozen=True)
class Offer:
    """A column that may be chosen; key is what a template keeps of it."""

    key: str
    column: Column
    years_ago: int | None = None

    @property
    def label(self) -> str:
        return f"{_YEARS_BACK[self.years_ago]}{heading(self.column)}" if self.years_ago else heading(self.column)

    def bound(self, today: date) -> BoundColumn:
        return self.column, today.year - self.years_ago if self.years_ago else None


@dataclass(frozen=True)
class Headed:
    """A column as it is read, and as it is written: under a heading of its own it names neither year nor unit."""

    read: BoundColumn
    written: BoundColumn


@cache
def offers() -> Mapping[str, tuple[Offer, ...]]:
    """What may be chosen, in groups as the form shows them."""
    titles = [each for each in RECOGNITION_COLUMNS if each.cell != "term"]
    groups = {"企业": FIRM_COLUMNS, "联系人": CONTACT_COLUMNS, "系统计算": derived_columns(), "资质": titles}
    plain = {name: tuple(Offer(_key(each), each) for each in columns) for name, columns in groups.items()}
    return plain | {
        f"{words}年度数据": tuple(Offer(f"{_key(each)}:{ago}", each, ago) for each in FIGURE_COLUMNS)
        for ago, words in _YEARS_BACK.items()
    }


@cache
def offers_by_key() -> Mapping[str, Offer]:
    return {offer.key: offer for group in offers().values() for offer in group}


def headed_columns(template: ExportTemplate, today: date) -> list[Headed]:
    """A template may be older than the columns of today: which one is gone is said, nothing is left out in silence."""
    if gone := lost_columns(template):
        raise Refusal(
            f"模板“{template.name}”中的列“{'、'.join(gone)}”已不存在，没有导出：请先修改这个模板，去掉这些列。"
        )
    return [_headed(offers_by_key()[each["key"]], each["heading"], today) for each in template.columns]


def lost_columns(template: ExportTemplate) -> list[str]:
    return [each["heading"] or each["key"] for each in template.columns if each["key"] not in offers_by_key()]


def plainly_headed(columns: Iterable[BoundColumn]) -> list[Headed]:
    return [Headed(each, each) for each in columns]


def is_private(columns: Sequence[Headed]) -> bool:
    """Whether telephone numbers or addresses of people are among them."""
    return any(each.read[0].scope == "contact" and each.read[0].field in PRIVATE for each in columns)


def export_templates() -> Sequence[ExportTemplate]:
    return db.session.scalars(sa.select(ExportTemplate).order_by(ExportTemplate.name)).all()


def template_named(name: str) -> ExportTemplate | None:
    return db.session.scalar(sa.select(ExportTemplate).where(ExportTemplate.name == name))


def _key(of: Column) -> str:
    return f"{of.scope}.{of.field}"


def _headed(offer: Offer, own: str, today: date) -> Headed:
    bound = offer.bound(today)
    if not own:
        return Headed(bound, bound)
    words = own.replace(_YEAR, f"{bound[1]}年" if bound[1] else "")
    return Headed(bound, (replace(offer.column, title=words, unit=None), None))


def template_values(template: ExportTemplate) -> dict[str, Any]:
    """What a template says, as its event tells it."""
    known = offers_by_key()
    columns = [each["heading"] or (known[each["key"]].label if each["key"] in known else each["key"]) for each in
               template.columns]  # fmt: skip
    return {
        "name": template.name, "title": template.title, "columns": "、".join(columns),
        "by_township": template.by_township, "names_maker": template.names_maker,
    }  # fmt: skip
