"""One grammar for every complaint: 请填写{thing} · 请选择{thing} · {thing}应为…

The thing is the field's label, so a form spells no message out.
"""

import re
from typing import Any

from wtforms.validators import Length, StopValidation, ValidationError

from crm import clock

# One number or several, as people write them: 0573-84021234转8001、13800000001
_PHONE = re.compile(r"[0-9+()\-— /、,;，；转]{5,60}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Filled:
    """Something was typed; zero is something. What could not be read keeps the complaint of its field."""

    field_flags = {"required": True}
    verb = "请填写"

    def __call__(self, _form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(f"{self.verb}{field.label.text}")


class Chosen(Filled):
    verb = "请选择"


class AtMost(Length):
    """No more characters than the column holds; the page's input stops there too."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, form: Any, field: Any) -> None:
        if len(field.data or "") > self.max:
            raise ValidationError(f"{field.label.text}应为{self.max}个字以内，现在是{len(field.data)}个字")


class EmailAddress:
    """One address and nothing more: no second recipient, no header, no display name."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data and not _EMAIL.fullmatch(field.data):
            raise ValidationError(f"{field.label.text}应为一个电子邮箱地址，如 name@example.cn")


class PhoneNumber:
    def __call__(self, _form: Any, field: Any) -> None:
        if field.data and (not _PHONE.fullmatch(field.data) or sum(map(str.isdigit, field.data)) < 5):
            raise ValidationError(f"{field.label.text}应为电话号码，如 13800000001 或 0573-84021234")


class NotInFuture:
    """What has happened carries a day that has come."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data and field.data > clock.today():
            raise ValidationError(f"{field.label.text}应为不晚于今天的日期")


class YearUpTo:
    """A year since the programmes began, and at most so many years ahead."""

    first = 2008  # 高新技术企业认定管理办法, its first edition

    def __init__(self, ahead: int) -> None:
        self.ahead = ahead

    def __call__(self, _form: Any, field: Any) -> None:
        last = clock.today().year + self.ahead
        if field.data is not None and not self.first <= field.data <= last:
            raise ValidationError(f"{field.label.text}应为 {self.first} 至 {last} 之间的年份")
