"""The form of the open questions: one choice each, the usual reading marked."""

from typing import Any

from wtforms import HiddenField

from crm.forms.fields import ChineseForm, LineField, WordField
from crm.forms.validators import AtMost, Chosen
from crm.queries.readings import OPEN_QUESTIONS
from pipelines.facts import Interpretations
from pipelines.vocabulary import Word

_USUAL = Interpretations()


class ReadingForm(ChineseForm):
    """The base; reading_form adds the questions."""

    note = LineField("依据（谁定的、哪次会议、哪份答复）", [AtMost(200)])
    seen = HiddenField()

    @property
    def answers(self) -> dict[str, Word]:
        return {question.field: self[question.field].data for question in OPEN_QUESTIONS}

    @property
    def last_seen(self) -> int:
        """Rubbish means nothing was seen: then the deed is refused if anything stands."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def questions(self) -> list[Any]:
        return [self[question.field] for question in OPEN_QUESTIONS]


def reading_form(now: Interpretations, seen: int) -> ReadingForm:
    fields = {}
    for question in OPEN_QUESTIONS:
        usual = getattr(_USUAL, question.field).label
        fields[question.field] = WordField(
            question.asks, question.words, [Chosen()], description=f"{question.hint}；默认：{usual}",
            default=getattr(now, question.field),
        )  # fmt: skip
    form: ReadingForm = type("ReadingOfNow", (ReadingForm,), fields)(data={"seen": str(seen)})
    return form
