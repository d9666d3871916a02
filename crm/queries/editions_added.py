"""Drafts of editions, as their pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from crm.extensions import db
from crm.models import Edition
from crm.queries.policies import known_policies
from pipelines.vocabulary import Verdict

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class ShownDraft:
    """difference: (sign, line) against the latest edition there is; moves: from, to, firms, the most first."""

    edition: Edition
    difference: tuple[tuple[str, str], ...]
    moves: tuple[tuple[Verdict, Verdict, int], ...]
    counts: tuple[tuple[Verdict, int, int], ...]


def shown_draft(edition_id: int) -> ShownDraft | None:
    edition = db.session.get(Edition, edition_id) if 0 < edition_id <= _LARGEST_ID else None
    if edition is None:
        return None
    effect = edition.effect or {"before": {}, "after": {}, "moves": {}}
    verdicts = {each.value: each for each in Verdict}
    moves = [(*(verdicts[name] for name in pair.split()), firms) for pair, firms in effect["moves"].items()]
    moves.sort(key=lambda move: -move[2])
    counts = [(each, effect["before"].get(each.value, 0), effect["after"].get(each.value, 0)) for each in Verdict]
    shown = tuple(count for count in counts if count[1] or count[2])
    return ShownDraft(edition, tuple(_difference(edition)), tuple(moves), shown)


def _difference(edition: Edition) -> Iterator[tuple[str, str]]:
    others = [each for each in known_policies().editions(edition.programme) if each.text != edition.text]
    before = others[-1].text.splitlines() if others else []
    for line in list(unified_diff(before, edition.text.splitlines(), lineterm="", n=2))[2:]:
        yield line[:1], line[1:]
