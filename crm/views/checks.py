"""系统状态: how the house is, in words an officer understands."""

from flask import Blueprint, render_template

from crm.actions.checks import all_checks, worst
from crm.permissions import requires
from pipelines.vocabulary import CheckState

blueprint = Blueprint("checks", __name__, url_prefix="/system/checks")


@blueprint.get("")
@requires("system.manage")
def index() -> str:
    checks = all_checks()
    counts = [(state.label, sum(check.state is state for check in checks)) for state in CheckState]
    return render_template("checks/index.html", checks=checks, counts=counts, worst=worst(checks))
