"""requirements.lock is what requirements.txt asks for: nothing missing, nothing too much, each with its digest."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ASKED = [
    Requirement(line)
    for file in ("requirements.txt", "requirements-postgres.txt")
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PINS = re.findall(
    r"^([\w.-]+)==([^\s;]+)([^\n]*)\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)*)",
    (ROOT / "requirements.lock").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
VERSIONS = {name: version for name, version, _, _ in PINS}


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_what_is_asked_for_is_pinned_within_its_bounds(asked: Requirement) -> None:
    assert asked.specifier.contains(VERSIONS[canonicalize_name(asked.name)])


def test_every_pin_carries_digests() -> None:
    assert [name for name, _, _, hashes in PINS if not hashes] == []


def test_every_pin_is_needed_and_every_need_is_pinned() -> None:
    """As far as this machine can know: what only another system needs says so in its line."""
    elsewhere = {name for name, _, marker, _ in PINS if "platform" in marker or "implementation" in marker}

    assert needed() - elsewhere == set(VERSIONS) - elsewhere


def needed() -> set[str]:
    found: set[str] = set()
    open_ends = [(canonicalize_name(each.name), frozenset(each.extras)) for each in ASKED if applies(each)]
    while open_ends:
        name, extras = open_ends.pop()
        if name in found and not extras:
            continue
        found.add(name)
        try:
            below = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            continue
        open_ends += [
            (canonicalize_name(each.name), frozenset(each.extras))
            for each in below
            if applies(each, extras) and not (canonicalize_name(each.name) in found and not each.extras)
        ]
    return found


def applies(asked: Requirement, extras: frozenset[str] = frozenset()) -> bool:
    return asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in ("", *extras))
