"""How the office reads what the documents leave open."""

from dataclasses import fields
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import g

from crm.extensions import db
from crm.models import Reading
from pipelines.facts import Interpretations
from pipelines.vocabulary import Divisor, NegativeBase, RdFigure, Spent, Word


class OpenQuestion(NamedTuple):
    """field is that of Interpretations; what it asks, where, and the words it may be answered with."""

    field: str
    asks: str
    hint: str
    words: type[Word]


OPEN_QUESTIONS = (
    OpenQuestion("high_tech_rd", "高企等项目用哪个口径的研发费用", "195号指引三（六）另有归集办法", RdFigure),
    OpenQuestion("national_sme_rd", "国科小用哪个口径的研发费用", "67号指引：按加计扣除口径", RdFigure),
    OpenQuestion("industry_rd", "专精特新等项目用哪个口径的研发费用", "63号、2号办法写“研发费用总额”", RdFigure),
    OpenQuestion("conversion_divisor", "不满三年的企业，转化数除以几年", "195号指引三（七）2 没有写明", Divisor),
    OpenQuestion("class_two_spent", "Ⅱ类知识产权何时算用过", "195号指引写“申请高企时只能使用一次”", Spent),
    OpenQuestion("negative_base", "净资产基数为负时的增长率", "195号指引三（七）4 没有写明", NegativeBase),
)


def readings_in_force() -> Interpretations:
    """Looked up once a request or run. A word this version does not know is read as the default."""
    if "readings" not in g:
        g.readings = _interpreted(newest_reading())
    readings: Interpretations = g.readings
    return readings


def forget_readings() -> None:
    g.pop("readings", None)


def newest_reading() -> Reading | None:
    return db.session.scalars(sa.select(Reading).order_by(Reading.id.desc()).limit(1)).first()


def _interpreted(row: Reading | None) -> Interpretations:
    said = row.answers if row else {}
    known: dict[str, Any] = {
        question.field: word
        for question in OPEN_QUESTIONS
        for word in question.words
        if word.value == said.get(question.field)
    }
    assert {question.field for question in OPEN_QUESTIONS} == {each.name for each in fields(Interpretations)}  # noqa: S101
    return Interpretations(**known)
