"""Deeds on campaigns: set up, extended, frozen; and on the papers of their candidacies."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import plain, write
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import Campaign, CampaignWindow, Candidacy, FrozenCandidate, Material, MaterialItem
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, MaterialState

WINDOW = ("opens_on", "firm_closes_on", "hour", "authority_closes_on", "notice_number")
_CAMPAIGN = ("programme", "year", "round", "target_number", "note")


def save_campaign(campaign_id: int | None, values: Mapping[str, Any], materials: Sequence[str], by: Author) -> Campaign:
    """values: of the campaign and of its window; a window that differs is a further row, with its reason.

    materials: one paper a line, a ? at its end for one that is not required. What has been checked is kept by its name.
    """
    begin_exclusive()
    db.session.expire_all()
    _refuse_twin(campaign_id, values)
    campaign = db.session.get_one(Campaign, campaign_id) if campaign_id else Campaign()
    changes = [*write(campaign, {name: values[name] for name in _CAMPAIGN})]
    db.session.add(campaign)
    db.session.flush()
    changes += _write_window(campaign, values, by)
    changes += _write_items(campaign, materials)
    if changes:
        record_event(EventKind.CAMPAIGN_SAVED, by, None, {"subject": campaign.name, "changes": changes})
    db.session.commit()
    return campaign


def freeze_campaign(campaign_id: int, by: Author) -> int:
    """Write down who is in it today as the approved list; answers how many. Once frozen it stays."""
    begin_exclusive()
    db.session.expire_all()
    campaign = db.session.get_one(Campaign, campaign_id)
    if campaign.frozen_on:
        raise Refusal(f"候选名单已于 {campaign.frozen_on} 由{campaign.frozen_by}锁定。")
    firms = db.session.scalars(sa.select(Candidacy.firm_id).filter_by(campaign_id=campaign.id, closed_on=None)).all()
    if not firms:
        raise Refusal("本批次还没有培育对象，不能锁定候选名单。")
    db.session.add_all(FrozenCandidate(campaign_id=campaign.id, firm_id=firm_id) for firm_id in set(firms))
    campaign.frozen_on, campaign.frozen_by = clock.today(), by.name
    record_event(EventKind.CAMPAIGN_FROZEN, by, None, {"subject": campaign.name, "count": len(set(firms))})
    db.session.commit()
    return len(set(firms))


def check_materials(candidacy_id: int, given: Mapping[int, tuple[MaterialState, str | None]], by: Author) -> int:
    """given: item → state and what is still missing; answers how many changed. Handing in counts the version up."""
    begin_exclusive()
    db.session.expire_all()
    candidacy = db.session.get_one(Candidacy, candidacy_id)
    items = {item.id: item for item in candidacy.campaign.items} if candidacy.campaign else {}
    known = {row.item_id: row for row in db.session.scalars(sa.select(Material).filter_by(candidacy_id=candidacy_id))}
    changes = []
    for item_id, (state, gap_note) in given.items():
        row = known.get(item_id) or Material(candidacy_id=candidacy_id, item_id=item_id, state=MaterialState.MISSING)
        if item_id not in items or (row.state, row.gap_note) == (state, gap_note):
            continue
        changes.append({"field": items[item_id].label, "old": row.state.label, "new": state.label})
        handed_in = state is not MaterialState.MISSING and row.state is not state and state is not MaterialState.CHECKED
        row.version = (row.version or 0) + handed_in
        row.state, row.gap_note, row.reviewer = state, gap_note, by.name
        db.session.add(row)
    if changes:
        about = {"subject": candidacy.target.label, "subject_id": candidacy.id, "changes": changes}
        record_event(EventKind.MATERIAL_CHECKED, by, candidacy.firm_id, about)
    db.session.commit()
    return len(changes)


def _refuse_twin(campaign_id: int | None, values: Mapping[str, Any]) -> None:
    same = sa.select(Campaign.id).filter_by(programme=values["programme"], year=values["year"], round=values["round"])
    twin = db.session.scalar(same)
    if twin and twin != campaign_id:
        raise Refusal("已有同一项目、年度、批次的申报批次，没有重复新增。")


def _write_window(campaign: Campaign, values: Mapping[str, Any], by: Author) -> list[dict[str, Any]]:
    asked = {name: values[name] for name in WINDOW}
    before = {name: getattr(campaign.window, name) for name in WINDOW} if campaign.window else dict.fromkeys(WINDOW)
    changes = [
        {"field": name, "old": plain(before[name]), "new": plain(asked[name])}
        for name in WINDOW
        if plain(before[name]) != plain(asked[name])
    ]
    if not changes:
        return []
    if campaign.window and not values.get("reason"):
        raise Refusal("申报时间有变动，请填写变动原因（如延期通知的文号）。")
    window = CampaignWindow(campaign_id=campaign.id, by_name=by.name, reason=values.get("reason"), **asked)
    campaign.windows.append(window)
    return changes


def _write_items(campaign: Campaign, materials: Sequence[str]) -> list[dict[str, Any]]:
    wanted = {line.rstrip("?？").strip(): not line.endswith(("?", "？")) for line in materials}
    known = {item.label: item for item in campaign.items}
    changes = []
    for label in [label for label in known if label not in wanted]:
        if db.session.scalar(sa.select(Material.id).filter_by(item_id=known[label].id).limit(1)):
            raise Refusal(f"“{label}”已有企业交过材料，不能从清单里去掉。")
        campaign.items.remove(known[label])
        db.session.delete(known[label])
        changes.append({"field": "材料清单", "old": label, "new": None})
    for position, (label, is_required) in enumerate(wanted.items(), start=1):
        item = known.get(label)
        if item is None:
            item = MaterialItem(campaign_id=campaign.id, label=label)
            campaign.items.append(item)
            changes.append({"field": "材料清单", "old": None, "new": label})
        item.position, item.is_required = position, is_required
    return changes
