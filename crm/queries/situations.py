"""Everything somebody may have to be told of, read from the records: one query a kind."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.extensions import db
from crm.models import (
    Campaign,
    CampaignWindow,
    Candidacy,
    Event,
    Firm,
    FollowUp,
    Institution,
    Project,
    Recognition,
    Standing,
    User,
    Visit,
)
from crm.models.standing import lacks_last_year
from crm.queries.call_audiences import about_call, audiences
from crm.queries.call_offsets import offsets_in_force
from crm.queries.calls import dated_calls
from crm.queries.news import count_between
from crm.queries.owed import OWED
from crm.queries.unvisited import firms_behind
from pipelines.reminders.planning import AHEAD, BACK, Situation
from pipelines.reminders.workdays import three_months_after, workday_on_or_after
from pipelines.vocabulary import CallAudience, EventKind, ReminderKind, Role, Tier, Title

_NAMES_TOLD = 3


def situations(
    today: date, without: Collection[int] = (), kinds: Iterable[ReminderKind] = ReminderKind
) -> list[Situation]:
    """Paths are told, not addresses: the mail puts the office's own before them.

    without: firms that cause no reminder; they are not counted either where a matter counts firms.
    """
    asked = dict.fromkeys(_READ_BY[kind] for kind in kinds)
    return [each for read in asked for each in read(today, without)]


def muted() -> set[tuple[int, ReminderKind]]:
    """Who does not want to be told of which kind."""
    people = db.session.execute(sa.select(User.id, User.muted_kinds))
    return {(user_id, ReminderKind(kind)) for user_id, kinds in people for kind in kinds}


def chief_id() -> int | None:
    """The section chief who is told beside, or instead of, the owner: the first in use."""
    chiefs = sa.select(User.id).where(User.role == Role.SECTION_CHIEF, User.active).order_by(User.id)
    return db.session.scalar(chiefs.limit(1))


def _path(endpoint: str, **values: object) -> str:
    """Without a request, as the clock asks it."""
    return current_app.url_map.bind("localhost").build(endpoint, {k: v for k, v in values.items() if v is not None})


def _deadlines(today: date, without: Collection[int]) -> Iterator[Situation]:
    """Of each campaign whose firms' deadline lies ahead, everybody who has candidacies not yet handed in."""
    owed = OWED[ReminderKind.APPLICATION_DEADLINE]
    preparing = owed.rows(
        today, Candidacy.campaign_id, owed.on, CampaignWindow.hour, Candidacy.owner_id, Candidacy.firm_id
    ).where(owed.on >= today, Candidacy.firm_id.not_in(without))
    together: dict[tuple[int, date, str | None, int | None], list[int]] = {}
    for *shared, firm_id in db.session.execute(preparing.order_by(Candidacy.id)):
        together.setdefault(tuple(shared), []).append(firm_id)
    campaigns = sa.select(Campaign).where(Campaign.id.in_({campaign_id for campaign_id, *_ in together}))
    names = {campaign.id: campaign.name for campaign in db.session.scalars(campaigns)}
    for (campaign_id, on, hour, owner_id), firm_ids in together.items():
        cut_off = f" {hour}" if hour else ""
        words = f"{names[campaign_id]} 企业申报 {on}{cut_off} 截止，还有 {len(firm_ids)} 家没有提交"
        path = _path("candidacies.index", campaign=campaign_id, owner=owner_id or "none", face="list")
        subject = f"campaign-{campaign_id}-{owner_id or 0}"
        yield Situation(
            ReminderKind.APPLICATION_DEADLINE, subject, on, owner_id, words, path, firm_ids=tuple(firm_ids),
        )  # fmt: skip


def _certificates(today: date, without: Collection[int]) -> Iterator[Situation]:
    """高企 certificates that end and are followed by none: those of one owner that end on one day are one matter."""
    later = sa.orm.aliased(Recognition)
    followed = sa.exists().where(
        later.firm_id == Recognition.firm_id, later.title == Title.HIGH_TECH,
        later.recognized_on > Recognition.recognized_on,
    )  # fmt: skip
    ending = sa.select(Firm.id, Firm.name, Firm.owner_id, Recognition.valid_until)
    ending = ending.join(Firm, Firm.id == Recognition.firm_id).where(
        Recognition.title == Title.HIGH_TECH, Recognition.ended_on.is_(None), ~followed, Firm.archived_at.is_(None),
        Recognition.valid_until.between(today, today + AHEAD), Firm.id.not_in(without),
    )  # fmt: skip
    together: dict[tuple[int | None, date], list[tuple[int, str]]] = {}
    for firm_id, name, owner_id, until in db.session.execute(ending.order_by(Firm.id)):
        together.setdefault((owner_id, until or today), []).append((firm_id, name))
    for (owner_id, until), firms in together.items():
        words = f"{_named([name for _, name in firms])}的高企证书 {until} 到期，请准备重新认定"
        path = (
            _path("firms.show", firm_id=firms[0][0], tab="recognitions")
            if len(firms) == 1
            else _path("firms.index", owner=owner_id or "none", expiring_before=until + timedelta(days=1))
        )
        subject = f"certificates-{owner_id or 0}"
        ids = tuple(firm_id for firm_id, _ in firms)
        yield Situation(ReminderKind.CERTIFICATE_EXPIRING, subject, until, owner_id, words, path, firm_ids=ids)


def _named(names: list[str]) -> str:
    """甲公司；甲公司、乙公司、丙公司等 12 家"""
    if len(names) == 1:
        return names[0]
    return "、".join(names[:_NAMES_TOLD]) + f"{'等' if len(names) > _NAMES_TOLD else ''} {len(names)} 家"


def _follow_ups(today: date, without: Collection[int]) -> Iterator[Situation]:
    owed = OWED[ReminderKind.FOLLOW_UP_DUE].rows(today, FollowUp, Firm.name)
    owed = owed.where(FollowUp.due_on.between(today - BACK, today + AHEAD), Firm.id.not_in(without))
    for follow_up, name in db.session.execute(owed):
        words = f"{name}：{'诉求' if follow_up.is_need else '跟进'}“{follow_up.what[:80]}”应在 {follow_up.due_on} 办结"
        path = _path("firms.show", firm_id=follow_up.firm_id, tab="visits")
        subject = f"follow-up-{follow_up.id}"
        yield Situation(
            ReminderKind.FOLLOW_UP_DUE, subject, follow_up.due_on, follow_up.owner_id, words, path,
            firm_ids=(follow_up.firm_id,),
        )  # fmt: skip


def _candidacies(today: date, without: Collection[int]) -> Iterator[Situation]:
    due = OWED[ReminderKind.CANDIDACY_DUE].rows(today, Candidacy, Firm.name)
    due = due.where(Candidacy.due_on.between(today - BACK, today + AHEAD), Firm.id.not_in(without))
    for candidacy, name in db.session.execute(due):
        words = f"{name}（{candidacy.target.label}，{candidacy.stage.label}）要求 {candidacy.due_on} 完成"
        path = _path("candidacies.show", candidacy_id=candidacy.id)
        subject = f"candidacy-{candidacy.id}"
        yield Situation(
            ReminderKind.CANDIDACY_DUE, subject, candidacy.due_on or today, candidacy.owner_id, words, path,
            firm_ids=(candidacy.firm_id,),
        )  # fmt: skip


def _visits(today: date, without: Collection[int]) -> Iterator[Situation]:
    """Once a month, on its first working day: how many firms of each officer are to be visited."""
    on = workday_on_or_after(today.replace(day=1))
    behind: dict[int | None, list[str]] = {}
    for row in firms_behind(None, today) if today == on else ():
        if row.firm_id in without:
            continue
        behind.setdefault(row.owner_id, []).append(row.name)
    for owner_id, names in behind.items():
        words = f"{_named(names)}到期未走访"
        path = _path("visits.behind", owner=owner_id)
        yield Situation(ReminderKind.VISIT_OVERDUE, f"visits-{owner_id or 0}", on, owner_id, words, path)


def _calls(today: date, without: Collection[int]) -> Iterator[Situation]:
    """The yearly filings and applications: each officer with as many firms as they concern, or the section's chief.

    Whom they concern is asked anew each time: of the list that the office chose, else of who holds the title today.
    """
    chosen, offsets = audiences(), offsets_in_force()
    holders = {audience: _holders(title, today, without) for audience, title in _HELD.items()}
    for dated in (each for year in (today.year, today.year + 1) for each in dated_calls(year)):
        if not today - BACK <= dated.on <= today + AHEAD:
            continue
        kind = ReminderKind.ANNUAL_REPORT_DUE if dated.call.id == "annual_report" else ReminderKind.CALL_DUE
        audience = chosen.get(about_call(dated.call.id, dated.year))
        told: dict[int | None, list[int]] = (
            audience.firms_by_owner(today, without) if audience else holders.get(dated.call.audience, {None: []})
        )
        for owner_id, firm_ids in told.items():
            words = dated.words + (f"，名下 {len(firm_ids)} 家企业" if firm_ids else "")
            subject = f"call-{dated.call.id}-{dated.year}-{owner_id or 0}"
            days, since = offsets[dated.call.id]
            path = audience.path_of(owner_id) if audience else _path("calendars.calls", year=dated.year)
            yield Situation(kind, subject, dated.on, owner_id, words, path, days, tuple(firm_ids), since)


_HELD = {CallAudience.HIGH_TECH: Title.HIGH_TECH, CallAudience.NATIONAL_TECH_SME: Title.NATIONAL_TECH_SME}


def _holders(title: Title, today: date, without: Collection[int]) -> dict[int | None, list[int]]:
    """Owner → firms that hold the title today."""
    held: Any = sa.select(Firm.owner_id, Firm.id).distinct()
    held = held.join(Recognition, Recognition.firm_id == Firm.id).where(
        Firm.archived_at.is_(None), Recognition.title == title, Recognition.recognized_on <= today,
        sa.or_(Recognition.valid_until.is_(None), Recognition.valid_until >= today),
        sa.or_(Recognition.ended_on.is_(None), Recognition.ended_on > today), Firm.id.not_in(without),
    )  # fmt: skip
    by_owner: dict[int | None, list[int]] = {}
    for owner_id, firm_id in db.session.execute(held.order_by(Firm.id)):
        by_owner.setdefault(owner_id, []).append(firm_id)
    return by_owner


def _missing_figures(today: date, without: Collection[int]) -> Iterator[Situation]:
    """From March on, once a month: 高企 and candidates whose figures of last year nobody has collected."""
    on = workday_on_or_after(today.replace(day=1))
    if today != on or today.month < _FIRST_MONTH_OF_FIGURES:
        return
    candidate = sa.exists().where(Candidacy.firm_id == Standing.firm_id, Candidacy.closed_on.is_(None))
    missing: Any = sa.select(Standing.owner_id, sa.func.count()).where(
        lacks_last_year(Standing.figures), Standing.is_archived.is_(False),
        sa.or_(Standing.tier == Tier.HIGH_TECH, candidate), Standing.firm_id.not_in(without),
    )  # fmt: skip
    for owner_id, number in db.session.execute(missing.group_by(Standing.owner_id)):
        words = f"{number} 家高企和培育对象还缺 {today.year - 1} 年的数据"
        path = _path("firms.index", owner=owner_id or "none", figures="missing")
        subject = f"figures-{owner_id or 0}-{on:%Y-%m}"
        yield Situation(ReminderKind.FIGURES_MISSING, subject, on, owner_id, words, path)


_FIRST_MONTH_OF_FIGURES = 3


def _name_changes(today: date, without: Collection[int]) -> Iterator[Situation]:
    """A 高企 that changes its name reports it within three months (32号 第十七条)."""
    since = datetime.combine(today - _NAME_CHANGE, datetime.min.time(), tzinfo=clock.OFFICE_ZONE)
    renamed: Any = sa.select(Event.id, Event.at, Event.particulars, Firm.id, Firm.name, Firm.owner_id)
    renamed = renamed.join(Firm, Firm.id == Event.firm_id).join(Standing, Standing.firm_id == Firm.id)
    renamed = renamed.where(
        Event.kind == EventKind.FIRM_UPDATED, Event.at >= since, Standing.tier == Tier.HIGH_TECH,
        Firm.archived_at.is_(None), Firm.id.not_in(without),
    )  # fmt: skip
    for event_id, at, particulars, firm_id, name, owner_id in db.session.execute(renamed):
        if not any(change.get("field") == "name" for change in particulars.get("changes", ())):
            continue
        on = three_months_after(at.astimezone(clock.OFFICE_ZONE).date())
        words = f"{name}已更名，应在 {on} 前报告名称变更（第十七条）"
        path = _path("firms.show", firm_id=firm_id, tab="recognitions")
        subject = f"name-{event_id}"
        yield Situation(ReminderKind.NAME_CHANGE_DUE, subject, on, owner_id, words, path, firm_ids=(firm_id,))


_NAME_CHANGE = timedelta(days=100)


def _acceptances(today: date, without: Collection[int]) -> Iterator[Situation]:
    """Projects that are to be accepted: told to their officer, else to their firm's."""
    owed = OWED[ReminderKind.ACCEPTANCE_DUE]
    due = owed.rows(today, Project.id, Project.title, Project.programme, owed.on, owed.owner_id, Firm.name, Firm.id)
    due = due.where(owed.on.between(today, today + AHEAD), Firm.id.not_in(without))
    for project_id, title, programme, on, owner_id, name, firm_id in db.session.execute(due.order_by(Project.id)):
        words = f"{name}的{programme.label.removesuffix('项目')}项目“{title[:80]}”应在 {on} 前验收"
        path = _path("projects.show", project_id=project_id)
        subject = f"project-{project_id}"
        yield Situation(ReminderKind.ACCEPTANCE_DUE, subject, on, owner_id, words, path, firm_ids=(firm_id,))


def _reviews(today: date, without: Collection[int]) -> Iterator[Situation]:
    """Institutions whose next review nobody has made yet: told to the officer of their firm."""
    due = OWED[ReminderKind.REVIEW_DUE].rows(
        today, Institution.id, Institution.name, Institution.level, Institution.kind, Institution.review_due_on,
        Firm.id, Firm.name, Firm.owner_id,
    )  # fmt: skip
    due = due.where(Institution.review_due_on.between(today, today + AHEAD), Firm.id.not_in(without))
    for institution_id, name, level, kind, on, firm_id, firm, owner_id in db.session.execute(
        due.order_by(Institution.id)
    ):
        words = f"{firm}的{level.label}{kind.label}“{name}”应在 {on} 前接受评估"
        path = _path("firms.show", firm_id=firm_id, tab="institutions")
        subject = f"institution-{institution_id}"
        yield Situation(ReminderKind.REVIEW_DUE, subject, on, owner_id, words, path, firm_ids=(firm_id,))


def _weeks(today: date, without: Collection[int]) -> Iterator[Situation]:
    """On the first working day of a week: what each officer did in the last one and owes in this one."""
    monday = today - timedelta(days=today.weekday())
    if today != workday_on_or_after(monday):
        return
    last = monday - timedelta(days=7)
    visits = _by_person(sa.select(Visit.by_id, sa.func.count()).where(Visit.visited_on.between(last, monday - _DAY)))
    done = _by_person(_owned(without).where(FollowUp.done_on.between(last, monday - _DAY)))
    late = _by_person(_owned(without).where(FollowUp.done_on.is_(None), FollowUp.due_on < today))
    coming = _by_person(
        _owned(without).where(FollowUp.done_on.is_(None), FollowUp.due_on.between(today, monday + _SIX_DAYS))
    )
    changes = count_between(*(datetime.combine(day, time.min, clock.OFFICE_ZONE) for day in (last, monday)))
    for person in sorted({*visits, *done, *late, *coming}):
        words = (
            f"上周走访 {visits.get(person, 0)} 次、办结 {done.get(person, 0)} 件；"
            f"本周到期 {coming.get(person, 0)} 件，逾期 {late.get(person, 0)} 件"
            + (f"；全县上周有 {changes} 条证书、结果、期限等变化，见“动态”" if changes else "")
        )
        subject = f"week-{person}-{monday}"
        yield Situation(ReminderKind.WEEKLY_DIGEST, subject, today, person, words, _path("home.index"))


_DAY, _SIX_DAYS = timedelta(days=1), timedelta(days=6)


def _owned(without: Collection[int]) -> Any:
    return sa.select(FollowUp.owner_id, sa.func.count()).join(Firm, Firm.id == FollowUp.firm_id).where(
        Firm.archived_at.is_(None), Firm.id.not_in(without)
    )  # fmt: skip


def _by_person(counted: Any) -> dict[int, int]:
    column = counted.selected_columns[0]
    rows = db.session.execute(counted.where(column.is_not(None)).group_by(column))
    return dict(tuple(row) for row in rows)


_READ_BY: dict[ReminderKind, Callable[[date, Collection[int]], Iterator[Situation]]] = {
    ReminderKind.APPLICATION_DEADLINE: _deadlines,
    ReminderKind.CERTIFICATE_EXPIRING: _certificates,
    ReminderKind.FOLLOW_UP_DUE: _follow_ups,
    ReminderKind.CANDIDACY_DUE: _candidacies,
    ReminderKind.VISIT_OVERDUE: _visits,
    ReminderKind.ANNUAL_REPORT_DUE: _calls,
    ReminderKind.CALL_DUE: _calls,
    ReminderKind.FIGURES_MISSING: _missing_figures,
    ReminderKind.NAME_CHANGE_DUE: _name_changes,
    ReminderKind.ACCEPTANCE_DUE: _acceptances,
    ReminderKind.REVIEW_DUE: _reviews,
    ReminderKind.WEEKLY_DIGEST: _weeks,
}
