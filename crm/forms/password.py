"""Changing one's own password."""

from typing import Any

from wtforms import PasswordField
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm
from crm.forms.validators import Filled


class PasswordForm(ChineseForm):
    """Every field has `password` in its name: such fields are never carried over a sign-in (forms/session.py)."""

    password = PasswordField("现用口令", [Filled()], render_kw={"autocomplete": "current-password"})
    new_password = PasswordField("新口令", [Filled()], render_kw={"autocomplete": "new-password"})
    new_password_again = PasswordField("再输一遍新口令", [Filled()], render_kw={"autocomplete": "new-password"})

    def validate_new_password_again(self, field: Any) -> None:
        if field.data != self.new_password.data:
            raise ValidationError("两次输入的新口令应相同")
