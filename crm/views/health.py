"""Whether we can work, for whoever watches the machine: no version, no name, no number."""

import sqlalchemy as sa
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from crm.extensions import db
from crm.permissions import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> ResponseReturnValue:
    try:
        db.session.execute(sa.text("SELECT 1 FROM users LIMIT 1"))
    except SQLAlchemyError as error:  # the one page whose answer is the failure itself
        current_app.logger.error("health: %.500r", str(error))
        return {"status": "unavailable"}, 503
    return {"status": "ok"}
