"""A brief as papers: tried out, or issued and kept as it was."""

from io import BytesIO
from typing import Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.list_exports import list_column as column
from crm.actions.office_templates import office_template
from crm.extensions import begin_exclusive, db
from crm.models import Report, User
from crm.queries.brief import Brief, Period, brief
from pipelines.papers.shipped import BRIEF
from pipelines.papers.writing import fill_template
from pipelines.sheets.book import Sheet, write_book
from pipelines.vocabulary import EventKind

_TARGETS = ("目标", "完成", "目标数", "进度", "还差", "去年同日"), ("label", "actual", "aim", "bar", "gap", "year_ago")
_TOWNSHIPS = ("镇街", "省科小", "高企", "今年首次认定", "位次"), ("name", "tech_sme", "high_tech", "first", "rank")
_MOVED = ("企业名称", "镇街", "变化", "期初", "期末"), ("name", "township", "change", "before", "after")


def issue_report(period: Period, viewer: User | None, by: Author) -> Report:
    """Of one moment, so that sentence, table, paper and workbook say the same."""
    begin_exclusive()
    db.session.expire_all()
    told = brief(period, viewer, clock.today())
    values = told.values() | {"maker": by.name, "made_at": _now()}
    report = Report(
        kind=period.kind,
        first=period.first,
        last=period.last,
        title=told.title,
        figures=values,
        paper=_paper(values),
        workbook=_workbook(told, values),
        issued_by=by.name,
    )
    db.session.add(report)
    record_event(EventKind.REPORT_ISSUED, by, None, {"subject": told.title})
    db.session.commit()
    return report


def _paper(values: dict[str, Any]) -> bytes:
    content = BytesIO()
    fill_template(office_template(BRIEF), values, content)
    return content.getvalue()


def _workbook(told: Brief, values: dict[str, Any]) -> bytes:
    content = BytesIO()
    sections = (("总体情况", "overview"), ("目标进度", "progress"), ("本期进出", "moves"), ("日常工作", "work"))
    cover = [("数据截至", values["as_of"]), *((name, "\n".join(values[field])) for name, field in sections)]
    foot = [f"制表：{values['maker']}　{values['made_at']}"]
    sheets = [
        _sheet(name, told.title, headings, fields, values[rows], foot)
        for name, rows, (headings, fields) in (
            ("目标", "targets", _TARGETS),
            ("镇街", "townships", _TOWNSHIPS),
            ("高企进出", "moved", _MOVED),
        )
    ]
    write_book(content, told.title, [*cover, ("制表", f"{values['maker']}　{values['made_at']}")], sheets)
    return content.getvalue()


def _sheet(
    name: str,
    title: str,
    headings: tuple[str, ...],
    fields: tuple[str, ...],
    rows: list[dict[str, Any]],
    foot: list[str],
) -> Sheet:
    columns = [column(heading, "text") for heading in headings]
    return Sheet(name, f"{title}　{name}", columns, [[row[field] for field in fields] for row in rows], foot)


def _now() -> str:
    return f"{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"
