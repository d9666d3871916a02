"""The classification of industries (GB/T 4754), as far as the office uses it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions import reference
from crm.actions.events import Author
from crm.forms.reference import IndustryForm, NewIndustryForm
from crm.models import Industry
from crm.permissions import requires
from crm.queries.reference import find_industry, hanging_on_industry, industry_rows

blueprint = Blueprint("industries", __name__, url_prefix="/system/industries")


@blueprint.get("")
@requires("users.manage")
def index() -> ResponseReturnValue:
    typed = request.args.get("q", "")
    return render_template("industries/index.html", rows=industry_rows(typed), typed=typed)


@blueprint.get("/new")
@requires("users.manage")
def new() -> str:
    return render_template("industries/edit.html", form=NewIndustryForm(), industry=None)


@blueprint.post("")
@requires("users.manage")
def create() -> ResponseReturnValue:
    form, by = NewIndustryForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: reference.add_industry(**form.values, by=by)):
        return _done(f"已新增“{form.outcome.code} {form.outcome.name}”。", form.outcome)
    return render_template("industries/edit.html", form=form, industry=None), form.http_status


@blueprint.get("/<code>/edit")
@requires("users.manage")
def edit(code: str) -> str:
    industry = find_industry(code) or abort(404)
    return _page(industry, IndustryForm(industry))


@blueprint.post("/<code>/edit")
@requires("users.manage")
def update(code: str) -> ResponseReturnValue:
    industry = find_industry(code) or abort(404)
    form, by = IndustryForm(industry), Author.of(current_user)
    if form.validate() and form.performs(lambda: reference.rename_industry(code, form.values["name"], by)):
        return _done(f"已保存“{code} {form.outcome.name}”。", form.outcome)
    return _page(industry, form), form.http_status


@blueprint.post("/<code>/voiding")
@requires("users.manage")
def void(code: str) -> ResponseReturnValue:
    industry = reference.void_industry(code, Author.of(current_user))
    return _done(f"已作废“{code} {industry.name}”：不再供选择，名下的企业不变，可以恢复。", industry)


@blueprint.post("/<code>/restoring")
@requires("users.manage")
def restore(code: str) -> ResponseReturnValue:
    industry = reference.restore_industry(code, Author.of(current_user))
    return _done(f"已恢复“{code} {industry.name}”。", industry)


def _done(sentence: str, industry: Industry) -> ResponseReturnValue:
    flash(sentence, "good")
    return redirect(url_for("industries.index", q=industry.code[:2]), 303)


def _page(industry: Industry, form: IndustryForm) -> str:
    return render_template(
        "industries/edit.html", industry=industry, form=form, hanging=hanging_on_industry(industry.code)
    )
