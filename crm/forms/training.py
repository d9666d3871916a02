"""The forms of a training: the session itself, and who came."""

from crm.forms.fields import ChineseForm, DateField, LineField, ParagraphField
from crm.forms.pasted_firms import PastedFirmsForm
from crm.forms.validators import AtMost, Filled


class TrainingForm(ChineseForm):
    held_on = DateField("日期", [Filled()])
    subject = LineField("主题", [Filled(), AtMost(120)])
    place = LineField("地点", [AtMost(120)])
    speaker = LineField("主讲", [AtMost(60)])
    note = ParagraphField("内容", [AtMost(2000)])


class AttendanceForm(PastedFirmsForm):
    firms = ParagraphField("参加企业", [Filled(), AtMost(40_000)])
