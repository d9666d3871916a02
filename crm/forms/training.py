"""The forms of a training: the session itself, and who came."""

from crm.forms.fields import ChineseForm, DateField, LineField, ParagraphField
from crm.forms.validators import AtMost, Filled

_MOST_LINES = 500


class TrainingForm(ChineseForm):
    held_on = DateField("日期", [Filled()])
    subject = LineField("主题", [Filled(), AtMost(120)])
    place = LineField("地点", [AtMost(120)])
    speaker = LineField("主讲", [AtMost(60)])
    note = ParagraphField("内容", [AtMost(2000)])


class AttendanceForm(ChineseForm):
    firms = ParagraphField("参加企业", [Filled(), AtMost(40_000)])

    @property
    def lines(self) -> list[str]:
        return (self.firms.data or "").splitlines()[:_MOST_LINES]
