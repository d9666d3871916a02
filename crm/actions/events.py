"""How a deed leaves its trace: in its own transaction."""

from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context, request

from crm.extensions import db
from crm.models import Event, User
from pipelines.vocabulary import EventKind


@dataclass(frozen=True)
class Author:
    """Who does a deed, through which door (form, import:12, command, system), and from which address."""

    name: str
    through: str
    user_id: int | None = None
    address: str | None = None

    @classmethod
    def of(cls, user: User, through: str = "form") -> "Author":
        return cls(name=user.name, through=through, user_id=user.id, address=asking_address())


SYSTEM = Author(name="系统", through="system")
COMMAND = Author(name="命令行", through="command")


def asking_address() -> str | None:
    """Where the running request comes from; None for a command and a job."""
    return request.remote_addr if has_request_context() else None


def record_event(
    kind: EventKind, by: Author, firm_id: int | None = None, particulars: dict[str, Any] | None = None
) -> None:
    """Add the event to the running transaction; the deed commits it."""
    db.session.add(
        Event(
            kind=kind,
            firm_id=firm_id,
            by_id=by.user_id,
            by_name=by.name,
            through=by.through,
            address=by.address,
            particulars=particulars or {},
        )
    )
    note_events()


def note_events() -> None:
    """Events are on their way: when this request, command or job is over, they are sealed (actions/event_seals.py)."""
    g.has_events = True


def has_noted_events() -> bool:
    return g.pop("has_events", False)
