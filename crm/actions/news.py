"""How far somebody has read."""

from crm.extensions import db
from crm.models import NewsSeen


def mark_seen(user_id: int, event_id: int) -> None:
    """Up to the newest event the page showed; what came while it was read stays new. Never back."""
    seen = db.session.get(NewsSeen, user_id)
    if seen is None:
        db.session.add(NewsSeen(user_id=user_id, event_id=event_id))
    else:
        seen.event_id = max(seen.event_id, event_id)
    db.session.commit()
