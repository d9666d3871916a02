"""Forms by which the office adds an edition: as a text, or by filling in what a shipped one leaves blank."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField

from crm.forms.fields import ChineseForm, DateField, LineField, NumberField, ParagraphField, WordField
from crm.forms.validators import AtMost, Chosen, Filled
from pipelines.qualification.policy import Policy
from pipelines.refusals import Refusal
from pipelines.vocabulary import Programme, Unit

_LARGEST_TEXT = 200_000


class EditionForm(ChineseForm):
    programme = WordField("政策项目", Programme, [Chosen()])
    file = FileField("版本文件（yaml）")
    text = ParagraphField("或者把内容粘贴在这里")

    @property
    def content(self) -> str:
        """The file's text if one was chosen, else what was pasted."""
        upload = self.file.data
        if not upload or not upload.filename:
            if not self.text.raw_data or not self.text.raw_data[0].strip():
                raise Refusal("请选择版本文件，或把内容粘贴在框里。")
            return str(self.text.raw_data[0]).replace("\r\n", "\n")
        try:
            return str(upload.stream.read(_LARGEST_TEXT).decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise Refusal("文件不是 UTF-8 编码的文字，请另存为 UTF-8 后再上传。") from None


class FillingForm(ChineseForm):
    """The base; filling_form adds a field for each number the shipped edition leaves blank."""

    document_number = LineField("文号", [Filled(), AtMost(80)])
    in_force_from = DateField("施行日期", [Filled()])

    blanks: tuple[Any, ...] = ()

    @property
    def day(self) -> date:
        """Once the form has been found valid."""
        assert self.in_force_from.data is not None  # noqa: S101 - Filled() has seen to it
        return self.in_force_from.data

    def numbers(self) -> dict[str, Decimal]:
        """By condition; what was left empty does not stand in the notice."""
        filled = {blank.id: self[f"blank-{blank.id}"].data for blank in self.blanks}
        return {name: number for name, number in filled.items() if number is not None}

    def blank_fields(self) -> list[Any]:
        return [self[f"blank-{blank.id}"] for blank in self.blanks]


class ShareField(NumberField):
    """Typed in per cent, kept as a share."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{(Decimal(self.data) * 100).normalize():f}"

    def _read(self, typed: str) -> Decimal:
        return super()._read(typed.removesuffix("%")) / 100


def filling_form(policy: Policy) -> FillingForm:
    fields = {f"blank-{blank.id}": _field(blank) for blank in policy.blanks}
    kind = type("FillingOfEdition", (FillingForm,), fields | {"blanks": policy.blanks})
    form: FillingForm = kind()
    return form


def _field(blank: Any) -> Any:
    if blank.unit == Unit.YUAN.label:
        return NumberField(f"{blank.label}不低于（万元）", unit_size=10_000, places=6)
    if blank.unit == Unit.SHARE.label:
        return ShareField(f"{blank.label}不低于（%）")
    return NumberField(f"{blank.label}不低于（{blank.unit}）", places=0)
