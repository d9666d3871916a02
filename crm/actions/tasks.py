"""Long work: started here, done in a process of its own, found again by its number.

In a process of its own, because pages that share an interpreter with an import take three times as long; tests, which
put their own functions in the place of works, do it in a thread (TASKS_APART). An import holds SQLite's write lock for
seconds, so whoever works cannot write its own progress into the table. Progress and sign of life therefore live in a
small file (one a task, queries/tasks.py reads it); the row says only how the work began and how it ended.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from crm import clock
from crm.actions.events import COMMAND, Author
from crm.extensions import db, trouble_of
from crm.models import Task, User
from crm.queries.tasks import beat_file, is_interrupted
from pipelines.refusals import Refusal
from pipelines.vocabulary import TaskKind, TaskStatus

Progress = Callable[[int, int], None]
Work = Callable[[dict[str, Any], Author, Progress], str]

BUSY = "数据库正忙，这一次没有写入任何数据，请稍后再试。"
_UNEXPECTED = "出现意外错误，没有写入任何数据；详情已记入日志，请告诉管理员。"
_SECONDS_BETWEEN_BEATS = 5
_TRIES_TO_FINISH = 5
_AT_ONCE = 2
_WORKS_OF_A_PROCESS = 20  # then a fresh one: what a large import needed goes back to the machine

_works: dict[TaskKind, Work] = {}
_threads = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="task")
_alive: dict[Path, Future[None]] = {}
_log = logging.getLogger(__name__)


def work(kind: TaskKind) -> Callable[[Work], Work]:
    """Make a function known as the work of this kind; what it returns is the task's closing sentence."""

    def keep(function: Work) -> Work:
        _works[kind] = function
        return function

    return keep


def unwatched(_done: int, _total: int) -> None:
    """The progress of work that nobody waits for."""


def start_task(kind: TaskKind, arguments: dict[str, Any], by: Author) -> Task:
    task = Task(kind=kind, arguments=arguments, by_id=by.user_id, address=by.address, beat_at=clock.now())
    db.session.add(task)
    db.session.commit()
    _submit(task.id)
    return task


def restart_task(task: Task) -> Task:
    """Start work again that was cut off; who comes second finds it running."""
    if not is_interrupted(task):
        raise Refusal("这项任务还在进行，或者已经结束，不必重新开始。")
    claim = (
        sa.update(Task)
        .where(Task.id == task.id, Task.beat_at == task.beat_at, Task.finished_at.is_(None))
        .values(status=TaskStatus.WAITING, beat_at=clock.now())
    )
    won = db.session.execute(claim).rowcount == 1  # type: ignore[attr-defined]  # an UPDATE has one
    db.session.commit()
    if won:
        _submit(task.id)
    return task


def is_finished_soon(task: Task) -> bool:
    """Whether the work ends within the time that people wait for a page anyway."""
    if future := _alive.get(beat_file(task.id)):
        wait([future], timeout=current_app.config["PAGE_WAIT_SECONDS"])
    db.session.expire_all()  # what the work has written was committed by another session
    return task.finished_at is not None


def drop_tasks() -> None:
    """The server leaves at once: work in hand is cut off, nothing of it was written, and it can be started again."""
    for process in multiprocessing.active_children():
        process.terminate()


def _submit(task_id: int) -> None:
    beat = beat_file(task_id)
    beat.parent.mkdir(exist_ok=True)
    beat.touch()
    _alive[beat] = future = _begin(task_id, beat)
    future.add_done_callback(lambda _: _alive.pop(beat, None))
    _keep_beating()


def _begin(task_id: int, beat: Path) -> Future[None]:
    if not current_app.config["TASKS_APART"]:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy ends with the request
        return _threads.submit(_perform, app, task_id, beat)
    create_app = current_app.extensions["create_app"]
    try:
        return _processes().submit(_perform_apart, create_app, task_id, beat)
    except BrokenProcessPool:  # one of them was killed
        _processes.cache_clear()
        return _processes().submit(_perform_apart, create_app, task_id, beat)


@cache
def _processes() -> ProcessPoolExecutor:
    spawning = multiprocessing.get_context("spawn")  # a fork would inherit the threads and connections of a server
    return ProcessPoolExecutor(_AT_ONCE, spawning, max_tasks_per_child=_WORKS_OF_A_PROCESS)


def _perform_apart(create_app: Callable[[], Flask], task_id: int, beat: Path) -> None:
    _perform(_own_app(create_app), task_id, beat)


@cache
def _own_app(create_app: Callable[[], Flask]) -> Flask:
    """The app of this process. It ends with the server, and when the server says so, not by Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    return create_app()


def _end_with_the_server() -> None:
    if server := multiprocessing.parent_process():
        server.join()
    os._exit(1)


def _perform(app: Flask, task_id: int, beat: Path) -> None:
    with app.app_context():
        try:
            _finish(task_id, *_outcome(task_id, beat))
        finally:
            beat.unlink(missing_ok=True)


def _outcome(task_id: int, beat: Path) -> tuple[TaskStatus, str]:
    try:
        task = db.session.get_one(Task, task_id)
        task.status = TaskStatus.RUNNING
        db.session.commit()
        return TaskStatus.DONE, _works[task.kind](task.arguments, _author(task), _into(beat))
    except Refusal as refusal:
        return TaskStatus.FAILED, str(refusal)
    except OperationalError as error:
        _log.exception("task %s: the database was busy or gave up", task_id)
        return TaskStatus.FAILED, trouble_of(error) or BUSY
    except Exception:
        _log.exception("task %s", task_id)
        return TaskStatus.FAILED, _UNEXPECTED


def _author(task: Task) -> Author:
    """Who asked for the work, from where: the thread that does it knows no request."""
    if task.by_id is None:
        return COMMAND
    return replace(Author.of(db.session.get_one(User, task.by_id)), address=task.address)


def _into(beat: Path) -> Progress:
    return lambda done, total: _write(beat, f"{done} {total}")


def _write(beat: Path, text: str) -> None:
    with suppress(OSError):  # a full disk must not end the work that is being watched
        beat.write_text(text)


def _finish(task_id: int, status: TaskStatus, message: str) -> None:
    """Write down how it ended, even if another import holds the lock for longer than one try lasts."""
    ending = sa.update(Task).where(Task.id == task_id)
    ending = ending.values(status=status, message=message, finished_at=clock.now())
    for remaining in reversed(range(_TRIES_TO_FINISH)):
        db.session.rollback()
        try:
            db.session.execute(ending)
            db.session.commit()
            return
        except OperationalError:
            if not remaining:
                raise


@cache
def _keep_beating() -> None:
    """One thread gives the sign of life of everything that waits or runs in this process."""
    threading.Thread(target=_beat, name="task-beat", daemon=True).start()


def _beat() -> None:
    while True:
        for beat in list(_alive):
            with suppress(OSError):
                os.utime(beat)
        time.sleep(_SECONDS_BETWEEN_BEATS)
