"""Strings that break other people's pages, in every text field of every form: kept as they were meant, or refused with
a sentence; no page breaks, nothing is run."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup, Tag

from crm import clock
from crm.actions.demo import load_demo
from crm.extensions import db
from crm.models import Firm, User
from pipelines.names import cleaned
from seeds import DEFAULT_SEED
from tests.addresses import addresses, rows_of, rules_of

MARKS = "<script>alert(1)</script><img src=x onerror=alert(1)>"
NAUGHTY = {
    "marks": f"'\"><b>{MARKS}{{{{7*7}}}}${{7*7}}'; DROP TABLE firms;-- %s%n`id`$(id)|../../etc/passwd",
    "rare characters, what turns and what is not seen": "𠮷㐀鿕Ω√👩‍💻🏴١٢ａｂ甲\u202e乙\u202c\u200b丙\ufeff丁\u00ad戊",
    "control characters": "甲\x00\x08乙\x1b[31m丙",
    "a second line": "甲\r\nBcc: all@example.com\r\n\r\n=1+1",
    "far too long": "长" * 6000,
    "nothing but space": " \u3000\t\u00a0",
}
_TEXT = ("text", "search", "email", "tel", "url", None)
_NOT_WALKED = ("/sign-out", "/password", "/second-factor", "/backups", "/palette")


class Form(NamedTuple):
    page: str
    action: str
    values: dict[str, str]
    texts: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Where it goes, whichever row it is about."""
        return re.sub(r"\d+", "1", self.action)


@pytest.fixture
def chief(app, sign_in):
    load_demo(60, DEFAULT_SEED, clock.today())
    return sign_in(db.session.scalar(sa.select(User).filter_by(account="kezhang")))


@pytest.fixture
def pages(app, chief) -> list[str]:
    rules = rules_of(app)
    firm_ids = list(db.session.scalars(sa.select(Firm.id).order_by(Firm.id)))
    plain = [rule.rule for rule in rules if "GET" in rule.methods and not rule.arguments]
    asked = dict.fromkeys([*plain, *addresses(app, rules, rows_of(firm_ids))])
    walked = [page for page in asked if not page.startswith(_NOT_WALKED)]
    return sorted(walked, key=lambda page: "archiving" in page or "merges" in page)  # last: then nothing can be typed


def forms_of(page: str, html: str) -> Iterator[Form]:
    """Those that change something and have a field to type text into."""
    for form in BeautifulSoup(html, "html.parser").select("form[method=post]"):
        values, texts = {}, []
        for field in form.select("input[name], textarea[name], select[name]"):
            name, kind = str(field["name"]), field.get("type")
            if field.name == "textarea" or (field.name == "input" and kind in _TEXT):
                texts.append(name)
            if field.name == "select":
                chosen = field.select_one("option[selected]") or field.select_one("option")
                values[name] = str(chosen.get("value", "")) if isinstance(chosen, Tag) else ""
            elif kind not in ("file", "submit") and (kind not in ("checkbox", "radio") or field.has_attr("checked")):
                values[name] = field.text if field.name == "textarea" else str(field.get("value", ""))
        if texts and not str(form.get("action") or page).startswith(_NOT_WALKED):
            yield Form(page, str(form.get("action") or page), values, tuple(texts))


@pytest.mark.parametrize("kind", NAUGHTY)
def test_every_form_takes_it_in_all_its_text_fields_or_says_why_not(chief, pages, kind):
    seen, wrong = set(), []
    for page in pages:
        for place, form in enumerate(_forms_at(chief, page)):
            if form.kind not in seen:
                seen.add(form.kind)
                wrong += _trouble(chief, page, place, dict.fromkeys(form.texts, NAUGHTY[kind]))

    assert len(seen) > 40
    assert wrong == []


def test_every_text_field_takes_marks_alone_or_says_why_not(chief, pages):
    """The rest of the form as it stands, so that what one field refuses does not keep the others from being written."""
    seen, wrong = set(), []
    for page in pages:
        for place, form in enumerate(_forms_at(chief, page)):
            for name in form.texts:
                if (form.kind, name) not in seen:
                    seen.add((form.kind, name))
                    wrong += _trouble(chief, page, place, {name: NAUGHTY["marks"]})

    assert len(seen) > 150
    assert wrong == []


def _forms_at(visitor, page: str) -> list[Form]:
    shown = visitor.get(page)
    return list(forms_of(page, shown.text)) if shown.mimetype == "text/html" else []


def _trouble(visitor, page: str, place: int, typed: dict[str, str]) -> list[tuple[str, object]]:
    """What goes wrong when this is typed into a form of a page: the page is opened anew, for its tokens."""
    fresh = _forms_at(visitor, page)
    if place >= len(fresh):  # what was typed before has changed the page
        return []
    form = fresh[place]
    answer = visitor.post(form.action, data=form.values | typed)
    there = visitor.get(answer.location) if answer.location else answer
    if max(answer.status_code, there.status_code) >= 500:
        return [(form.action, there.status_code)]
    if MARKS.encode() in there.data:
        return [(form.action, "not escaped")]
    if answer.mimetype == "text/html" and not answer.location and not _is_told(answer.text):
        return [(form.action, "neither kept nor refused")]
    return []


def _is_told(page: str) -> bool:
    """Beside the field, above the form, or on a page of its own."""
    told = ".notice, [aria-invalid=true], .invalid-feedback, [role=alert], .bare-card h1 + p"
    return bool(BeautifulSoup(page, "html.parser").select(told))


def test_what_is_kept_is_what_was_meant(chief):
    """Through the form of a firm: what turns the writing and what is not seen is taken out, the rest stays."""
    firm_id = db.session.scalar(sa.select(Firm.id).limit(1))
    for typed in list(NAUGHTY.values())[:2]:
        (form,) = [each for each in forms_of("", chief.get(f"/firms/{firm_id}/edit").text) if "address" in each.texts]
        chief.post(f"/firms/{firm_id}/edit", data=form.values | {"address": typed})

        assert db.session.scalar(sa.select(Firm.address).where(Firm.id == firm_id)) == cleaned(typed)
