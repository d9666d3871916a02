"""How far long work is, and whether anybody still does it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.extensions import db
from crm.models import Task, User
from pipelines.vocabulary import TaskKind, TaskStatus

_SILENCE = timedelta(seconds=60)
_SHOWN = 50


@dataclass(frozen=True)
class TaskState:
    """A task as its page shows it; total 0 means that its length is not known yet."""

    id: int
    kind: TaskKind
    status: TaskStatus
    arguments: dict[str, Any]
    done: int
    total: int
    message: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_alive(self) -> bool:
        return self.status in (TaskStatus.WAITING, TaskStatus.RUNNING)


def beat_file(task_id: int) -> Path:
    """The file whose content is a task's progress and whose time is its sign of life."""
    return Path(current_app.instance_path) / "tasks" / str(task_id)


def task_of(task_id: int, viewer: User) -> Task | None:
    return db.session.scalar(sa.select(Task).where(Task.id == task_id, Task.by_id == viewer.id))


def tasks_of(viewer: User) -> list[TaskState]:
    """The newest tasks somebody started."""
    newest = sa.select(Task).where(Task.by_id == viewer.id).order_by(Task.id.desc()).limit(_SHOWN)
    return [state_of(task) for task in db.session.scalars(newest)]


def task_of_batch(batch_id: int, viewer: User) -> Task | None:
    """The last task that worked on an import."""
    newest = sa.select(Task).where(Task.by_id == viewer.id).order_by(Task.id.desc()).limit(_SHOWN)
    return next((task for task in db.session.scalars(newest) if task.arguments.get("batch_id") == batch_id), None)


def state_of(task: Task) -> TaskState:
    done, total = _progress(task)
    return TaskState(
        id=task.id,
        kind=task.kind,
        status=TaskStatus.INTERRUPTED if is_interrupted(task) else task.status,
        arguments=task.arguments,
        done=done,
        total=total,
        message=task.message or "",
        created_at=task.created_at,
        finished_at=task.finished_at,
    )


def is_interrupted(task: Task) -> bool:
    """Whether work that has not ended has been silent for a minute: its process is gone."""
    return task.finished_at is None and clock.now() - _last_beat(task) > _SILENCE


def _last_beat(task: Task) -> datetime:
    started = task.beat_at or task.created_at
    try:
        return max(started, datetime.fromtimestamp(beat_file(task.id).stat().st_mtime, UTC))
    except FileNotFoundError:
        return started


def _progress(task: Task) -> tuple[int, int]:
    try:
        done, total = beat_file(task.id).read_text().split()
    except (FileNotFoundError, ValueError):  # ended, not begun, or just being written
        return 0, 0
    return int(done), int(total)
