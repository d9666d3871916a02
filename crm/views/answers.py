"""What people answer about a firm for one programme."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.answers import answer_questions
from crm.actions.events import Author
from crm.forms.answers import AnswersForm, form_for
from crm.permissions import requires
from crm.queries.answers import last_answer_id, newest_answers
from crm.queries.judged_firms import facts_of_firms
from crm.queries.questions import questions_of
from crm.queries.scope import find_firm
from pipelines.vocabulary import Programme

blueprint = Blueprint("answers", __name__, url_prefix="/firms/<int:firm_id>/answers/<programme>")


@blueprint.get("")
@requires("firms.edit")
def edit(firm_id: int, programme: str) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    asked = _programme(programme)
    return render_template("answers/edit.html", firm=firm, programme=asked, form=_form(firm_id, asked))


@blueprint.post("")
@requires("firms.edit")
def update(firm_id: int, programme: str) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    asked, by = _programme(programme), Author.of(current_user)
    form = _form(firm_id, asked)
    if form.validate() and form.performs(
        lambda: answer_questions(firm_id, asked, form.given, form.day, form.note.data, form.last_seen, by, form.proofs)
    ):
        flash(f"已保存 {form.outcome} 项核验和评分，判断已更新。" if form.outcome else "没有改动。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="qualification", programme=programme), 303)
    return render_template("answers/edit.html", firm=firm, programme=asked, form=form), form.http_status


def _programme(name: str) -> Programme:
    return next((programme for programme in Programme if programme.value == name), None) or abort(404)


def _form(firm_id: int, programme: Programme) -> AnswersForm:
    today = clock.today()
    _, facts = next(facts_of_firms([firm_id], today), None) or abort(404)
    questions = questions_of(facts, programme) or abort(404)
    standing = {(row.kind, row.subject): row.value for row in newest_answers([firm_id], today, programme)}
    return form_for(questions, standing, last_answer_id(firm_id, programme))
