"""A firm, its former names and the negative-list entries against it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Hundredths, Moment, word
from pipelines.vocabulary import FirmStatus, FlagKind, LevyMode

if TYPE_CHECKING:
    from crm.models.annual_figures import AnnualFigures
    from crm.models.contact import Contact
    from crm.models.institution import Institution
    from crm.models.ip_right import IpRight
    from crm.models.place import Industry, TechField, Township
    from crm.models.recognition import Recognition
    from crm.models.user import User


class Firm(Base):
    __tablename__ = "firms"

    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    normalised_name: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[FirmStatus] = mapped_column(word(FirmStatus), default=FirmStatus.ACTIVE)
    founded_on: Mapped[date | None]
    registered_capital: Mapped[Decimal | None] = mapped_column(Hundredths)
    legal_representative: Mapped[str | None] = mapped_column(String(60))
    township_id: Mapped[int | None] = mapped_column(ForeignKey("townships.id"), index=True)
    park: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(String(200))
    industry_code: Mapped[str | None] = mapped_column(ForeignKey("industries.code"), index=True)
    tech_field_code: Mapped[str | None] = mapped_column(ForeignKey("tech_fields.code"), index=True)
    levy_mode: Mapped[LevyMode | None] = mapped_column(word(LevyMode))
    above_scale: Mapped[bool | None]
    main_products: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    liaison: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(Text)
    # Rows that no real firm stands behind carry this; a banner says so while there are any.
    is_demo: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    archived_reason: Mapped[str | None] = mapped_column(String(200))
    # The firm that this entry was found to be; the entry itself is archived. It never leads to another merged one.
    merged_into_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    township: Mapped["Township | None"] = relationship()
    industry: Mapped["Industry | None"] = relationship()
    tech_field: Mapped["TechField | None"] = relationship()
    owner: Mapped["User | None"] = relationship()
    former_names: Mapped[list["FormerName"]] = relationship(order_by="FormerName.id.desc()")
    flags: Mapped[list["Flag"]] = relationship(order_by="Flag.entered_on.desc()")
    contacts: Mapped[list["Contact"]] = relationship(order_by="Contact.id")
    annual_figures: Mapped[list["AnnualFigures"]] = relationship(order_by="AnnualFigures.year")
    ip_rights: Mapped[list["IpRight"]] = relationship(order_by="IpRight.granted_on.desc()")
    recognitions: Mapped[list["Recognition"]] = relationship(order_by="Recognition.recognized_on.desc()")
    institutions: Mapped[list["Institution"]] = relationship(order_by="Institution.approved_on.desc()")

    # Two officers on one firm: the later save is told (sqlalchemy.orm.exc.StaleDataError), never silent.
    __mapper_args__ = {"version_id_col": version}


class FormerName(Base):
    __tablename__ = "former_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    normalised_name: Mapped[str] = mapped_column(String(120), index=True)
    until_on: Mapped[date | None]


class Flag(Base):
    """One entry of the negative list; lifted_on None means it still stands."""

    __tablename__ = "flags"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    kind: Mapped[FlagKind] = mapped_column(word(FlagKind))
    entered_on: Mapped[date]
    lifted_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(200))
