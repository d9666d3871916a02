"""The candidate list as papers a leader can sign: a workbook with a cover and a sheet a township, and a Word list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import IO, Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.list_exports import list_column as column
from crm.actions.office_templates import office_template
from crm.extensions import db
from crm.models import Campaign, Scoring, User
from crm.queries.campaigns import drift
from crm.queries.candidate_filter import LISTS, STRICTNESS, CandidateFilter
from crm.queries.candidate_plan import Plan, plan
from crm.queries.candidates import biggest_gap, candidate_rows, chance_words, gates_of, tier_words
from crm.queries.list_choices import chips, filter_choices
from crm.queries.scope import top_townships
from pipelines.papers.shipped import CANDIDATE_LIST
from pipelines.papers.writing import fill_template
from pipelines.sheets.book import Sheet, write_book
from pipelines.vocabulary import EventKind, PotentialTier, Verdict

REMARK = "潜力由模型排序，仅供参考，不替代规则判断；概率只给已申报或有申报意向的企业"
_NOWHERE = "未填镇街"
_SIGNS = {Verdict.MET: "✓", Verdict.NOT_MET: "✕", Verdict.TO_CONFIRM: "◔"}
_COLUMNS = (
    column("序号", "number"), column("企业名称", "name"), column("统一社会信用代码", "uscc"), column("潜力", "text"),
    column("潜力分(0–100)", "number"), column("若申报，通过概率", "text"), column("八项条件", "names"),
    column("未达标或待补", "long_text"), column("规则档次", "text"), column("所需数据完整度(%)", "percent"),
    column("阶段", "text"), column("责任人", "text"), column("最近走访", "date"), column("签字", "text"),
)  # fmt: skip


def export_candidates(
    asked: CandidateFilter, scoring: Scoring, viewer: User | None, by: Author, target: IO[bytes]
) -> int:
    """Every candidate the filter finds, a sheet a township, the most promising first; answers how many."""
    rows = _rows(asked, scoring, viewer)
    foot = [REMARK, f"制表：{by.name}　{_now()}"]
    sheets = [
        Sheet(name, f"{name}　{len(own)} 家", _COLUMNS, _numbered(own, scoring), foot)
        for name, own in _by_township(rows).items()
    ]
    cover = _cover(scoring, plan(asked, scoring), rows, _narrowed(asked, viewer), by)
    count = write_book(target, _title(scoring), cover, sheets or [Sheet(CANDIDATE_LIST, "没有企业", _COLUMNS, [])])
    _trace(asked, by, count)
    return count


def export_word(asked: CandidateFilter, scoring: Scoring, viewer: User | None, by: Author, target: IO[bytes]) -> int:
    """The same rows in the office's own template."""
    rows = _rows(asked, scoring, viewer)
    seen, by_town = plan(asked, scoring), _by_township(rows)
    values = {
        "title": _title(scoring),
        "summary": _summary(seen, len(rows)),
        "basis": _basis(scoring),
        "rows": [
            _paper_row(number, name, row, scoring)
            for number, (name, row) in enumerate(((name, row) for name, own in by_town.items() for row in own), start=1)
        ],
        "remark": REMARK + "。",
        "maker": by.name,
        "made_at": _now(),
    }
    fill_template(office_template(CANDIDATE_LIST), values, target)
    _trace(asked, by, len(rows))
    return len(rows)


def _rows(asked: CandidateFilter, scoring: Scoring, viewer: User | None) -> Sequence[Any]:
    return db.session.execute(candidate_rows(asked, scoring, viewer, clock.today())).all()


def _by_township(rows: Sequence[Any]) -> Mapping[str, list[Any]]:
    """Areas inside a township stand on its sheet."""
    tops = top_townships()
    names = {row.township_id: row.township for row in rows if row.township_id in tops.values()}
    own: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        top = tops.get(row.township_id)
        own[names.get(top) or row.township or _NOWHERE].append(row)
    return dict(sorted(own.items(), key=lambda pair: (pair[0] == _NOWHERE, -len(pair[1]), pair[0])))


def _numbered(rows: Sequence[Any], scoring: Scoring) -> list[list[Any]]:
    tells = scoring.version.tells_percentages
    return [
        [
            number, row.name, row.uscc, tier_words(row), round(row.potential * 100), chance_words(row, tells),
            _gates(row), _gaps(row), row.shortlist, row.data_ratio, row.stage, row.owner, row.last_visit, None,
        ]
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip


def _gates(row: Any) -> str:
    return " ".join(f"{gate.sign}{_SIGNS.get(gate.verdict, '?')}" for gate in gates_of(row.findings))


def _gaps(row: Any) -> str:
    """All of them in words: a leader signs for what is missing."""
    missed = [each["words"] for each in row.missed or () if each.get("words")]
    unclear = [gate.name for gate in gates_of(row.findings) if gate.verdict is Verdict.UNKNOWN]
    told = [*missed, *([f"待补充：{'、'.join(unclear)}"] if unclear else [])]
    return "；".join(told) or "无"


def _paper_row(number: int, township: str, row: Any, scoring: Scoring) -> dict[str, Any]:
    return {
        "number": number, "name": row.name, "township": township, "tier": tier_words(row),
        "chance": chance_words(row, scoring.version.tells_percentages), "gap": biggest_gap(row),
        "owner": row.owner or "—", "visited": str(row.last_visit or "—"), "signature": "",
    }  # fmt: skip


def _title(scoring: Scoring) -> str:
    demo = "（演示）" if scoring.version.is_demo else ""
    return f"{scoring.year} 年高新技术企业候选名单{demo}"


def _summary(seen: Plan, listed: int) -> str:
    more = "全部候选企业也不够" if seen.more is None else f"还需再动员 {seen.more} 家"
    told = seen.outlook
    return (
        f"目标 {seen.target} 家；本表 {listed} 家；已列入批次 {seen.picked} 家，另已认定 {seen.passed} 家；"
        f"预计通过 {told.expected:.0f} 家（80% 区间 {told.lo}–{told.hi} 家），"
        f"达到目标的把握 {told.reaches * 100:.0f}%；"
        f"{more}（把握到九成）。"
    )


def _basis(scoring: Scoring) -> str:
    demo = "演示模型（合成数据训练），不代表本县企业。" if scoring.version.is_demo else ""
    return f"数据截至 {scoring.as_of}，模型 {scoring.version_id}（指纹 {scoring.version.sha256[:12]}）。{demo}"


def _narrowed(asked: CandidateFilter, viewer: User | None) -> str:
    """What the list was narrowed by, in the words of its page; whose plan it is stands on the cover already."""
    words = [LISTS[asked.list]] if asked.list else []
    words += [PotentialTier(asked.potential).label] if asked.potential else []
    words += [f"今年评审{STRICTNESS[asked.strictness]}"] if asked.strictness else []
    words += [chip.words for chip in chips(asked.firms, filter_choices(viewer))]
    return "；".join(words) or "无"


def _cover(scoring: Scoring, seen: Plan, rows: Sequence[Any], narrowed: str, by: Author) -> list[tuple[str, str]]:
    return [
        ("企业数", f"{len(rows)} 家"),
        ("批次", seen.campaign.name if seen.campaign else "还没有申报批次"),
        ("目标", f"{seen.target} 家"),
        ("指标推算", _summary(seen, len(rows))),
        ("各镇街", "；".join(f"{name} {len(own)} 家" for name, own in _by_township(rows).items()) or "无"),
        ("筛选条件", narrowed),
        ("依据", _basis(scoring)),
        ("说明", REMARK),
        ("锁定", _frozen(seen.campaign)),
        ("制表", f"{by.name}　{_now()}"),
        ("审核", ""),
        ("批准", ""),
    ]


def _frozen(campaign: Campaign | None) -> str:
    """Whether the list was approved, and what has changed since."""
    if campaign is None or campaign.frozen_on is None:
        return "尚未锁定"
    since = drift(campaign)
    changed = (
        f"此后新增 {len(since.came)} 家、退出 {len(since.gone)} 家" if since.came or since.gone else "此后没有变化"
    )
    return f"{campaign.frozen_on} 由{campaign.frozen_by}锁定，{changed}"


def _now() -> str:
    return f"{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"


def _trace(asked: CandidateFilter, by: Author, count: int) -> None:
    record_event(EventKind.EXPORTED, by, None, {"list": CANDIDATE_LIST, "filter": asked.to_args(), "count": count})
    db.session.commit()
