"""试算: a firm's judgement with other figures; nothing is saved."""

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from crm import clock
from crm.forms.what_if import WhatIfForm
from crm.permissions import requires
from crm.queries.scope import find_firm
from crm.queries.what_if import what_if
from pipelines.vocabulary import Programme

blueprint = Blueprint("what_ifs", __name__, url_prefix="/firms/<int:firm_id>/what-if/<programme>")


@blueprint.get("")
@requires("firms.view")
def show(firm_id: int, programme: str) -> tuple[str, int]:
    firm = find_firm(firm_id, current_user) or abort(404)
    asked = next((each for each in Programme if each.value == programme), None) or abort(404)
    form = WhatIfForm(request.args)
    given = form.values if form.validate() else {}
    tried = what_if(firm, asked, given, clock.today()) or abort(404, "这个项目还没有可以试算的规则。")
    return render_template("what_ifs/show.html", firm=firm, programme=asked, form=form, tried=tried), form.http_status
