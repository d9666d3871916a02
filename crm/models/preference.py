"""How somebody likes lists to look."""

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base


class Preference(Base):
    """firm_list: arguments of the list's address for what the address does not say: columns, widths, density, size."""

    __tablename__ = "preferences"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    firm_list: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
