"""Editions of policies that the office has added to those this house ships."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import Programme


class Edition(Base):
    """A draft until it is confirmed; from then on it counts and is never changed, a correction is a new edition.

    text: the YAML as pipelines/policies has it. effect: what it would change in the county when it was last tried,
    {"firms": n, "before": {verdict: firms}, "after": …, "moves": {"not_met met": firms}}; None until it was.
    """

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[Programme] = mapped_column(word(Programme))
    in_force_from: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
