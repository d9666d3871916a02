"""The people of a firm."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.contacts import add_contact, remove_contact, show_contact, update_contact
from crm.actions.events import Author
from crm.forms.contact import ContactEditForm, ContactForm
from crm.models import Contact
from crm.permissions import requires
from crm.queries.firm_page import firm_page
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint("contacts", __name__, url_prefix="/firms/<int:firm_id>/contacts")


@blueprint.get("")
@requires("firms.view")
def index(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id, tab="contacts"), 303)


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("contacts/new.html", firm=firm, form=ContactForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = ContactForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: add_contact(firm_id, form.values, by)):
        flash(f"已新增联系人“{form.outcome.name}”。", "good")
        return index(firm_id)
    return render_template("contacts/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/<int:contact_id>/edit")
@requires("firms.edit")
def edit(firm_id: int, contact_id: int) -> str:
    contact = find_part(Contact, firm_id, contact_id, current_user) or abort(404)
    firm = find_firm(firm_id, current_user)
    return render_template("contacts/edit.html", firm=firm, contact=contact, form=ContactEditForm.opened_with(contact))


@blueprint.post("/<int:contact_id>/edit")
@requires("firms.edit")
def update(firm_id: int, contact_id: int) -> ResponseReturnValue:
    contact = find_part(Contact, firm_id, contact_id, current_user) or abort(404)
    form, by = ContactEditForm(obj=contact), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_contact(firm_id, contact_id, form.values, form.memory, by), firm_id, contact_id
    ):
        flash(form.told, "good")
        return index(firm_id)
    firm = find_firm(firm_id, current_user)
    return render_template("contacts/edit.html", firm=firm, contact=contact, form=form), form.http_status


@blueprint.post("/<int:contact_id>/removal")
@requires("firms.edit")
def destroy(firm_id: int, contact_id: int) -> ResponseReturnValue:
    contact = find_part(Contact, firm_id, contact_id, current_user) or abort(404)
    name = contact.name
    remove_contact(firm_id, contact_id, Author.of(current_user))
    flash(f"已移除联系人“{name}”。", "good")
    return index(firm_id)


@blueprint.post("/<int:contact_id>/disclosure")
@requires("contacts.unmask")
def show(firm_id: int, contact_id: int) -> str:
    """The page itself is the answer: a redirect would have to carry who may see what."""
    find_part(Contact, firm_id, contact_id, current_user) or abort(404)
    show_contact(firm_id, contact_id, Author.of(current_user))
    page = firm_page(firm_id, current_user, clock.today(), shown=contact_id)
    return render_template("firms/show.html", page=page, tab="contacts")
