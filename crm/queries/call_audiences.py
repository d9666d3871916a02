"""Whom a yearly call concerns as the office chose it: the arguments of a list, asked anew when somebody is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm.extensions import db
from crm.models import Candidacy, Firm
from crm.queries.campaigns import campaign_pairs
from crm.queries.candidacies import CandidacyFilter, candidacy_rows, count_candidacies
from crm.queries.firm_choices import owner_pairs, township_pairs
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import count_firms, selection
from crm.queries.reminder_rules import decisions_by_thing
from pipelines.vocabulary import Stage, Tier, TriColor

FIRMS, CANDIDACIES = "firms", "candidacies"
LISTS = {FIRMS: "企业库里符合条件的企业", CANDIDACIES: "符合条件的培育对象"}
NAMES = {"campaign": "批次", "stage": "阶段", "township": "镇街", "owner": "责任人", "tier": "层级", "colour": "三色"}
OF_LIST = {FIRMS: ("township", "owner", "tier", "colour"), CANDIDACIES: ("campaign", "stage", "township", "owner")}
_CALL = "call:"


@dataclass(frozen=True)
class Audience:
    """which: one of LISTS; args: as the list's own address has them."""

    which: str
    args: Mapping[str, str]

    @property
    def path(self) -> str:
        return self._path(self.args)

    def path_of(self, owner_id: int | None) -> str:
        """The part of the list that one officer is told of."""
        return self._path({**self.args, "owner": str(owner_id) if owner_id else "none"})

    def count(self, today: date) -> int:
        """As many as the list holds today."""
        if self.which == FIRMS:
            return count_firms(FirmFilter.from_args(self.args), None, today).number
        return count_candidacies(CandidacyFilter.from_args(self.args), None, today)

    def firms_by_owner(self, today: date, without: Collection[int] = ()) -> dict[int | None, list[int]]:
        by_owner: dict[int | None, list[int]] = {}
        for owner_id, firm_id in db.session.execute(self._owners(today)):
            if firm_id not in without:
                by_owner.setdefault(owner_id, []).append(firm_id)
        return by_owner

    def words(self, choices: Mapping[str, Mapping[str, str]]) -> str:
        said = "，".join(f"{NAMES[name]}：{choices[name].get(text, text)}" for name, text in self.args.items())
        return f"{LISTS[self.which]}（{said}）" if said else LISTS[self.which]

    def _owners(self, today: date) -> Any:
        if self.which == FIRMS:
            firms = selection(FirmFilter.from_args(self.args), None, today)
            return sa.select(Firm.owner_id, Firm.id).where(Firm.id.in_(firms)).order_by(Firm.id)
        rows = candidacy_rows(CandidacyFilter.from_args(self.args), None, today).order_by(None).subquery()
        meant = sa.select(Candidacy.owner_id, Candidacy.firm_id).where(Candidacy.id.in_(sa.select(rows.c.id)))
        return meant.order_by(Candidacy.id)

    def _path(self, args: Mapping[str, str]) -> str:
        endpoint = "firms.index" if self.which == FIRMS else "candidacies.index"
        face = {"face": "list"} if self.which == CANDIDACIES else {}
        return current_app.url_map.bind("localhost").build(endpoint, {**args, **face})


def about_call(call_id: str, year: int) -> str:
    return f"{_CALL}{call_id}:{year}"


def audiences() -> dict[str, Audience]:
    """about_call → what was chosen last; calls that are told as in usual years are not among them."""
    newest = {about: rows[-1].value for about, rows in decisions_by_thing(_CALL).items()}
    return {about: Audience(value["which"], value["args"]) for about, value in newest.items() if value["which"]}


def audience_choices() -> dict[str, dict[str, str]]:
    """What each condition may be → its words."""
    pairs: dict[str, Any] = {
        "campaign": campaign_pairs(), "stage": [(each.value, each.label) for each in Stage],
        "township": township_pairs(None), "owner": [("none", "未分派"), *owner_pairs(None)],
        "tier": [(each.value, each.label) for each in Tier], "colour": [(each.value, each.label) for each in TriColor],
    }  # fmt: skip
    return {name: {str(value): label for value, label in entries} for name, entries in pairs.items()}
