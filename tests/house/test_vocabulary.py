"""One word a concept: what the code says and what the glossary says are the same list."""

import re
from pathlib import Path

import pytest

from pipelines import vocabulary
from pipelines.vocabulary import Word

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "GLOSSARY.md"
ENUMS = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, Word) and len(kind)]


def glossary_pairs() -> set[tuple[str, str]]:
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \|", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {(label.strip(), identifier) for label, identifier in rows}


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_every_word_is_in_the_glossary(kind: type[Word]):
    missing = {(member.label, member.value) for member in kind} - glossary_pairs()

    assert missing == set()


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_labels_of_one_enum_are_told_apart(kind: type[Word]):
    labels = [member.label for member in kind]

    assert len(labels) == len(set(labels))
