"""Papers about one firm (一企一档) and about one campaign (推荐汇总), out of the office's templates."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.office_templates import office_template
from crm.extensions import db
from crm.models import Campaign, User
from crm.queries.candidacies import LIST, CandidacyFilter, candidacy_rows
from crm.queries.figures_grid import GridCell
from crm.queries.firm_page import FirmPage
from pipelines.papers.shipped import FIRM_FILE, RECOMMENDATION
from pipelines.papers.writing import fill_template
from pipelines.vocabulary import EventKind, Verdict

_YEARS = 3
_VISITS = 6
_WAN = 10_000


def write_firm_file(page: FirmPage, by: Author, target: IO[bytes]) -> None:
    """What the firm's page shows its viewer, phone numbers hidden as there."""
    firm, grid = page.firm, page.grid
    years = [*grid.years[-_YEARS:], *[None] * _YEARS][:_YEARS]
    values = {
        "name": firm.name,
        "as_of": str(clock.today()),
        "facts": [{"label": label, "value": value or "—"} for label, value in _facts(page)],
        "years": [f"{year} 年" if year else "—" for year in years],
        "figures": list(_figures(page, years)),
        "holdings": list(_holdings(page)) or ["没有登记资质和知识产权。"],
        "judgements": list(_judgements(page)) or ["没有可判断的项目。"],
        "visits": list(_visits(page)) or ["没有走访记录。"],
    }
    fill_template(office_template(FIRM_FILE), values | _signed(by), target)
    _trace(FIRM_FILE, by, 1, {}, firm.id)


def write_recommendation(campaign: Campaign, viewer: User | None, by: Author, target: IO[bytes]) -> int:
    """The campaign's open candidacies, the furthest first; answers how many."""
    asked = CandidacyFilter(face=LIST, campaign=campaign.id)
    rows = db.session.execute(candidacy_rows(asked, viewer, clock.today())).all()
    values = {
        "title": f"{campaign.name}推荐汇总表",
        "opening": f"经初审，现将{campaign.name}申报企业{len(rows)}家汇总如下，请予推荐。",
        "rows": [
            {
                "number": number, "name": row.name, "uscc": row.uscc, "township": row.township or "—",
                "stage": row.stage.label,
            }
            for number, row in enumerate(rows, start=1)
        ],
    }  # fmt: skip
    fill_template(office_template(RECOMMENDATION), values | _signed(by), target)
    _trace(RECOMMENDATION, by, len(rows), asked.to_args())
    return len(rows)


def _facts(page: FirmPage) -> Iterator[tuple[str, str | None]]:
    firm = page.firm
    yield "统一社会信用代码", firm.uscc
    yield "镇街、地址", "，".join(part for part in (firm.township and firm.township.name, firm.address) if part)
    yield "行业", firm.industry.name if firm.industry else None
    yield "技术领域", firm.tech_field.name if firm.tech_field else None
    yield "成立日期", str(firm.founded_on) if firm.founded_on else None
    yield "法定代表人", firm.legal_representative
    yield "主营产品", firm.main_products
    yield "层级", page.tier.label
    yield "责任人", firm.owner and firm.owner.name
    people = [
        (shown.row.name, shown.row.role.label if shown.row.role else "联系人", shown.phone) for shown in page.contacts
    ]
    yield "联系人", "；".join(f"{name}（{role}）{phone or ''}" for name, role, phone in people)
    yield "数据存疑", "；".join(page.grid.doubts) or "无"


def _figures(page: FirmPage, years: list[int | None]) -> Iterator[Mapping[str, str]]:
    for _, rows in page.grid.groups:
        for row in rows:
            cells = {cell.year: cell for cell in row.cells}
            told = [_told(cells.get(year or 0), row.shown_as) for year in years]
            if any(value != "—" for value in told):
                yield {"label": row.label, **{f"y{place}": value for place, value in enumerate(told)}}


def _told(cell: GridCell | None, shown_as: str) -> str:
    if cell is None or cell.value is None:
        return "—"
    if shown_as == "money":
        return f"{Decimal(cell.value) / _WAN:,.2f}"
    if shown_as == "percent":
        return f"{float(cell.value) * 100:.1f}%"
    return f"{Decimal(cell.value).normalize():,f}"


def _holdings(page: FirmPage) -> Iterator[str]:
    for title in page.titles:
        ends = f"，有效期至 {title.valid_until}" if title.valid_until else ""
        number = f"，证书 {title.certificate_no}" if title.certificate_no else ""
        yield f"{title.title.label}：{title.recognized_on} 认定{number}{ends}。"
    if page.ip_counts:
        told = "，".join(f"{kind.label} {valid} 件" for kind, valid, _ in page.ip_counts)
        yield f"有效知识产权：{told}。"


def _judgements(page: FirmPage) -> Iterator[str]:
    """Programme by programme, with what is missed; a reckoning of the system, not a decision."""
    for programme, assessment in page.judgement.every:
        if assessment.verdict is Verdict.NOT_APPLICABLE:
            continue
        missed = "；".join(finding.words or finding.label for finding in assessment.missed)
        yield f"{programme.label}：{assessment.verdict.label}{f'（{missed}）' if missed else ''}。"


def _visits(page: FirmPage) -> Iterator[str]:
    for visit in page.visits.visits[:_VISITS]:
        yield f"{visit.visited_on} {visit.by_name}（{visit.kind.label}）：{visit.found or '—'}"
    for owed in page.visits.owed:
        if owed.done_on is None:
            kind, owner = "诉求" if owed.is_need else "跟进", owed.owner.name if owed.owner else "未分派"
            yield f"{kind}未办结：{owed.what}（{owed.due_on} 前，{owner}）"


def _signed(by: Author) -> dict[str, str]:
    return {"maker": by.name, "made_at": f"{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"}


def _trace(name: str, by: Author, count: int, asked: Mapping[str, Any], firm_id: int | None = None) -> None:
    record_event(EventKind.EXPORTED, by, firm_id, {"list": name, "filter": dict(asked), "count": count})
    db.session.commit()
