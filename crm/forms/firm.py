"""The form of a firm. Its labels are the titles of the ledger's columns."""

from typing import Any

from flask_login import current_user
from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from crm.forms.fields import (
    ChineseForm,
    ChoiceField,
    DateField,
    LineField,
    ParagraphField,
    UsccField,
    WanYuanField,
    WordField,
)
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.models import Firm
from crm.queries.duplicates import Duplicates, duplicates
from crm.queries.firm_choices import choosable_township_pairs, industry_pairs, owner_pairs, tech_field_pairs
from crm.queries.scope import visible_townships
from pipelines.sheets.columns import column
from pipelines.vocabulary import FirmStatus, LevyMode


def _title(field: str) -> str:
    return column(field).title


def _longest(field: str) -> AtMost:
    return AtMost(column(field).longest)


def yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("yes", "no"):
        raise ValueError
    return value == "yes"


class FirmForm(OpenedForm):
    """For a new firm and for correcting one; `found` is what the search for duplicates brought up."""

    name = LineField(_title("name"), [Filled(), _longest("name")])
    uscc = UsccField(_title("uscc"), [Filled()])
    status = WordField(_title("status"), FirmStatus, [Chosen()], blank=None, default=FirmStatus.ACTIVE)
    township_id = ChoiceField(_title("township_id"), coerce=int)
    park = LineField(_title("park"), [_longest("park")])
    address = LineField(_title("address"), [_longest("address")])
    founded_on = DateField(_title("founded_on"), [NotInFuture()])
    registered_capital = WanYuanField(_title("registered_capital"))
    legal_representative = LineField(_title("legal_representative"), [_longest("legal_representative")])
    industry_code = ChoiceField(_title("industry_code"))
    tech_field_code = ChoiceField(_title("tech_field_code"))
    levy_mode = WordField(_title("levy_mode"), LevyMode)
    above_scale = ChoiceField(_title("above_scale"), pairs=[("yes", "是"), ("no", "否")], coerce=yes_or_no)
    main_products = ParagraphField(_title("main_products"), [_longest("main_products")])
    owner_id = ChoiceField(_title("owner_id"), coerce=int)
    liaison = LineField(_title("liaison"), [_longest("liaison")])
    remark = ParagraphField(_title("remark"), [_longest("remark")])

    firm_id: int | None = None
    found = Duplicates()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firm: Firm | None = kwargs.get("obj")
        self.firm_id = firm.id if firm else None
        self.township_id.offer(choosable_township_pairs(current_user, firm.township_id if firm else None))
        self.industry_code.offer(industry_pairs(firm.industry_code if firm else None))
        self.tech_field_code.offer(tech_field_pairs())
        self.owner_id.offer(owner_pairs(firm.owner_id if firm else None))

    def validate_township_id(self, field: Field) -> None:
        """Who has an area of their own would lose sight of a firm outside it."""
        if field.data is None and visible_townships(current_user) is not None:
            raise ValidationError(f"请选择{field.label.text}")

    def validate_uscc(self, field: Field) -> None:
        if field.errors:
            return
        self.found = duplicates(field.data, None, current_user, self.firm_id)
        if self.found.same_code:
            raise ValidationError(f"该代码已属于在库企业“{self.found.same_code.name}”，不能重复")
        if self.found.code_is_hidden:
            raise ValidationError("该代码已属于您辖区之外的在库企业，请联系局高新科核对")


class NewFirmForm(FirmForm):
    """confirmed: the name for which the likely duplicates were looked at; under another name they would be others."""

    confirmed = HiddenField()

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "confirmed"}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        return super().validate(*args, **kwargs) and self._is_unlike_others()

    def _is_unlike_others(self) -> bool:
        """Nothing on the register looks like it, or somebody has looked and wants it all the same."""
        if self.confirmed.data == self.name.data:
            return True
        self.found = duplicates(None, self.name.data, current_user)
        if self.found:
            self.form_errors.append("在库企业中有名称相同或相近的，请核对；确认不是同一家，再按“仍要新增”")
        return not self.found


class TypedSoFar(ChineseForm):
    """What the warning looks at while a new firm is being typed."""

    name = LineField()
    uscc = UsccField()

    @property
    def code(self) -> str | None:
        return None if self.uscc.process_errors else self.uscc.data

    @property
    def plausible_name(self) -> str | None:
        """A name as long as names are; comparing anything longer would only cost time."""
        return self.name.data if self.name.data and len(self.name.data) <= column("name").longest else None
