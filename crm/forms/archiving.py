"""The form that puts a firm away or takes it back: a reason, since both are asked about later."""

from crm.forms.fields import ChineseForm, LineField
from crm.forms.validators import AtMost, Filled


class ArchivingForm(ChineseForm):
    reason = LineField("原因", [Filled(), AtMost(200)])
