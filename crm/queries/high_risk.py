"""高风险, the third step: firms with something still owed so many working days after its day.

Nothing is stored: a matter that is settled, or gets another day, marks nobody from then on; who has it, a stop of the
firm's reminders and how long ago it was due make no difference.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Reminder, User
from crm.queries.owed import OWED, Owed
from crm.queries.reminder_rules import rules_in_force
from crm.queries.scope import within_scope
from pipelines.reminders.planning import Rules, at_risk_before, at_risk_since
from pipelines.vocabulary import ReminderKind, ReminderStatus, Title

HIGH, MINE = "high", "mine"
WHOSE = {HIGH: "高风险", MINE: "我的高风险"}


@dataclass(frozen=True)
class Risk:
    """One matter that marks its firm: which, due when, a high risk since when. told: whom mails have reached, and the
    working day of the last."""

    kind: ReminderKind
    firm_id: int
    firm: str
    matter_id: int
    campaign_id: int | None
    owner_id: int | None
    owner: str | None
    what: str
    on: date
    since: date
    told: Mapping[str, date] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return _WORDS[self.kind](self)

    @property
    def subject(self) -> str:
        """As in the keys of its reminders."""
        if self.kind is ReminderKind.APPLICATION_DEADLINE:
            return f"campaign-{self.campaign_id}-{self.owner_id or 0}"
        return f"{_SUBJECTS[self.kind]}-{self.matter_id}"


_SUBJECTS = {
    ReminderKind.FOLLOW_UP_DUE: "follow-up", ReminderKind.CANDIDACY_DUE: "candidacy",
    ReminderKind.ACCEPTANCE_DUE: "project", ReminderKind.REVIEW_DUE: "institution",
}  # fmt: skip
_WORDS: dict[ReminderKind, Callable[[Risk], str]] = {
    ReminderKind.APPLICATION_DEADLINE: lambda each: f"{Title(each.what).label}申报 {each.on} 截止，还没有提交",
    ReminderKind.FOLLOW_UP_DUE: lambda each: f"“{each.what}”应在 {each.on} 办结",
    ReminderKind.CANDIDACY_DUE: lambda each: f"{Title(each.what).label}培育要求 {each.on} 完成",
    ReminderKind.ACCEPTANCE_DUE: lambda each: f"项目“{each.what}”应在 {each.on} 前验收",
    ReminderKind.REVIEW_DUE: lambda each: f"研发机构“{each.what}”应在 {each.on} 前接受评估",
}


def _of_kind(kind: ReminderKind, owed: Owed) -> Any:
    campaign_id = owed.model.campaign_id if kind is ReminderKind.APPLICATION_DEADLINE else sa.null()
    rows = owed.rows(
        sa.bindparam("today", type_=sa.Date), sa.literal(kind.value).label("kind"), owed.model.id.label("matter_id"),
        owed.model.firm_id, owed.on.label("due_on"), owed.owner_id.label("owner_id"),
        sa.type_coerce(owed.what, sa.String).label("what"), sa.cast(campaign_id, sa.Integer).label("campaign_id"),
    )  # fmt: skip
    return rows.where(owed.on < sa.bindparam(kind.value, type_=sa.Date))


# One row a matter: all kinds that mark, in one statement. The days are its parameters: built anew for each page it took
# longer than the database takes to answer. Made with the module, and not when it is first asked for: two requests at
# once would each have made one, and a statement of both matters is every matter with every other.
_LATE: Any = sa.union_all(*(_of_kind(kind, owed) for kind, owed in OWED.items())).subquery("late")
_MATTERS: Any = (
    sa.select(_LATE, Firm.name.label("firm"), User.name.label("owner"))
    .join(Firm, Firm.id == _LATE.c.firm_id)
    .outerjoin(User, User.id == _LATE.c.owner_id)
    .order_by(_LATE.c.due_on, _LATE.c.kind, _LATE.c.matter_id)
)
_OF_FIRMS: Any = _MATTERS.where(_LATE.c.firm_id.in_(sa.bindparam("firm_ids", expanding=True)))


def firms_at_risk(whose: str, viewer: User | None, today: date) -> sa.Select[Any]:
    """The ids, not read. MINE: with a matter of the viewer's, or in his charge."""
    wanted = sa.select(_LATE.c.firm_id)
    wanted = wanted.where(_is_of(viewer)) if whose == MINE else wanted
    return wanted.params(_days(today, rules_in_force()))


def risks_of_firms(firm_ids: Collection[int], today: date) -> Mapping[int, Sequence[Risk]]:
    """Firm → what marks it; firms without a mark are not among them."""
    found: dict[int, list[Risk]] = {}
    for risk in _risks(_OF_FIRMS, today, firm_ids=list(firm_ids)):
        found.setdefault(risk.firm_id, []).append(risk)
    return found


def risks_of_firm(firm_id: int, today: date) -> list[Risk]:
    """With who was told."""
    return _with_told(list(_risks(_OF_FIRMS, today, firm_ids=[firm_id])))


def risks_for(whose: str, viewer: User, today: date, most: int) -> list[Risk]:
    """The oldest of those that the viewer may see, with who was told."""
    wanted = _MATTERS.where(_is_of(viewer)) if whose == MINE else _MATTERS
    return _with_told(list(_risks(within_scope(wanted, viewer, Firm.township_id).limit(most), today)))


def _days(today: date, rules: Rules) -> dict[str, date | None]:
    """No day: the kind marks nobody, for nothing is earlier."""
    return {"today": today} | {kind.value: at_risk_before(today, rules[kind]) for kind in OWED}


def _is_of(viewer: User | None) -> sa.ColumnElement[bool]:
    """Nobody's for the command line: no user has the number 0."""
    viewer_id = viewer.id if viewer else 0
    in_charge = sa.select(Firm.id).where(Firm.owner_id == viewer_id)
    return sa.or_(_LATE.c.owner_id == viewer_id, _LATE.c.firm_id.in_(in_charge))


def _risks(wanted: Any, today: date, **values: Any) -> Iterator[Risk]:
    rules = rules_in_force()
    for row in db.session.execute(wanted, _days(today, rules) | values):
        kind = ReminderKind(row.kind)
        since = at_risk_since(row.due_on, rules[kind]) or today
        yield Risk(
            kind, row.firm_id, row.firm, row.matter_id, row.campaign_id, row.owner_id, row.owner, row.what,
            row.due_on, since,
        )  # fmt: skip


def _with_told(risks: list[Risk]) -> list[Risk]:
    sent: Any = sa.select(Reminder.key, Reminder.planned_on, User.name).join(User, User.id == Reminder.user_id)
    sent = sent.where(
        Reminder.matter_on.in_({risk.on for risk in risks}), Reminder.kind.in_({risk.kind for risk in risks}),
        Reminder.status == ReminderStatus.SENT,
    )  # fmt: skip
    told: dict[str, dict[str, date]] = {}
    for key, planned_on, name in db.session.execute(sent.order_by(Reminder.planned_on, Reminder.id)):
        told.setdefault(key.rsplit(":", 2)[0], {})[name] = planned_on
    return [replace(risk, told=told.get(f"{risk.kind}:{risk.subject}:{risk.on}", {})) for risk in risks]
