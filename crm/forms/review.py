"""Forms of what staff add: the official hundred points, the questionnaire, an opinion of a firm's place."""

from datetime import date
from typing import Any

from crm import clock
from crm.forms.fields import ChineseForm, ChoiceField, CountField, DateField, LineField, WordField
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from pipelines.vocabulary import FeedbackReason, FeedbackVerdict

_YES_NO = (("yes", "有"), ("no", "没有"))
_CENTRES = (("0", "没有"), ("1", "市级"), ("2", "省级以上"))


class PreScoreForm(ChineseForm):
    """195号 三（七）: 30, 30, 20 and 20 points."""

    rights = CountField("知识产权（30 分）", [Filled()], most=30)
    conversion = CountField("科技成果转化能力（30 分）", [Filled()], most=30)
    organisation = CountField("研究开发组织管理水平（20 分）", [Filled()], most=20)
    growth = CountField("企业成长性（20 分）", [Filled()], most=20)
    marked_on = DateField("评分日期", [Filled(), NotInFuture()], default=clock.today)
    note = LineField("说明", [AtMost(200)])

    @property
    def day(self) -> date:
        return self.marked_on.data or clock.today()

    @property
    def parts(self) -> dict[str, int]:
        return {name: self[name].data for name in ("rights", "conversion", "organisation", "growth")}


class QuestionnaireForm(ChineseForm):
    """What is left empty stays not known."""

    rd_centre = ChoiceField("研发机构", pairs=_CENTRES, blank="没有问到")
    has_partner = ChoiceField("产学研合作合同", pairs=_YES_NO, blank="没有问到")
    took_part_in_standard = ChoiceField("参与制定标准", pairs=_YES_NO, blank="没有问到")
    conversions = CountField("近三年科技成果转化", most=500)
    documents = CountField("研发管理文件齐备", most=5)
    answered_on = DateField("填写日期", [Filled(), NotInFuture()], default=clock.today)

    @property
    def day(self) -> date:
        return self.answered_on.data or clock.today()

    @property
    def answers(self) -> dict[str, Any]:
        told = {"yes": True, "no": False}
        centre = self.rd_centre.data
        return {
            "rd_centre": None if centre is None else int(centre),
            "has_partner": told.get(self.has_partner.data),
            "took_part_in_standard": told.get(self.took_part_in_standard.data),
            "conversions": self.conversions.data,
            "documents": self.documents.data,
        }


class FeedbackForm(ChineseForm):
    verdict = WordField("您的看法", FeedbackVerdict, [Chosen()])
    reason = WordField("原因", FeedbackReason, blank="（同意时不必选）")
    note = LineField("说明", [AtMost(200)])
