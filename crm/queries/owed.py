"""What is still owed about a firm, kind by kind, whatever its day, and so what is settled: said here and nowhere else.

Reminders look at a stretch of it around today, the mark of a high risk at what is long past.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.models import CampaignWindow, Candidacy, Firm, FollowUp, Institution, Project
from crm.queries.institutions import is_standing, is_unreviewed
from pipelines.funnel.stages import OPEN, PREPARING
from pipelines.projects import RUNNING
from pipelines.vocabulary import ReminderKind


@dataclass(frozen=True)
class Owed:
    """on: the column of its day; what: that which names it in words; test: whether it is not settled as of a day.
    also: what else is joined."""

    model: Any
    on: Any
    owner_id: Any
    what: Any
    test: Callable[[Any], Sequence[sa.ColumnElement[bool]]]
    also: Callable[[Any], Any] = lambda rows: rows

    def rows(self, today: Any, *columns: Any) -> Any:
        """Of firms in the register. today: a day, or the parameter of a statement."""
        wanted: Any = sa.select(*columns).select_from(self.model).join(Firm, Firm.id == self.model.firm_id)
        return self.also(wanted).where(Firm.archived_at.is_(None), *self.test(today))


def _with_window(rows: Any) -> Any:
    """The window that counts is the newest of its campaign."""
    newest = sa.select(sa.func.max(CampaignWindow.id)).group_by(CampaignWindow.campaign_id)
    of_campaign = sa.and_(CampaignWindow.campaign_id == Candidacy.campaign_id, CampaignWindow.id.in_(newest))
    return rows.join(CampaignWindow, of_campaign)


OWED = {
    ReminderKind.APPLICATION_DEADLINE: Owed(
        Candidacy, CampaignWindow.firm_closes_on, Candidacy.owner_id, Candidacy.target,
        lambda today: [Candidacy.stage.in_(PREPARING)], _with_window,
    ),
    ReminderKind.FOLLOW_UP_DUE: Owed(
        FollowUp, FollowUp.due_on, FollowUp.owner_id, FollowUp.what, lambda today: [FollowUp.done_on.is_(None)],
    ),
    ReminderKind.CANDIDACY_DUE: Owed(
        Candidacy, Candidacy.due_on, Candidacy.owner_id, Candidacy.target, lambda today: [Candidacy.stage.in_(OPEN)],
    ),
    ReminderKind.ACCEPTANCE_DUE: Owed(
        Project, Project.acceptance_due_on, sa.func.coalesce(Project.owner_id, Firm.owner_id), Project.title,
        lambda today: [Project.stage.in_(RUNNING), Project.archived_at.is_(None)],
    ),
    ReminderKind.REVIEW_DUE: Owed(
        Institution, Institution.review_due_on, Firm.owner_id, Institution.name,
        lambda today: [is_unreviewed(), is_standing(today)],
    ),
}  # fmt: skip
