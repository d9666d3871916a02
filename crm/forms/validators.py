"""One grammar for every complaint: 请填写{thing} · 请选择{thing} · {thing}应为…

The thing is the field's label, so a form spells no message out.
"""

import re
from typing import Any

from wtforms.validators import Length, StopValidation, ValidationError

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
