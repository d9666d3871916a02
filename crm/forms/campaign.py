"""The form of a campaign: what it is for, its window, its papers."""

import re
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from crm.actions.campaigns import WINDOW
from crm.forms.fields import ChineseForm, ChoiceField, CountField, DateField, LineField, ParagraphField
from crm.forms.validators import AtMost, Chosen, Filled, YearUpTo
from crm.models import Campaign
from crm.queries.campaigns import HIGH_TECH_MATERIALS
from crm.queries.candidacies import TARGETS
from pipelines.vocabulary import Title

_MOST_MATERIALS = 60
_OF_CAMPAIGN = ("programme", "year", "round", "target_number", "note")


class CampaignForm(ChineseForm):
    programme = ChoiceField(
        "项目", [Chosen()], pairs=[(each.value, each.label) for each in TARGETS], blank=None, coerce=Title
    )
    year = CountField("年度", [Filled(), YearUpTo(ahead=1)])
    round = LineField("批次", [Filled(), AtMost(20)])
    target_number = CountField("目标家数")
    opens_on = DateField("开始日期")
    firm_closes_on = DateField("企业申报截止日期")
    hour = LineField("截止时刻", [AtMost(5)])
    authority_closes_on = DateField("主管部门推荐截止日期")
    notice_number = LineField("通知文号", [AtMost(60)])
    reason = LineField("时间变动原因", [AtMost(200)])
    note = LineField("备注", [AtMost(200)])
    materials = ParagraphField("材料清单")

    @classmethod
    def blank(cls, year: int) -> "CampaignForm":
        return cls(data={"year": year, "round": "第一批", "materials": "\n".join(HIGH_TECH_MATERIALS)})

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignForm":
        data: dict[str, Any] = {name: getattr(campaign, name) for name in _OF_CAMPAIGN}
        data |= {name: getattr(campaign.window, name, None) for name in WINDOW}
        lines = [item.label + ("" if item.is_required else "?") for item in campaign.items]
        return cls(data=data | {"materials": "\n".join(lines)})

    @property
    def papers(self) -> list[str]:
        return [line for line in (self.materials.data or "").splitlines() if line.strip()]

    def validate_hour(self, field: Field) -> None:
        if field.data and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", field.data):
            raise ValidationError("截止时刻应为 17:00 这样的时刻")

    def validate_firm_closes_on(self, field: Field) -> None:
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError("截止日期不能早于开始日期")

    def validate_materials(self, _field: Field) -> None:
        if len(self.papers) > _MOST_MATERIALS:
            raise ValidationError(f"材料清单最多 {_MOST_MATERIALS} 项")
        if long := next((line for line in self.papers if len(line) > 120), None):
            raise ValidationError(f"“{long[:20]}…”超过 120 个字，请缩短")
        names = [line.rstrip("?？").strip() for line in self.papers]
        if twin := next((name for name in names if names.count(name) > 1), None):
            raise ValidationError(f"“{twin[:40]}”写了两次")
