"""How far somebody has read the news of the county."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base


class NewsSeen(Base):
    """event_id: the newest event that person has been shown; what came later is new to them."""

    __tablename__ = "news_seen"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    event_id: Mapped[int]
