"""The base of every form, and fields that clean what is typed and complain in one grammar."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from io import SEEK_END
from typing import Any

from flask import current_app
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, TextInput

from crm.actions.attachments import ACCEPTED, Given, kind_of
from crm.actions.uploads import shown_name
from crm.extensions import db
from pipelines.names import cleaned
from pipelines.refusals import Refusal
from pipelines.sheets.codes import uscc_reader
from pipelines.sheets.troubles import Doubt, Fault
from pipelines.vocabulary import Word

Pairs = Iterable[tuple[Any, str]]
WAN = 10_000
_READ_USCC = uscc_reader(("",))  # of any region: a firm may have moved here
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d*)?|[+-]?\.\d+")
_DATE = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_YEARS = range(1900, 2101)
_PARTED = re.compile(r"[、，,;；\s]+")
_MOST_OFFSETS = 12


class ProofField(MultipleFileField):
    """Files of the kinds that are kept; a wrong one is told by its content and name, the form keeps the rest."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, description=f"可选，可多选；{ACCEPTED}", **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [file for file in valuelist if getattr(file, "filename", None)]

    def pre_validate(self, form: Any) -> None:
        limit = current_app.config["ATTACHMENT_MAX_BYTES"]
        for file in self.data or ():
            try:
                kind_of(Given(file.stream, file.filename))
            except Refusal as refusal:
                raise ValidationError(str(refusal)) from None
            if file.stream.seek(0, SEEK_END) > limit:
                raise ValidationError(f"“{shown_name(file.filename)}”超过 {limit // 1024**2} MB，请压缩后再传")
            file.stream.seek(0)


class ChineseForm(FlaskForm):
    """Speaks Chinese, hands out its values by name, and keeps what was typed when a deed is refused."""

    class Meta(FlaskForm.Meta):
        locales = ["zh"]

        def get_translations(self, form: Any) -> Any:
            # Flask-WTF would ask Flask-Babel, which we do not have, and fall back to English.
            return DefaultMeta.get_translations(self, form)

    outcome: Any = None
    _refused_with: int | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.data.items() if name != "csrf_token"}

    @property
    def http_status(self) -> int:
        """Of a page that shows this form. (Not `status`: a firm has a field of that name.)"""
        return self._refused_with or (422 if self.errors else 200)

    def performs(self, deed: Callable[[], Any]) -> bool:
        """Run the deed and keep its result in `outcome`; a refusal becomes a message above the form.

        errors.py would send the officer back to an empty form: fine for a button, not for a page of typing.
        """
        try:
            self.outcome = deed()
        except Refusal as refusal:
            db.session.rollback()
            self.form_errors.append(str(refusal))
            self._refused_with = getattr(refusal, "status", 422)
            return False
        return True


class LineField(StringField):
    """One line of text without invisible characters; nothing typed is None, not an empty text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = cleaned(valuelist[0]) or None if valuelist else None


class OffsetsField(Field):
    """Numbers of days out of a text like 60、30、7, the largest first. furthest: the largest that may be."""

    widget = TextInput()
    furthest = 365

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "、".join(map(str, self.data or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        parts = [part for part in _PARTED.split(cleaned(valuelist[0])) if part] if valuelist else []
        if not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
            raise ValueError(self._wanted)
        self.data = tuple(sorted({int(part) for part in parts}, reverse=True)) or None

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data[0] > self.furthest:
            raise ValidationError(self._wanted)
        if len(self.data or ()) > _MOST_OFFSETS:
            raise ValidationError(f"{self.label.text}最多 {_MOST_OFFSETS} 个天数")

    @property
    def _wanted(self) -> str:
        return f"{self.label.text}应为 0 至 {self.furthest} 的天数，用顿号隔开，如 60、30、7、0"


class ParagraphField(TextAreaField):
    """Text of several lines, each cleaned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "TextAreaField"  # what templates draw it as

    def process_formdata(self, valuelist: list[str]) -> None:
        lines = [cleaned(line) for line in valuelist[0].splitlines()] if valuelist else []
        self.data = "\n".join(lines).strip() or None


class UsccField(LineField):
    """A credit code, read and complained of as in a sheet; O for 0 and I for 1 are mended."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is None:
            return
        read = _READ_USCC(self.data)
        if isinstance(read, Fault):
            raise ValueError(read.message)
        self.data = read.value if isinstance(read, Doubt) else read


class NumberField(Field):
    """A Decimal, exact to the last place typed; thousands marks and full-width digits are read.

    unit_size: how much one unit of what is typed is worth in what is kept (万元 → 10 000 yuan).
    """

    widget = TextInput()

    def __init__(
        self, label: str, validators: Any = (), *, places: int = 2, unit_size: int = 1, least: int | None = 0,
        most: int = 10**12, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(label, validators, **kwargs)
        self.places, self.unit_size, self.least, self.most = places, unit_size, least, most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{(Decimal(self.data) / self.unit_size).normalize():f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", cleaned(valuelist[0]))) if valuelist else ""
        self.data = self._read(typed) if typed else None

    def _read(self, typed: str) -> Decimal:
        if not _NUMBER.fullmatch(typed):
            raise ValueError(f"{self.label.text}应为数字")
        _, _, decimals = typed.partition(".")
        if len(decimals.rstrip("0")) > self.places:
            raise ValueError(f"{self.label.text}应为{f'最多{self.places}位小数的数' if self.places else '整数'}")
        number = Decimal(typed) * self.unit_size
        if self.least is not None and number < self.least:
            raise ValueError(f"{self.label.text}应为不小于{self.least // self.unit_size}的数")
        if abs(number) > self.most:
            raise ValueError(f"{self.label.text}应为不大于{self.most // self.unit_size}的数")
        return number


class WanYuanField(NumberField):
    """Typed in 万元, kept in yuan; six places of 万元 are one fen."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **{"places": 6, "unit_size": WAN} | kwargs)


class CountField(NumberField):
    """A whole number, as int."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **{"places": 0, "most": 2**31 - 1} | kwargs)

    def _read(self, typed: str) -> int:  # type: ignore[override] # an int is what a count is
        return int(super()._read(typed))


class DateField(Field):
    """A day, as the browser's calendar sends it or as people write it: 2026-11-23, 2026.11.23, 2026年11月23日."""

    widget = DateInput()

    def _value(self) -> str:
        if isinstance(self.data, date):
            return self.data.isoformat()
        return str(self.raw_data[0]) if self.raw_data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", cleaned(valuelist[0]))) if valuelist else ""
        self.data = self._read(typed) if typed else None

    def _read(self, typed: str) -> date:
        parts = _DATE.fullmatch(typed)
        try:
            day = date(*(int(part) for part in parts.groups() if part)) if parts else None
        except ValueError:
            day = None
        if day is None or day.year not in _YEARS:
            raise ValueError(f"{self.label.text}应为日期，如 2026-11-23")
        return day


class ChoiceField(SelectField):
    """One of (value, label) pairs; with `blank` a first entry that means none, kept as None."""

    def __init__(
        self, label: str, validators: Any = (), *, pairs: Pairs = (), blank: str | None = "请选择",
        coerce: Callable[[Any], Any] = str, **kwargs: Any,
    ) -> None:  # fmt: skip
        message = f"请选择{label}"
        super().__init__(
            label, validators, coerce=lambda value: None if value in ("", None) else coerce(value),
            invalid_value_message=message, invalid_choice_message=message, **kwargs,
        )  # fmt: skip
        self.type = "SelectField"  # what templates draw it as
        self.blank = blank
        self.offer(pairs)

    def offer(self, pairs: Pairs) -> None:
        """Set the entries: for what is known only when the page is asked for."""
        first = [] if self.blank is None else [SelectChoice("", self.blank)]
        self.choices = first + [SelectChoice(str(value), label) for value, label in pairs]


class WordField(ChoiceField):
    """One of the words of vocabulary.py, kept as its enum member."""

    def __init__(self, label: str, words: type[Word], validators: Any = (), **kwargs: Any) -> None:
        pairs = [(word.value, word.label) for word in words]
        super().__init__(label, validators, pairs=pairs, coerce=words, **kwargs)
