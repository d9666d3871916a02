"""Codes of a telephone: set up, typed at the door, taken away."""

from wtforms import HiddenField, PasswordField, StringField

from crm.forms.fields import ChineseForm
from crm.forms.validators import Filled

_DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 40, "spellcheck": "false"}


class OwnPasswordForm(ChineseForm):
    """Whoever changes how somebody signs in shows first that he is that person."""

    password = PasswordField("现用口令", [Filled()], render_kw={"autocomplete": "current-password"})


class SetUpForm(OwnPasswordForm):
    salt = HiddenField()
    code = StringField("手机上显示的6位验证码", [Filled()], render_kw=_DIGITS)


class CodeForm(ChineseForm):
    """The paper's codes have letters: hence no numeric keyboard by force."""

    code = StringField("验证码", [Filled()], render_kw=_DIGITS | {"inputmode": "text", "autofocus": True})
    next = HiddenField()
