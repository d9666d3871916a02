"""What tests are made of: plain functions, every default harmless, only what matters is spelled out.

Builders add and flush; a test that needs the rows in another connection commits.
"""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from stdnum.cn import uscc

from crm.extensions import db
from crm.models import AnnualFigures, Contact, Firm, Flag, IpRight, Recognition, Township, User
from pipelines.names import normalised_name
from pipelines.vocabulary import FlagKind, IpKind, Role, Title

WAN = 10_000
_numbers = count(1)


def a_uscc(number: int | None = None) -> str:
    """A credit code with a valid check digit that belongs to nobody (MAXN…)."""
    body = f"91330421MAXN{number or next(_numbers):05d}"
    return body + uscc.calc_check_digit(body)


def a_township(name: str | None = None, within: Township | None = None) -> Township:
    return _kept(Township(name=name or f"试验镇{next(_numbers)}", parent=within))


def a_user(role: Role = Role.OFFICER, **values: Any) -> User:
    number = next(_numbers)
    defaults: dict[str, Any] = {"account": f"user{number}", "name": f"用户{number}", "role": role, "password_hash": "!"}
    return _kept(User(**defaults | values))


def a_firm(name: str | None = None, **values: Any) -> Firm:
    name = name or f"嘉善试验{next(_numbers)}科技有限公司"
    defaults: dict[str, Any] = {
        "uscc": a_uscc(),
        "name": name,
        "normalised_name": normalised_name(name),
        "founded_on": date(2015, 3, 15),
    }
    return _kept(Firm(**defaults | values))


def some_figures(firm: Firm, year: int, **values: Any) -> AnnualFigures:
    defaults: dict[str, Any] = {"sales_revenue": Decimal(4000 * WAN), "rd_spend": Decimal(220 * WAN)}
    return _kept(AnnualFigures(firm_id=firm.id, year=year, **defaults | values))


def a_contact(firm: Firm, **values: Any) -> Contact:
    return _kept(Contact(firm_id=firm.id, **{"name": "张三", "phone": "13800000001"} | values))


def a_recognition(firm: Firm, title: Title, recognized_on: date, **values: Any) -> Recognition:
    return _kept(Recognition(firm_id=firm.id, title=title, recognized_on=recognized_on, **values))


def an_ip_right(firm: Firm, kind: IpKind = IpKind.INVENTION, **values: Any) -> IpRight:
    defaults: dict[str, Any] = {"number": f"ZL{next(_numbers):012d}", "granted_on": date(2023, 5, 1)}
    return _kept(IpRight(firm_id=firm.id, kind=kind, **defaults | values))


def a_flag(firm: Firm, kind: FlagKind = FlagKind.ABNORMAL_OPERATION, **values: Any) -> Flag:
    return _kept(Flag(firm_id=firm.id, kind=kind, **{"entered_on": date(2024, 1, 1)} | values))


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
