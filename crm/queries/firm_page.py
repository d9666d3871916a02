"""Everything one firm's page shows, in the same number of queries for a firm with one patent and with a hundred."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from crm.extensions import db
from crm.models import Application, Attachment, Contact, Firm, Flag, Recognition, ReminderStop, Standing, User
from crm.queries.alliances import alliances_of
from crm.queries.attachments import files_of
from crm.queries.candidacies import candidacies_of
from crm.queries.figures_grid import Grid, figures_grid
from crm.queries.firm_potential import FirmPotential, potential_of
from crm.queries.high_risk import Risk, risks_of_firm
from crm.queries.judgements import Judgement, judgement_of
from crm.queries.masking import masked_email, masked_phone
from crm.queries.projects import FirmProject, projects_of
from crm.queries.reminder_stops import stop_of
from crm.queries.scope import within_scope
from crm.queries.timeline import Timeline, timeline
from crm.queries.visits import FirmVisits, visits_of
from pipelines.vocabulary import IpKind, IpStatus, Tier

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class ShownContact:
    """A contact as the page may show it: is_whole only after somebody asked for it and left a trace."""

    row: Contact
    phone: str | None
    email: str | None
    is_whole: bool


@dataclass(frozen=True)
class FirmPage:
    firm: Firm
    standing: Standing | None
    tier: Tier
    titles: tuple[Recognition, ...]
    badges: tuple[tuple[str, bool], ...]
    flags: tuple[Flag, ...]
    files: Sequence[Attachment]
    age: int | None
    contacts: tuple[ShownContact, ...]
    stop: ReminderStop | None
    risks: Sequence[Risk]
    ip_counts: tuple[tuple[IpKind, int, int], ...]
    applications: tuple[Application, ...]
    candidacies: Sequence[Any]
    visits: FirmVisits
    projects: Sequence[FirmProject]
    judgement: Judgement
    potential: FirmPotential
    grid: Grid
    timeline: Timeline


def firm_page(
    firm_id: int, viewer: User | None, today: date, args: Mapping[str, str] | None = None, shown: int | None = None
) -> FirmPage | None:
    """args: years, kind, before, programme, as the address has them; shown: the contact asked for just now."""
    firm = _firm(firm_id, viewer)
    if firm is None:
        return None
    args = args or {}
    standing = db.session.get(Standing, firm_id)
    tier = standing.tier if standing else Tier.PROSPECT
    applications = _applications(firm_id)
    titles = tuple(title for title in firm.recognitions if title.is_valid(today))
    return FirmPage(
        firm=firm,
        standing=standing,
        tier=tier,
        titles=titles,
        badges=(*_badges(tier, titles), *((each.name, False) for each in alliances_of(firm.id, today))),
        flags=tuple(flag for flag in firm.flags if flag.lifted_on is None or flag.lifted_on > today),
        files=files_of(firm_id),
        age=_age(firm.founded_on, today),
        contacts=tuple(_shown(contact, contact.id == shown) for contact in firm.contacts),
        stop=stop_of(firm_id, today),
        risks=risks_of_firm(firm_id, today),
        ip_counts=_ip_counts(firm),
        applications=applications,
        candidacies=candidacies_of(firm_id),
        visits=visits_of(firm_id),
        projects=projects_of(firm_id, viewer),
        judgement=judgement_of(firm, applications, today, args.get("programme")),
        potential=potential_of(firm_id),
        grid=figures_grid(firm, today, args),
        timeline=timeline(firm_id, args),
    )


def _firm(firm_id: int, viewer: User | None) -> Firm | None:
    if not 0 < firm_id <= _LARGEST_ID:
        return None
    whole = sa.select(Firm).where(Firm.id == firm_id).options(
        joinedload(Firm.township), joinedload(Firm.industry), joinedload(Firm.tech_field), joinedload(Firm.owner),
        selectinload(Firm.former_names), selectinload(Firm.flags), selectinload(Firm.contacts),
        selectinload(Firm.annual_figures), selectinload(Firm.ip_rights), selectinload(Firm.recognitions),
        selectinload(Firm.institutions),
    )  # fmt: skip
    return db.session.scalar(within_scope(whole, viewer, Firm.township_id))


def _age(founded_on: date | None, today: date) -> int | None:
    """Full years since the founding; nothing when the day is not known or lies ahead."""
    if founded_on is None or founded_on > today:
        return None
    return today.year - founded_on.year - ((today.month, today.day) < (founded_on.month, founded_on.day))


def _badges(tier: Tier, titles: Iterable[Recognition]) -> tuple[tuple[str, bool], ...]:
    """The rung the firm stands on, then its other valid titles, each once with the year it was last given."""
    given: dict[str, str] = {}
    for title in titles:  # newest first
        name = tier.label if title.title.value == tier.value else title.title.label
        given.setdefault(name, f"{name} {title.recognized_on.year}")
    rung = given.pop(tier.label, tier.label)
    return ((rung, True), *((text, False) for text in given.values()))


def _shown(contact: Contact, is_whole: bool) -> ShownContact:
    if is_whole:
        return ShownContact(contact, contact.phone, contact.email, True)
    phone = masked_phone(contact.phone) if contact.phone else None
    return ShownContact(contact, phone, masked_email(contact.email) if contact.email else None, False)


def _ip_counts(firm: Firm) -> tuple[tuple[IpKind, int, int], ...]:
    """Kind, valid ones, pending ones; kinds of which there are neither are left out."""
    valid = [right.kind for right in firm.ip_rights if right.status is IpStatus.VALID]
    pending = [right.kind for right in firm.ip_rights if right.status is IpStatus.PENDING]
    return tuple((kind, valid.count(kind), pending.count(kind)) for kind in IpKind if kind in valid + pending)


def _applications(firm_id: int) -> tuple[Application, ...]:
    newest_first = sa.select(Application).where(Application.firm_id == firm_id)
    return tuple(db.session.scalars(newest_first.order_by(Application.year.desc(), Application.id.desc())))
