"""The form of a template of exports: a number beside every column that is to stand there, and what to call it."""

from typing import Any, NamedTuple

from flask import request
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, LineField
from crm.forms.validators import AtMost, Filled
from crm.models import ExportTemplate
from crm.queries.export_columns import Offer, lost_columns, offers, offers_by_key
from pipelines.names import cleaned

_PLACE, _HEADING = "place:", "heading:"
_MOST_COLUMNS, _LONGEST_HEADING, _LARGEST_PLACE = 120, 60, 999


class OfferedColumn(NamedTuple):
    """A line of the form: what stands typed beside an offer."""

    offer: Offer
    place: str
    heading: str


class ExportTemplateForm(ChineseForm):
    name = LineField("名称", [Filled(), AtMost(60)], description="如：高企申报汇总表")
    title = LineField("表格标题", [AtMost(120)], description="写在表的第一行，可以不写")
    by_township = BooleanField("每个镇街一张工作表")
    names_maker = BooleanField("表后写制表人、时间和范围", default=True)
    version = HiddenField()

    def __init__(self, template: ExportTemplate | None = None) -> None:
        super().__init__(obj=template)
        self._kept = template.columns if template else []
        self.lost = lost_columns(template) if template else []

    @property
    def groups(self) -> dict[str, list[OfferedColumn]]:
        typed = self._typed()
        return {
            name: [OfferedColumn(offer, *typed.get(offer.key, ("", ""))) for offer in group]
            for name, group in offers().items()
        }

    @property
    def seen_version(self) -> int:
        return int(self.version.data) if str(self.version.data).isdecimal() and len(self.version.data) < 10 else 0

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.data, "title": self.title.data, "by_township": self.by_township.data,
            "names_maker": self.names_maker.data, "columns": self._chosen(),
        }  # fmt: skip

    def validate_name(self, _field: LineField) -> None:
        chosen = self._chosen()
        if not chosen:
            raise ValidationError("还没有选列：请在要导出的列前填写顺序，如 1、2、3")
        if len(chosen) > _MOST_COLUMNS:
            raise ValidationError(f"最多 {_MOST_COLUMNS} 列，现在是 {len(chosen)} 列")
        for key, (place, heading) in self._typed().items():
            label = offers_by_key()[key].label
            if place and not _number(place):
                raise ValidationError(f"“{label}”的顺序应为 1 至 {_LARGEST_PLACE} 的整数")
            if len(heading) > _LONGEST_HEADING:
                raise ValidationError(f"“{label}”的标题应为 {_LONGEST_HEADING} 个字以内")

    def _typed(self) -> dict[str, tuple[str, str]]:
        """What stands in the fields: as sent, or as the template has it."""
        if not self.is_submitted():
            return {each["key"]: (str(place), each["heading"]) for place, each in enumerate(self._kept, start=1)}
        sent = {key: request.form.get(f"{_PLACE}{key}", "").strip() for key in offers_by_key()}
        return {key: (place, cleaned(request.form.get(f"{_HEADING}{key}", ""))) for key, place in sent.items()}

    def _chosen(self) -> list[dict[str, str]]:
        """In the order of their numbers; of the same number as the form lists them."""
        typed = self._typed()
        placed = [(_number(place), key) for key, (place, _) in typed.items() if _number(place)]
        return [{"key": key, "heading": typed[key][1]} for _, key in sorted(placed, key=lambda pair: pair[0])]


def _number(text: str) -> int:
    """A number of a place; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _LARGEST_PLACE else 0
