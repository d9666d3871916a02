"""What the register already holds, as the plan needs it: plain values, no records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from pipelines.vocabulary import Title


class KnownContact(NamedTuple):
    id: int
    name: str
    position: str | None
    phone: str | None
    email: str | None


class KnownRecognition(NamedTuple):
    id: int
    title: Title
    recognized_on: date
    valid_until: date | None
    certificate_no: str | None


class KnownItem(NamedTuple):
    """A thing of a list that a firm has: values by the fields of its model."""

    id: int
    values: Mapping[str, Any]


class KnownFirm(NamedTuple):
    """One firm. values and figures hold what models hold (Decimal yuan, date, enum, id or code); a key may be missing
    when it is unknown, or when the file does not speak of it (SheetReading.fields, .years).

    Money and heads may also come as whole numbers of hundredths, as the database keeps them: that is understood too,
    and for ten thousand firms it saves as much time as reading half the file.
    """

    id: int
    uscc: str
    name: str
    version: int
    values: Mapping[str, Any]
    figures: Mapping[int, Mapping[str, Any]] = {}
    contacts: Sequence[KnownContact] = ()
    recognitions: Sequence[KnownRecognition] = ()
    former_names: Sequence[str] = ()
    items: Mapping[str, Sequence[KnownItem]] = {}  # by the name of the list's kind


@dataclass(frozen=True)
class KnownFirms:
    """by_name is keyed by the normalised name, of today or of former days."""

    by_uscc: Mapping[str, KnownFirm]
    by_name: Mapping[str, Sequence[KnownFirm]]


@dataclass(frozen=True)
class Places:
    """What cells may refer to: every spelling, names and codes alike, → the key a firm keeps.

    The first spelling of a key is the one that is shown.
    """

    townships: Mapping[str, int] = field(default_factory=dict)
    industries: Mapping[str, str] = field(default_factory=dict)
    tech_fields: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, int] = field(default_factory=dict)
    # What codes of the county's own registrars begin with, after their two letters (county, city, province).
    regions: tuple[str, ...] = ("330421", "330400", "330000")
