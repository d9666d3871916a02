"""A person a firm can be reached through: name, duty phone, work mail, nothing more."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import word
from pipelines.vocabulary import ContactRole


class Contact(Base):
    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[ContactRole] = mapped_column(word(ContactRole), default=ContactRole.OTHER)
    position: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(120))
