"""A list of firms kept under a name: its conditions, columns and order."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment
from crm.models.user import User


class SavedView(Base):
    """args: the arguments of the list's address, see queries/firm_filter.py. Shared ones are everybody's, also of those
    who come later. opens_for: the roles whose list of firms begins with it; opens_first: its owner's does."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    args: Mapped[dict[str, str]] = mapped_column(JSON)
    is_shared: Mapped[bool] = mapped_column(default=False)
    opens_first: Mapped[bool] = mapped_column(default=False)
    opens_for: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
