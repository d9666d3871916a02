"""How somebody likes lists to look: a matter of the own eyes, without a trace."""

from collections.abc import Mapping

from crm.extensions import db
from crm.models import Preference


def keep_preference(user_id: int, firm_list: Mapping[str, str]) -> None:
    """Nothing kept: the list looks as it is built."""
    kept = db.session.get(Preference, user_id)
    if kept is None:
        kept = Preference(user_id=user_id)
        db.session.add(kept)
    kept.firm_list = dict(firm_list)
    db.session.commit()
