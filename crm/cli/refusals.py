"""How a command ends when the rules say no."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError

from crm.actions.tasks import BUSY
from crm.extensions import db, trouble_of
from pipelines.refusals import Refusal


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal ends the command with its sentence and the code 1."""
    try:
        yield
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
    except OperationalError as error:
        raise click.ClickException(trouble_of(error) or BUSY) from error
