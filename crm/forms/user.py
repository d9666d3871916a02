"""An account: who somebody is, and what he is responsible for."""

import re
from typing import Any

from wtforms import BooleanField
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, ChoiceField, LineField, WordField
from crm.forms.validators import AtMost, Chosen, EmailAddress, Filled
from crm.models import User
from crm.queries.firm_choices import choosable_township_pairs
from pipelines.vocabulary import Role

_ACCOUNT = re.compile(r"[\w.@-]{2,30}")


class UserForm(ChineseForm):
    name = LineField("姓名", [Filled(), AtMost(60)])
    email = LineField("邮箱", [AtMost(120), EmailAddress()])
    role = WordField("角色", Role, [Chosen()])
    township_id = ChoiceField("负责镇街", coerce=int, blank="不限")
    active = BooleanField("在用", default=True)

    def __init__(self, user: User | None = None) -> None:
        super().__init__(obj=user)
        self.township_id.offer(choosable_township_pairs(None, user.township_id if user else None))

    def validate_township_id(self, field: Any) -> None:
        if self.role.data is Role.TOWNSHIP_OFFICER and field.data is None:
            raise ValidationError("请选择镇街专干的负责镇街")


class NewUserForm(UserForm):
    account = LineField("账号", [Filled()])
    active = None

    def validate_account(self, field: Any) -> None:
        if not _ACCOUNT.fullmatch(field.data or ""):
            raise ValidationError("账号应为2至30个字母、数字、汉字或 . _ - @")
