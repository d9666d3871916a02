"""Signing in, and what waits behind it: a form that was sent after its session had ended."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Request
from wtforms import HiddenField, PasswordField, StringField

from crm.forms.fields import ChineseForm
from crm.forms.validators import Filled

_KEPT = "kept."
_MOST_FIELDS = 1000
_MOST_CHARACTERS = 200_000


class SignInForm(ChineseForm):
    account = StringField("账号", [Filled()], render_kw={"autocomplete": "username", "maxlength": 60})
    password = PasswordField("口令", [Filled()], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


@dataclass(frozen=True)
class Kept:
    """What was typed into a form, without secrets, by carried names. is_too_much: more than a page can carry."""

    fields: tuple[tuple[str, str], ...] = ()
    had_files: bool = False
    is_too_much: bool = False


def worth_keeping(request: Request) -> Kept:
    """Files cannot be carried by a page; the words that came with them can."""
    typed = typed_into(request)
    had_files = any(file.filename for file in request.files.values())
    if len(typed) > _MOST_FIELDS or sum(len(value) for _, value in typed) > _MOST_CHARACTERS:
        return Kept(is_too_much=True, had_files=had_files)
    return Kept(tuple((_KEPT + name, value) for name, value in typed), had_files)


def typed_into(request: Request) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name and not name.startswith(_KEPT)
    ]


def kept_in(form: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields that a sign-in page carried along, still by their carried names."""
    return [(name, value) for name, value in form if name.startswith(_KEPT)]


def unpacked(kept: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields by the names that they had in their own form."""
    return [(name.removeprefix(_KEPT), value) for name, value in kept]
