"""The form in which people answer what an edition leaves to them: one field a question."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import HiddenField

from crm import clock
from crm.actions.attachments import Given
from crm.forms.fields import ChineseForm, ChoiceField, CountField, DateField, LineField, ProofField
from crm.forms.validators import AtMost, Filled, NotInFuture
from crm.queries.questions import Key, Question
from pipelines.vocabulary import AnswerKind

_CHECKED = ((1, "经核验符合"), (0, "经核验不符合"))


class AnswersForm(ChineseForm):
    """The base; form_for adds the questions."""

    answered_on = DateField("核验日期", [Filled(), NotInFuture()])
    note = LineField("说明（看了哪些材料、谁评的分）", [AtMost(200)])
    seen = HiddenField()

    questions: tuple[Question, ...] = ()

    @property
    def day(self) -> date:
        """Once the form has been found valid."""
        assert self.answered_on.data is not None  # noqa: S101 - Filled() has seen to it
        return self.answered_on.data

    @property
    def given(self) -> dict[Key, int | None]:
        return {question.key: self[_name(question)].data for question in self.questions}

    @property
    def last_seen(self) -> int:
        """Rubbish means nothing was seen: then the deed is refused if anybody has answered."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    @property
    def proofs(self) -> dict[Key, list[Given]]:
        asked = {question.key: self[_proof(question)] for question in self.questions if _asks_for_proof(question)}
        return {key: [Given(file.stream, file.filename or "") for file in field.data] for key, field in asked.items()}

    def fields_of(self, kind: AnswerKind) -> list[Any]:
        """Each question with the field for its proofs behind it."""
        return [
            self[name]
            for question in self.questions
            if question.kind is kind
            for name in (_name(question), *([_proof(question)] if _asks_for_proof(question) else []))
        ]


def form_for(questions: Iterable[Question], standing: Mapping[Key, int | None], seen: int) -> AnswersForm:
    asked = tuple(questions)
    fields = {_name(question): _field(question, standing.get(question.key)) for question in asked}
    fields |= {_proof(question): ProofField("佐证材料") for question in asked if _asks_for_proof(question)}
    kind = type("AnswersOfEdition", (AnswersForm,), fields | {"questions": asked})
    form: AnswersForm = kind(data={"seen": str(seen), "answered_on": clock.today()})
    return form


def _field(question: Question, standing: int | None) -> Any:
    if question.kind is AnswerKind.POINTS:
        return CountField(question.label, description=question.hint, default=standing)
    return ChoiceField(
        question.label, pairs=_CHECKED, blank="未核验", coerce=int, description=question.hint, default=standing
    )


def _asks_for_proof(question: Question) -> bool:
    return question.kind is AnswerKind.ATTESTED


def _proof(question: Question) -> str:
    return f"proof-{question.subject}"


def _name(question: Question) -> str:
    return f"{question.kind.value}-{question.subject}"
