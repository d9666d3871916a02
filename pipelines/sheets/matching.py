"""Which firm a row means: by its credit code; else by its name, and then somebody is asked."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.names import normalised_name
from pipelines.sheets.known import KnownFirm, KnownFirms
from pipelines.sheets.ledger import Ledger
from pipelines.sheets.planned import Candidate, RowError

ALL_ROWS = "*"  # the key of an answer that settles every row with one candidate
SAME = "same"  # that answer: it is the candidate
NEW, SKIP = "new", "skip"
_TAIL = re.compile(r"\s*[(（][^()（）]{1,12}[)）]$")


class Match(NamedTuple):
    """firm None and no candidates: a new firm, unless there are errors.

    renamed, recoded: the row gives the firm another name, another code.
    """

    firm: KnownFirm | None = None
    candidates: tuple[Candidate, ...] = ()
    errors: tuple[RowError, ...] = ()
    doubts: tuple[RowError, ...] = ()
    renamed: bool = False
    recoded: bool = False
    skipped: bool = False


def match_row(ledger: Ledger, place: int, known: KnownFirms, answer: str | None, for_all: str | None) -> Match:
    uscc, name = ledger.usccs[place], ledger.names[place]
    if firm := known.by_uscc.get(uscc or ""):
        return _by_code(ledger, place, firm, known, answer)
    candidates = namesakes(name, known)
    if answer is None and for_all == SAME and len(candidates) == 1:
        answer = str(candidates[0].id)
    if answer == SKIP:
        return Match(skipped=True)
    if chosen := next((firm for firm in candidates if str(firm.id) == answer), None):
        return _chosen(ledger, place, chosen)
    if candidates and answer != NEW:
        return Match(candidates=shown_candidates(candidates))
    return Match(errors=_what_a_new_firm_lacks(ledger, place))


def _by_code(ledger: Ledger, place: int, firm: KnownFirm, known: KnownFirms, answer: str | None) -> Match:
    name = ledger.names[place]
    if name is None or name == firm.name or normalised_name(name) == normalised_name(firm.name):
        return Match(firm)
    if normalised_name(name) in map(normalised_name, firm.former_names):
        return Match(firm, doubts=(ledger.error(place, "name", name, f"是曾用名，现名“{firm.name}”不变"),))
    others = [other for other in namesakes(name, known) if other.id != firm.id]
    if not others or answer == str(firm.id):
        doubt = ledger.error(place, "name", name, f"与库中名称“{firm.name}”不同，按更名处理，原名记为曾用名")
        return Match(firm, doubts=(doubt,), renamed=True)
    if answer == SKIP:
        return Match(skipped=True)
    if chosen := next((other for other in others if str(other.id) == answer), None):
        doubt = ledger.error(place, "uscc", ledger.usccs[place], f"属于“{firm.name}”，没有改动所选企业的信用代码")
        return Match(chosen, doubts=(doubt,))
    return Match(candidates=shown_candidates([firm, *others]))


def _chosen(ledger: Ledger, place: int, firm: KnownFirm) -> Match:
    uscc = ledger.usccs[place]
    if uscc is None or uscc == firm.uscc:
        return Match(firm)
    doubt = ledger.error(place, "uscc", uscc, f"库中为 {firm.uscc}，按您的选择改为本行的代码")
    return Match(firm, doubts=(doubt,), recoded=True)


def namesakes(name: str | None, known: KnownFirms) -> Sequence[KnownFirm]:
    """Firms of that name, or of that name without what stands in brackets at its end, like (嘉善)."""
    if not name:
        return ()
    return known.by_name.get(normalised_name(name)) or known.by_name.get(normalised_name(_TAIL.sub("", name)), ())


def shown_candidates(firms: Sequence[KnownFirm]) -> tuple[Candidate, ...]:
    return tuple(Candidate(firm.id, firm.name, firm.uscc) for firm in firms)


def _what_a_new_firm_lacks(ledger: Ledger, place: int) -> tuple[RowError, ...]:
    uscc, name = ledger.usccs[place], ledger.names[place]
    if uscc and name:
        return ()
    if uscc:
        return (ledger.error(place, "name", "", f"库中没有代码为 {uscc} 的企业，新增企业请填写企业名称"),)
    return (ledger.error(place, "uscc", "", "库中没有这家企业，新增企业请填写统一社会信用代码"),)
