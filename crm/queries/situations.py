"""Everything somebody may have to be told of, read from the records: one query a kind."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm.extensions import db
from crm.models import Campaign, Candidacy, Firm, FollowUp, Recognition, User
from crm.queries.unvisited import firms_behind
from pipelines.funnel.stages import OPEN, PREPARING
from pipelines.reminders.planning import Situation
from pipelines.reminders.workdays import workday_on_or_after
from pipelines.vocabulary import ReminderKind, Role, Title

_AHEAD = timedelta(days=400)
_BACK = timedelta(days=60)
_NAMES_TOLD = 3


def situations(today: date) -> list[Situation]:
    """Paths are told, not addresses: the mail puts the office's own before them."""
    return [*_deadlines(today), *_certificates(today), *_follow_ups(today), *_candidacies(today), *_visits(today)]


def chief_id() -> int | None:
    """The section chief who is told beside, or instead of, the owner: the first in use."""
    chiefs = sa.select(User.id).where(User.role == Role.SECTION_CHIEF, User.active).order_by(User.id)
    return db.session.scalar(chiefs.limit(1))


def _path(endpoint: str, **values: object) -> str:
    """Without a request, as the clock asks it."""
    return current_app.url_map.bind("localhost").build(endpoint, {k: v for k, v in values.items() if v is not None})


def _deadlines(today: date) -> Iterator[Situation]:
    """Of each campaign whose firms' deadline lies ahead, everybody who has candidacies not yet handed in."""
    preparing: Any = sa.select(Candidacy.campaign_id, Candidacy.owner_id, sa.func.count())
    preparing = preparing.where(Candidacy.stage.in_(PREPARING), Candidacy.campaign_id.is_not(None))
    counts: dict[int, dict[int | None, int]] = {}
    for campaign_id, owner_id, number in db.session.execute(
        preparing.group_by(Candidacy.campaign_id, Candidacy.owner_id)
    ):
        counts.setdefault(campaign_id or 0, {})[owner_id] = number
    for campaign in db.session.scalars(sa.select(Campaign).where(Campaign.id.in_(counts))):
        window = campaign.window
        if window is None or window.firm_closes_on is None or window.firm_closes_on < today:
            continue
        hour = f" {window.hour}" if window.hour else ""
        for owner_id, number in counts[campaign.id].items():
            words = f"{campaign.name} 企业申报 {window.firm_closes_on}{hour} 截止，还有 {number} 家没有提交"
            path = _path("candidacies.index", campaign=campaign.id, owner=owner_id or "none", face="list")
            subject = f"campaign-{campaign.id}-{owner_id or 0}"
            yield Situation(ReminderKind.APPLICATION_DEADLINE, subject, window.firm_closes_on, owner_id, words, path)


def _certificates(today: date) -> Iterator[Situation]:
    """高企 certificates that end and are followed by none: those of one owner that end on one day are one matter."""
    later = sa.orm.aliased(Recognition)
    followed = sa.exists().where(
        later.firm_id == Recognition.firm_id, later.title == Title.HIGH_TECH,
        later.recognized_on > Recognition.recognized_on,
    )  # fmt: skip
    ending = sa.select(Firm.id, Firm.name, Firm.owner_id, Recognition.valid_until)
    ending = ending.join(Firm, Firm.id == Recognition.firm_id).where(
        Recognition.title == Title.HIGH_TECH, Recognition.ended_on.is_(None), ~followed, Firm.archived_at.is_(None),
        Recognition.valid_until.between(today, today + _AHEAD),
    )  # fmt: skip
    together: dict[tuple[int | None, date], list[tuple[int, str]]] = {}
    for firm_id, name, owner_id, until in db.session.execute(ending.order_by(Firm.id)):
        together.setdefault((owner_id, until or today), []).append((firm_id, name))
    for (owner_id, until), firms in together.items():
        words = f"{_named([name for _, name in firms])}的高企证书 {until} 到期，请准备重新认定"
        path = _path("firms.index", owner=owner_id or "none", expiring_before=until + timedelta(days=1))
        if len(firms) == 1:
            path = _path("firms.show", firm_id=firms[0][0], tab="recognitions")
        subject = f"certificates-{owner_id or 0}"
        yield Situation(ReminderKind.CERTIFICATE_EXPIRING, subject, until, owner_id, words, path)


def _named(names: list[str]) -> str:
    """甲公司；甲公司、乙公司、丙公司等 12 家"""
    if len(names) == 1:
        return names[0]
    return "、".join(names[:_NAMES_TOLD]) + f"{'等' if len(names) > _NAMES_TOLD else ''} {len(names)} 家"


def _follow_ups(today: date) -> Iterator[Situation]:
    owed = sa.select(FollowUp, Firm.name).join(Firm, Firm.id == FollowUp.firm_id)
    owed = owed.where(
        FollowUp.done_on.is_(None), FollowUp.due_on.between(today - _BACK, today + _BACK), Firm.archived_at.is_(None)
    )
    for follow_up, name in db.session.execute(owed):
        words = f"{name}：{'诉求' if follow_up.is_need else '跟进'}“{follow_up.what[:80]}”应在 {follow_up.due_on} 办结"
        path = _path("firms.show", firm_id=follow_up.firm_id, tab="visits")
        subject = f"follow-up-{follow_up.id}"
        yield Situation(ReminderKind.FOLLOW_UP_DUE, subject, follow_up.due_on, follow_up.owner_id, words, path)


def _candidacies(today: date) -> Iterator[Situation]:
    due = sa.select(Candidacy, Firm.name).join(Firm, Firm.id == Candidacy.firm_id)
    due = due.where(Candidacy.stage.in_(OPEN), Candidacy.due_on.between(today - _BACK, today + _BACK))
    for candidacy, name in db.session.execute(due.where(Firm.archived_at.is_(None))):
        words = f"{name}（{candidacy.target.label}，{candidacy.stage.label}）要求 {candidacy.due_on} 完成"
        path = _path("candidacies.show", candidacy_id=candidacy.id)
        subject = f"candidacy-{candidacy.id}"
        yield Situation(ReminderKind.CANDIDACY_DUE, subject, candidacy.due_on or today, candidacy.owner_id, words, path)


def _visits(today: date) -> Iterator[Situation]:
    """Once a month, on its first working day: how many firms of each officer are to be visited."""
    on = workday_on_or_after(today.replace(day=1))
    behind: dict[int | None, list[str]] = {}
    for row in firms_behind(None, today) if today == on else ():
        behind.setdefault(row.owner_id, []).append(row.name)
    for owner_id, names in behind.items():
        words = f"{_named(names)}到期未走访"
        path = _path("visits.behind", owner=owner_id)
        yield Situation(ReminderKind.VISIT_OVERDUE, f"visits-{owner_id or 0}", on, owner_id, words, path)
