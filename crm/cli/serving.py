"""Whether a server that is not started by a command of ours may serve: gunicorn, waitress-serve, flask run."""

import click
from flask import Flask

from crm.actions.checks import refuse_unsafe_start
from pipelines.refusals import Refusal

_GIVE_UP = 3  # gunicorn starts a worker again that leaves with any other code


def refuse_unsafe_server(app: Flask) -> None:
    """Without a command, or under `flask run`, it serves at once; our own commands see to it themselves."""
    context = click.get_current_context(silent=True)
    if context and context.info_name != "run":
        return
    try:
        for check in refuse_unsafe_start(app):
            app.logger.warning("%s: %s", check.name, check.found)
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        raise SystemExit(_GIVE_UP) from refusal
