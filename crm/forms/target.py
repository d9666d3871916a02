"""The forms of the county plan: a target, its shares, a figure typed in for it, another year to begin from."""

from collections.abc import Mapping
from decimal import Decimal

from wtforms import BooleanField

from crm import clock
from crm.forms.fields import ChineseForm, ChoiceField, DateField, LineField, NumberField, Pairs, WordField
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from pipelines.vocabulary import Measure


class TargetForm(ChineseForm):
    label = LineField("目标", [Filled(), AtMost(60)])
    value = NumberField("目标数", [Filled()])
    unit = LineField("单位", [Filled(), AtMost(10)], default="家")
    counts = WordField(
        "统计口径", Measure, blank="由局里填报", description="按企业记录统计的，完成数自动算；其余按月填报"
    )
    is_headline = BooleanField("列入“12345”总目标")
    source = LineField("来源", [AtMost(120)], description="哪份文件、第几条")


class ActualForm(ChineseForm):
    reached_on = DateField("截至", [Filled(), NotInFuture()], default=clock.today)
    value = NumberField("完成数", [Filled()], least=None)
    source = LineField("数据来源", [Filled(), AtMost(120)], description="如 统计局月报、税务局抄送")


class CopyForm(ChineseForm):
    source = ChoiceField("照哪一年", [Chosen()], coerce=int)

    def __init__(self, years: list[int]) -> None:
        super().__init__()
        self.source.offer([(year, f"{year} 年") for year in years])


class SharesForm(ChineseForm):
    """The base; shares_form adds a field for each township."""

    @property
    def shares(self) -> dict[int, Decimal | None]:
        return {int(name.removeprefix("town_")): value for name, value in self.values.items()}


def shares_form(townships: Pairs, known: Mapping[int, Decimal]) -> SharesForm:
    fields = {f"town_{town}": NumberField(name) for town, name in townships}
    form: SharesForm = type("SharesOfTownships", (SharesForm,), fields)(
        data={f"town_{town}": value for town, value in known.items()}
    )
    return form
