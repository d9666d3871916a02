"""All editions that are known: which one is in force on a day, and what may be added."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from pipelines.qualification.policy import Policy, read_policy
from pipelines.refusals import Refusal
from pipelines.vocabulary import Programme

SHIPPED = Path(__file__).parent.parent / "policies"


class Policies:
    """Editions by programme, oldest first. Never changed: an added edition makes another set."""

    def __init__(self, editions: Iterable[Policy]) -> None:
        self._editions: dict[str, tuple[Policy, ...]] = {}
        for policy in sorted(editions, key=lambda each: each.in_force_from):
            self._editions[policy.programme] = (*self._editions.get(policy.programme, ()), policy)
        self._supplements = [name for name, found in self._editions.items() if found[0].supplements]
        self._merged: dict[tuple[Policy, ...], Policy] = {}

    def editions(self, programme: str) -> tuple[Policy, ...]:
        return self._editions.get(programme, ())

    def edition(self, programme: str, digest: str) -> Policy | None:
        """The very edition an old judgement was made from."""
        return next((each for each in self.editions(programme) if each.digest == digest), None)

    def in_force(self, programme: Programme, on: date) -> Policy | None:
        """The edition of that day, with what the province, the city and the county add to it."""
        base = self._latest(programme, on)
        if base is None:
            return None
        added = (self._latest(name, on) for name in self._supplements)
        layers = (base, *(each for each in added if each is not None and each.supplements == programme))
        if layers not in self._merged:
            self._merged[layers] = _merged(layers)
        return self._merged[layers]

    def _latest(self, programme: str, on: date) -> Policy | None:
        begun = [each for each in self.editions(programme) if each.in_force_from <= on]
        return begun[-1] if begun else None

    def with_edition(self, text: str, programme: str, file_stem: str) -> "Policies":
        """The set with one more edition. A correction is a new file: nothing that has been in force is changed."""
        added = read_policy(text, programme, file_stem)
        latest = self.editions(programme)[-1:]
        if latest and added.in_force_from <= latest[0].in_force_from:
            raise Refusal(f"新版本的施行日期（{added.in_force_from}）应晚于已有版本（{latest[0].in_force_from}）")
        everything = Policies([*(each for found in self._editions.values() for each in found), added])
        _check_layers(everything)
        return everything


def read_policies(*folders: Path) -> Policies:
    """Every edition under the folders (one folder a programme), or the PolicyFault of the first that is wrong."""
    files = sorted(file for folder in folders for file in folder.glob("*/*.yaml"))
    policies = Policies([read_policy(file.read_text(encoding="utf-8"), file.parent.name, file.stem) for file in files])
    _check_layers(policies)
    return policies


def _check_layers(policies: Policies) -> None:
    """Put the layers together once for every day on which something begins: what does not fit is told at the start."""
    for day in {policy.in_force_from for programme in policies._editions for policy in policies.editions(programme)}:
        for programme in Programme:
            policy = policies.in_force(programme, day)
            if policy is not None and policy.colours is not None:
                _check_colours(policy, policies.in_force(policy.colours.basis, day))


def _check_colours(policy: Policy, basis: Policy | None) -> None:
    wanted = policy.colours.red_if_missed if policy.colours else ()
    known = {criterion.id for criterion in basis.criteria} if basis else set()
    strange = [name for name in wanted if name not in known]
    if strange:
        raise Refusal(f"{policy.title}引用的条件“{'、'.join(strange)}”在当日的{policy.programme}依据文件里不存在")


def _merged(layers: tuple[Policy, ...]) -> Policy:
    """Conditions are appended, never silently replaced."""
    if len(layers) == 1:
        return layers[0]
    criteria = tuple(criterion for layer in layers for criterion in layer.criteria)
    names = [criterion.id for criterion in criteria]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled:
        raise Refusal(f"补充规定 {layers[-1].programme} 与原规定都有条件“{doubled}”，补充规定只能增加条件")
    digest = sha256("".join(layer.digest for layer in layers).encode()).hexdigest()
    return replace(layers[0], criteria=criteria, digest=digest)
