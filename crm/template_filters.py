"""How values are shown. What is not known is a dash, never a zero."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import segno
from flask import Flask, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from crm.clock import OFFICE_ZONE, now
from crm.queries.masking import masked_phone
from crm.queries.spoken import spoken_through

DASH = "—"
_WAN = 10_000


def register(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for shown in (wan_yuan, percent, zh_date, moment, label, count, phone, file_size, qr_code, spoken_through):
        app.add_template_filter(shown)
    for helper in (address, address_args, page_window, now):
        app.add_template_global(helper)


def wan_yuan(yuan: Decimal | None, unit: bool = False) -> str:
    """Yuan as 万元, two decimals; the unit stands in the head of the column unless asked for."""
    if yuan is None:
        return DASH
    return f"{_rounded(Decimal(yuan) / _WAN, 2):,}" + (" 万元" if unit else "")


def percent(share: Decimal | float | None, unit: bool = True) -> str:
    """A share of 0–1 as a percentage with one decimal."""
    if share is None:
        return DASH
    return f"{_rounded(Decimal(str(share)) * 100, 1):,}" + ("%" if unit else "")


def zh_date(day: date | None) -> str:
    return DASH if day is None else day.isoformat()


def moment(at: datetime | None) -> str:
    """A moment on the office's clock, to the minute."""
    return DASH if at is None else f"{at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"


def label(value: Any) -> str:
    """The Chinese label of a word of the vocabulary; yes and no for a bool."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(getattr(value, "label", value))


def count(number: Decimal | int | None) -> str:
    """A number of things with thousands marks; parts of a thing (0.5 staff) are kept."""
    if number is None:
        return DASH
    exact = Decimal(number).normalize()
    return f"{exact:,f}"


@pass_context
def phone(context: Context, number: str | None) -> str:
    """A telephone number, its middle hidden from those who may not see it whole."""
    if not number:
        return DASH
    can = context.resolve("can")
    return number if can("contacts.unmask") else masked_phone(number)


def file_size(size: int) -> str:
    """12 KB, 3.4 MB."""
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(1, round(size / 1024))} KB"


def qr_code(text: str, label: str) -> Markup:
    """A picture for a telephone's camera, drawn here: black on white in the dark, too, since cameras want it so."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=False)
    return Markup(svg).replace("<svg ", Markup('<svg role="img" aria-label="{}" ').format(label), 1)  # noqa: S704 - drawn by us


def address(endpoint: str, args: Mapping[str, Any], **changes: Any) -> str:
    """The address of a page with some of its arguments changed; a change to None drops the argument."""
    merged = {name: value for name, value in {**args, **changes}.items() if value not in (None, "", [])}
    return url_for(endpoint, **merged)


def address_args(url: str, *left_out: str) -> list[tuple[str, str]]:
    """The query arguments of an address, for the hidden fields of a form that sends them again."""
    return [pair for pair in parse_qsl(urlsplit(url).query) if pair[0] not in left_out]


def page_window(number: int, pages: int) -> list[int | None]:
    """The page numbers worth offering: the ends, and those around the current one; None is a gap."""
    offered = sorted({1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)})
    window: list[int | None] = []
    for previous, following in zip([0, *offered], offered, strict=False):
        if following - previous > 1:
            window.append(None)
        window.append(following)
    return window


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
