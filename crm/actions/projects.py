"""Deeds on research projects: entered, corrected, moved from stage to stage and back, given papers, put away."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.attachments import Given, attach
from crm.actions.changes import Opened, Saving, compare_and_write, firm_for_change, first_values, plain
from crm.actions.events import Author, record_event
from crm.actions.project_partners import link_partners
from crm.extensions import begin_exclusive, db
from crm.models import Firm, Project, ProjectMove, User
from crm.queries.projects import situation_of
from pipelines.projects import DAY_OF, SIDE_STEPS, check, record_faults
from pipelines.refusals import Refusal
from pipelines.vocabulary import AttachedTo, EventKind, ProjectStage

_CHECKED = (
    "programme", "stage", "applied_on", "approved_on", "accepted_on", "starts_on", "ends_on", "acceptance_due_on",
    "budget_total", "budget_subsidy", "budget_own",
)  # fmt: skip
_MOVED = ("stage", "stage_since", "applied_on", "approved_on", "accepted_on", "acceptance_due_on")


def add_project(firm_id: int, values: Mapping[str, Any], by: Author) -> Project:
    """The same form sent twice is the first result again; a project of that name told otherwise is a mistake."""
    firm_for_change(firm_id)
    if twin := _titled(firm_id, values["programme"], values["title"]):
        same = all(plain(getattr(twin, name)) == plain(value) for name, value in values.items())
        taken = _taken(twin)
        db.session.rollback()
        if not same:
            raise Refusal(f"{taken}，未重复登记。")
        return twin
    project = Project(firm_id=firm_id, **values)
    _refuse_faults(project)
    db.session.add(project)
    db.session.flush()
    link_partners([firm_id])
    _trace(project, EventKind.PROJECT_SAVED, by, changes=[_by_name(each) for each in first_values(values)])
    db.session.commit()
    return project


def update_project(project_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    project = _for_change(project_id)
    if twin := _titled(project.firm_id, project.programme, values["title"], besides=project_id):
        raise Refusal(f"{_taken(twin)}，未作修改。")
    with db.session.no_autoflush:
        saving = compare_and_write(project, values, opened)
        if saving.changes:
            _refuse_faults(project)
    if saving.changes:
        link_partners([project.firm_id])
        _trace(project, EventKind.PROJECT_SAVED, by, changes=[_by_name(each) for each in saving.changes])
    db.session.commit()
    return saving


def move_project(
    project_id: int, to: ProjectStage, moved_on: date, by: Author, reason: str | None = None,
    document_number: str | None = None, due_on: date | None = None,
) -> ProjectMove:  # fmt: skip
    """due_on: the new day of acceptance, for 延期."""
    project = _for_change(project_id)
    check(situation_of(project), to, moved_on, clock.today(), reason, due_on)
    old = {name: getattr(project, name) for name in _MOVED}
    move = ProjectMove(
        project_id=project_id, from_stage=project.stage, to_stage=to, moved_on=moved_on, reason=reason,
        document_number=document_number, before={name: plain(value) for name, value in old.items()},
        by_id=by.user_id, by_name=by.name,
    )  # fmt: skip
    _go(project, to, moved_on, due_on)
    _refuse_faults(project)
    db.session.add(move)
    _trace(project, EventKind.PROJECT_MOVED, by, changes=_changes(project, old, to), **_why(reason, document_number))
    db.session.commit()
    return move


def undo_move(project_id: int, move_id: int, by: Author) -> None:
    """Only the last move: what was built upon stays."""
    project = _for_change(project_id)
    standing = [move for move in project.moves if move.undone_at is None]
    if not standing or standing[-1].id != move_id:
        raise Refusal("没有可以撤销的移动：已经撤销过，或之后又有了新的移动。")
    move = standing[-1]
    old = {name: getattr(project, name) for name in _MOVED}
    for name, value in move.before.items():
        setattr(project, name, _as_kept(name, value))
    move.undone_at = clock.now()
    _trace(project, EventKind.PROJECT_MOVED, by, changes=_changes(project, old), reason="撤销上一次移动")
    db.session.commit()


def add_documents(project_id: int, files: Iterable[Given], by: Author) -> int:
    project = _for_change(project_id)
    added = attach(project.firm_id, AttachedTo.PROJECT, str(project_id), files, by)
    if not added:
        raise Refusal("请选择要上传的文件。")
    change = {"field": "files", "old": None, "new": "、".join(each.file_name for each in added)}
    _trace(project, EventKind.PROJECT_SAVED, by, changes=[change])
    db.session.commit()
    return len(added)


def archive_project(project_id: int, reason: str, by: Author) -> None:
    """What was entered by mistake leaves every list and count. One that came to nothing is ended instead."""
    project = _for_change(project_id)
    project.archived_at, project.archived_reason = clock.now(), reason
    _trace(project, EventKind.PROJECT_ARCHIVED, by, reason=reason)
    db.session.commit()


def restore_project(project_id: int, by: Author) -> None:
    project = _locked(project_id)
    if project.archived_at is None:
        raise Refusal("该项目没有归档，无需恢复。")
    if twin := _titled(project.firm_id, project.programme, project.title):
        raise Refusal(f"{_taken(twin)}，没有恢复。")
    project.archived_at = project.archived_reason = None
    _trace(project, EventKind.PROJECT_RESTORED, by)
    db.session.commit()


def _locked(project_id: int) -> Project:
    begin_exclusive()
    db.session.expire_all()
    project = db.session.get_one(Project, project_id)
    if db.session.get_one(Firm, project.firm_id).archived_at:
        raise Refusal("该企业已归档，请先恢复再修改。")
    return project


def _for_change(project_id: int) -> Project:
    project = _locked(project_id)
    if project.archived_at:
        raise Refusal("该项目已归档，请先恢复再修改。")
    return project


def _titled(firm_id: int, programme: Any, title: str, besides: int = 0) -> Project | None:
    same = sa.select(Project).filter_by(firm_id=firm_id, programme=programme, title=title, archived_at=None)
    return db.session.scalar(same.where(Project.id != besides).limit(1))


def _taken(twin: Project) -> str:
    return f"该企业已有同名的{twin.programme.label}项目（{twin.stage.label}）"


def _refuse_faults(project: Project) -> None:
    values = {name: getattr(project, name) for name in _CHECKED}
    if fault := next(record_faults(values), None):
        raise Refusal(f"{fault[1]}，未作修改。")


def _go(project: Project, to: ProjectStage, moved_on: date, due_on: date | None) -> None:
    if to is ProjectStage.EXTENDED:
        project.acceptance_due_on = due_on
    if to in SIDE_STEPS:
        return
    project.stage, project.stage_since = to, moved_on
    if day := DAY_OF.get(to):
        setattr(project, day, moved_on)


def _changes(project: Project, old: Mapping[str, Any], to: ProjectStage | None = None) -> list[dict[str, Any]]:
    """What became otherwise; a side step is told as a step of its own."""
    changed = [
        {"field": name, "old": plain(value), "new": plain(getattr(project, name))}
        for name, value in old.items()
        if name != "stage_since" and value != getattr(project, name)
    ]
    side = [{"field": "stage", "old": plain(project.stage), "new": plain(to)}] if to in SIDE_STEPS else []
    return side + changed


def _why(reason: str | None, document_number: str | None) -> dict[str, str]:
    told = "；".join(part for part in (reason, document_number) if part)
    return {"reason": told} if told else {}


def _as_kept(name: str, value: Any) -> Any:
    if name == "stage":
        return ProjectStage(value)
    return date.fromisoformat(value) if value else None


def _by_name(change: dict[str, Any]) -> dict[str, Any]:
    """An event must be readable when the person it points at is gone."""
    if change["field"] != "owner_id":
        return change
    names = {key: db.session.get_one(User, key).name for key in (change["old"], change["new"]) if key}
    return change | {"old": names.get(change["old"]), "new": names.get(change["new"])}


def _trace(project: Project, kind: EventKind, by: Author, **particulars: Any) -> None:
    about = {"subject": f"{project.programme.label} {project.title}", "subject_id": project.id}
    record_event(kind, by, project.firm_id, about | particulars)
