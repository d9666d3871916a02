"""A form that has had its effect, and where its answer led to: sent again, it has none."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class OnceToken(Base):
    """Written in the transaction of the deed itself and kept for a day. digest: of who sent what to where with which
    token. target None: the answer was not out yet, or was never written down."""

    __tablename__ = "once_tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    target: Mapped[str | None] = mapped_column(String(2000))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
