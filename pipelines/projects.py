"""Research projects (科技项目): the stages of each programme, which moves are allowed, and what a record may say.

A project of a programme is called for, applied for and approved step by step; a firm's own (自立项目) begins with its
approval. Both then run until they are accepted or concluded. 延期 and 变更 are noted and leave the stage as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.refusals import Refusal
from pipelines.vocabulary import ProjectProgramme, ProjectStage

S = ProjectStage

CALLING = (S.CALLED, S.GUIDED)
APPLYING = (
    S.APPLIED, S.COUNTY_RECOMMENDED, S.CITY_RECOMMENDED, S.FORM_CHECK, S.EVALUATION, S.PUBLICIZED,
)  # fmt: skip
RUNNING = (S.APPROVED, S.CONTRACTED, S.UNDERWAY, S.MIDTERM, S.ACCEPTANCE, S.NOT_ACCEPTED)
FINISHED = (S.ACCEPTED, S.CONCLUDED, S.APPRAISED)
ENDED_EARLY = (S.NOT_APPROVED, S.TERMINATED, S.REVOKED)
SIDE_STEPS = (S.EXTENDED, S.CHANGED)
STAGES = tuple(stage for stage in ProjectStage if stage not in SIDE_STEPS)

_PATH = (*CALLING, *APPLYING, S.APPROVED, S.CONTRACTED, S.UNDERWAY, S.MIDTERM, S.ACCEPTANCE, S.ACCEPTED, S.APPRAISED)
_NOT_ON_THE_WAY = {
    ProjectProgramme.COUNTY: (S.COUNTY_RECOMMENDED, S.CITY_RECOMMENDED),
    ProjectProgramme.OWN: (*CALLING, *APPLYING, S.CONTRACTED),
}
_WITH_REASON = (S.NOT_ACCEPTED, *ENDED_EARLY, *SIDE_STEPS)
# The day that a stage is reached is kept as a day of the project; approved_on is the one it is counted by.
DAY_OF = {
    S.APPLIED: "applied_on", S.APPROVED: "approved_on", S.ACCEPTED: "accepted_on", S.CONCLUDED: "accepted_on",
}  # fmt: skip
_DAYS_IN_ORDER = (
    ("applied_on", "approved_on", "立项日期不能早于申报日期"),
    ("approved_on", "accepted_on", "验收日期不能早于立项日期"),
    ("starts_on", "ends_on", "结束日期不能早于开始日期"),
    ("starts_on", "acceptance_due_on", "应验收日期不能早于开始日期"),
)


@dataclass(frozen=True)
class ProjectSituation:
    """What a move is judged by. since: the day the present stage began."""

    programme: ProjectProgramme
    stage: ProjectStage
    since: date
    acceptance_due_on: date | None = None


def path_of(programme: ProjectProgramme) -> tuple[ProjectStage, ...]:
    """The stages a project of the programme goes through when all goes well."""
    left_out = _NOT_ON_THE_WAY.get(programme, ())
    return tuple(stage for stage in _PATH if stage not in left_out)


def moves_from(stage: ProjectStage, programme: ProjectProgramme) -> tuple[ProjectStage, ...]:
    """Where a project may go from here, the likeliest first; whether it may now is for `check`."""
    if stage in CALLING:
        later = [each for each in (S.GUIDED, S.APPLIED) if STAGES.index(each) > STAGES.index(stage)]
        return (*later, S.REVOKED)
    if stage in APPLYING:
        return (_following(stage, programme), S.NOT_APPROVED, S.REVOKED)
    if stage in RUNNING:
        return (*_onwards(stage, programme), *SIDE_STEPS, S.TERMINATED, S.REVOKED)
    return (S.APPRAISED,) if stage in (S.ACCEPTED, S.CONCLUDED) else ()


def _onwards(stage: ProjectStage, programme: ProjectProgramme) -> tuple[ProjectStage, ...]:
    is_own = programme is ProjectProgramme.OWN
    return {
        S.UNDERWAY: (S.MIDTERM, S.ACCEPTANCE, *([S.CONCLUDED] if is_own else [])),
        S.MIDTERM: (S.ACCEPTANCE, S.UNDERWAY),
        S.ACCEPTANCE: (S.ACCEPTED, S.CONCLUDED, S.NOT_ACCEPTED),
        S.NOT_ACCEPTED: (S.ACCEPTANCE,),
    }.get(stage) or (_following(stage, programme),)


def _following(stage: ProjectStage, programme: ProjectProgramme) -> ProjectStage:
    """A stage that is not on the programme's way, entered by mistake or by hand, leads back onto it."""
    return next(each for each in path_of(programme) if STAGES.index(each) > STAGES.index(stage))


def needs_reason(to: ProjectStage) -> bool:
    return to in _WITH_REASON


def check(
    now: ProjectSituation, to: ProjectStage, on: date, today: date, reason: str | None, due_on: date | None
) -> None:
    """Raises Refusal with what stands in the way. due_on: the new day of acceptance, for 延期."""
    allowed = moves_from(now.stage, now.programme)
    if to not in allowed:
        raise Refusal(_not_from_here(now.stage, to, allowed))
    if on > today:
        raise Refusal("日期不能晚于今天。")
    if on < now.since:
        raise Refusal(f"日期不能早于进入“{now.stage.label}”的日期 {now.since}。")
    if needs_reason(to) and not reason:
        raise Refusal(f"“{to.label}”请填写原因。")
    if to is S.EXTENDED:
        _check_extension(now, due_on)


def _check_extension(now: ProjectSituation, due_on: date | None) -> None:
    if due_on is None:
        raise Refusal("延期请填写延到哪一天验收。")
    if now.acceptance_due_on and due_on <= now.acceptance_due_on:
        raise Refusal(f"延期后的应验收日期应晚于原来的 {now.acceptance_due_on}。")


def _not_from_here(stage: ProjectStage, to: ProjectStage, allowed: tuple[ProjectStage, ...]) -> str:
    if stage is to:
        return f"已经在“{to.label}”。"
    if not allowed:
        return f"已经结束（{stage.label}），不能再移动。"
    return f"不能从“{stage.label}”直接移至“{to.label}”，可以：{'、'.join(each.label for each in allowed)}。"


def record_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Field and sentence: what a record must not say, whichever way it came. What is missing in values is not known."""
    stage, approved, accepted = values["stage"], values.get("approved_on"), values.get("accepted_on")
    if stage in (*RUNNING, *FINISHED, S.TERMINATED) and not approved:
        yield "approved_on", f"在“{stage.label}”的项目请填写立项日期"
    if stage in (*CALLING, *APPLYING, S.NOT_APPROVED) and approved:
        yield "approved_on", f"还在“{stage.label}”，没有立项，不能填立项日期"
    if stage in FINISHED and not accepted:
        yield "accepted_on", f"“{stage.label}”的项目请填写验收日期"
    if stage not in FINISHED and accepted:
        yield "accepted_on", f"还在“{stage.label}”，没有验收，不能填验收日期"
    for earlier, later, sentence in _DAYS_IN_ORDER:
        begin, end = values.get(earlier), values.get(later)
        if begin and end and end < begin:
            yield later, sentence
    total = values.get("budget_total")
    parts = (values.get("budget_subsidy") or 0) + (values.get("budget_own") or 0)
    if total is not None and parts > total:
        yield "budget_total", "补助和自筹之和超过总经费，请核对"
