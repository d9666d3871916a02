"""The forms of a township and of an industry."""

import re
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, ChoiceField, LineField
from crm.forms.validators import AtMost, Filled
from crm.models import Industry, Township
from crm.queries.firm_choices import choosable_township_pairs
from pipelines.names import cleaned

_SEPARATORS = re.compile("[、,，;；\\s]+")
_MOST_ALIASES = 20
_CODE = re.compile(r"\d{2,4}")


class TownshipForm(ChineseForm):
    name = LineField("名称", [Filled(), AtMost(60)])
    parent_id = ChoiceField("上级", coerce=int, blank="没有上级（县里直接管）")
    aliases = LineField("其他写法", [AtMost(500)])

    def __init__(self, township: Township | None = None) -> None:
        aliases = "、".join(township.aliases) if township else ""
        super().__init__(obj=township, data={"aliases": aliases} if township else None)
        if township and not self.is_submitted():
            self.aliases.data = aliases
        offered = choosable_township_pairs(None, township.parent_id if township else None)
        self.parent_id.offer([pair for pair in offered if township is None or pair[0] != township.id])

    @property
    def values(self) -> dict[str, Any]:
        spellings = [cleaned(each) for each in _SEPARATORS.split(self.aliases.data or "")]
        return {
            "name": self.name.data, "parent_id": self.parent_id.data, "aliases": [each for each in spellings if each],
        }  # fmt: skip

    def validate_aliases(self, field: Field) -> None:
        if len(self.values["aliases"]) > _MOST_ALIASES:
            raise ValidationError(f"其他写法最多{_MOST_ALIASES}个")


class IndustryForm(ChineseForm):
    name = LineField("名称", [Filled(), AtMost(80)])

    def __init__(self, industry: Industry | None = None) -> None:
        super().__init__(obj=industry)


class NewIndustryForm(IndustryForm):
    code = LineField("代码", [Filled()])

    def validate_code(self, field: Field) -> None:
        if not _CODE.fullmatch(field.data or ""):
            raise ValidationError("代码应为 2 至 4 位数字，如 39、397")
