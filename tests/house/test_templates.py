"""What pages are made of: nothing from outside, nothing inline, nothing that a Chrome 90 lacks, nothing orphaned."""

import re
from pathlib import Path

import pytest

from crm.assets import FILES, checked_content

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(file for file in (ROOT / "templates").rglob("*.html") if file.parent.name != "emails")
# A mail carries its own style: no mail program fetches a sheet. Each kind has its three parts, and somebody sends it.
MAILS = sorted((ROOT / "templates" / "emails").glob("*.html"))
SCRIPTS = sorted((ROOT / "crm" / "static").glob("*.js"))
STYLES = sorted((ROOT / "crm" / "static").glob("*.css"))

# What the office's oldest browser (Chrome 90, 2021) does not know, with the release that brought it.
MISSING_IN_CSS = {
    ":has(": 105, "@layer": 99, "@container": 105, "color-mix(": 111, "light-dark(": 123, "oklch(": 111, "dvh": 108,
    "svh": 108, "accent-color": 93, "scrollbar-gutter": 94, "subgrid": 117, "text-wrap": 114,
    "@scope": 118, "@starting-style": 117, "scrollbar-width": 121, "(width ": 104, "&": 112,
}  # fmt: skip
MISSING_IN_JS = {
    r"\.at\(": 92, "structuredClone": 98, r"\.findLast": 97, r"Object\.hasOwn": 93, r"(\?\?|\|\||&&)=": "ES2021",
    r"\.to(Sorted|Reversed|Spliced)\(": 110, r"\.groupBy\(": 117, r"\bstatic \{": 94, r"this\.#": "ES2022",
    "showPopover": 114, r"\beval\(": "never", r"new Function": "never", "innerHTML": "never",
}  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates" if path in TEMPLATES else ROOT))


def code_of(template: Path) -> str:
    """The text of a template without its comments."""
    return re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)


def uncommented(file: Path) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", file.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_is_rendered_by_someone(template: Path):
    name = name_of(template)
    callers = [*(ROOT / "crm").rglob("*.py"), *(other for other in TEMPLATES if other != template)]
    texts = [caller.read_text(encoding="utf-8") for caller in callers]
    beginnings = {beginning for text in texts for beginning in re.findall(r'include "([^"]+/_)" ~', text)}

    assert any(f'"{name}"' in text for text in texts) or name.startswith(tuple(beginnings)), f"nobody renders {name}"


@pytest.mark.parametrize("mail", MAILS, ids=lambda file: file.stem)
def test_mail_has_its_three_parts_runs_nothing_and_is_sent_by_someone(mail: Path):
    parts = {file.name for file in mail.parent.glob(f"{mail.stem}.*")}
    senders = [file.read_text(encoding="utf-8") for file in (ROOT / "crm" / "actions").glob("*.py")]

    assert parts == {f"{mail.stem}.{part}" for part in ("subject.txt", "txt", "html")}
    assert re.findall(r"<script|<img|\son[a-z]+\s*=|https?://", code_of(mail)) == []
    assert any(re.search(rf'\b(send|write)\("{mail.stem}"', sender) for sender in senders)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_holds_no_inline_script_or_style(template: Path):
    found = re.findall(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:", code_of(template)
    )

    assert found == []


@pytest.mark.parametrize("file", TEMPLATES + STYLES + SCRIPTS, ids=name_of)
def test_nothing_comes_from_outside_the_machine(file: Path):
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", file.read_text(encoding="utf-8"))

    assert [address for address in addresses if "www.w3.org" not in address] == []


@pytest.mark.parametrize("style", STYLES, ids=name_of)
def test_style_uses_nothing_that_chrome_90_lacks(style: Path):
    rules = uncommented(style)

    assert {word: release for word, release in MISSING_IN_CSS.items() if release > 90 and word in rules} == {}


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_uses_nothing_that_chrome_90_lacks(script: Path):
    code = uncommented(script)

    assert {word: release for word, release in MISSING_IN_JS.items() if re.search(word, code)} == {}


def test_every_class_has_a_rule():
    """A class without a rule is a typing mistake, or a name that the style sheet has given up."""
    sheets = (
        "".join(file.read_text(encoding="utf-8") for file in STYLES) + checked_content(*FILES["bootstrap.css"]).decode()
    )
    known = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", sheets))

    used = {}
    for template in TEMPLATES:
        for value in re.findall(r'\bclass="([^"]*)"', re.sub(r"\{\{.*?\}\}", "\0", code_of(template))):
            words = re.sub(r"\{%.*?%\}", " ", value).split()
            used |= {word: name_of(template) for word in words if "\0" not in word}

    assert {word: template for word, template in used.items() if word not in known} == {}


def test_every_piece_is_used_by_a_page():
    pages = "".join(code_of(template) for template in TEMPLATES)
    pieces = set(re.findall(r"{% macro (\w+)\(", pages))

    assert {
        piece for piece in pieces if not re.search(rf"(ui\.|\b){piece}\(", pages.replace(f"macro {piece}(", ""))
    } == set()
