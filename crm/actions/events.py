"""How a deed leaves its trace: in its own transaction."""

from dataclasses import dataclass
from typing import Any

from crm.extensions import db
from crm.models import Event, User
from pipelines.vocabulary import EventKind


@dataclass(frozen=True)
class Author:
    """Who does a deed, and through which door: form, import:12, command, system."""

    name: str
    through: str
    user_id: int | None = None

    @classmethod
    def of(cls, user: User, through: str = "form") -> "Author":
        return cls(name=user.name, through=through, user_id=user.id)


SYSTEM = Author(name="系统", through="system")
COMMAND = Author(name="命令行", through="command")


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
            particulars=particulars or {},
        )
    )
