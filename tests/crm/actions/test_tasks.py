import multiprocessing
import os
import threading
import time
from datetime import timedelta

import pytest

from crm import clock
from crm.actions import tasks
from crm.actions.events import Author
from crm.actions.exports import export_arguments
from crm.actions.tasks import drop_tasks, is_finished_soon, restart_task, start_task
from crm.extensions import begin_exclusive, db
from crm.models import Task
from crm.queries.firm_filter import FirmFilter
from crm.queries.tasks import beat_file, state_of, task_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import TaskKind, TaskStatus
from tests.builders import a_user


@pytest.fixture
def officer(app):
    user = a_user()
    db.session.commit()
    return user


@pytest.fixture
def performs(monkeypatch):
    """Let the work of an export be the function of a test."""

    def use(work):
        monkeypatch.setitem(tasks._works, TaskKind.EXPORT, work)

    return use


def test_task_ends_with_the_sentence_of_its_work(officer, performs):
    performs(lambda arguments, by, progress: f"{by.name}：{arguments['count']} 行")

    task = start_task(TaskKind.EXPORT, {"count": 3}, Author.of(officer))

    assert is_finished_soon(task)
    assert (task.status, task.message) == (TaskStatus.DONE, f"{officer.name}：3 行")


def test_task_that_refuses_says_why(officer, performs):
    def refuse(*_):
        raise Refusal("预览之后企业库有了变化。")

    performs(refuse)

    task = start_task(TaskKind.EXPORT, {}, Author.of(officer))

    assert is_finished_soon(task)
    assert (task.status, task.message) == (TaskStatus.FAILED, "预览之后企业库有了变化。")


def test_task_that_breaks_keeps_the_reason_from_the_reader(officer, performs):
    performs(lambda *_: 1 / 0)

    task = start_task(TaskKind.EXPORT, {}, Author.of(officer))

    assert is_finished_soon(task)
    assert task.status is TaskStatus.FAILED
    assert "division" not in task.message


def test_progress_is_seen_while_the_work_holds_the_write_lock(officer, performs):
    reached, go_on = threading.Event(), threading.Event()

    def write_for_long(_arguments, _by, progress):
        begin_exclusive()
        progress(3, 8)
        reached.set()
        go_on.wait(10)
        db.session.rollback()
        return "好了"

    performs(write_for_long)
    task = start_task(TaskKind.EXPORT, {}, Author.of(officer))
    reached.wait(10)

    db.session.expire_all()
    state = state_of(task)
    go_on.set()

    assert (state.status, state.done, state.total) == (TaskStatus.RUNNING, 3, 8)
    assert is_finished_soon(task)


@pytest.fixture
def apart(app, monkeypatch):
    """As on a server: works are done by processes of their own, before the same database."""
    monkeypatch.setitem(app.config, "TASKS_APART", True)
    monkeypatch.setenv("CRM_MODE", "testing")
    monkeypatch.setenv("CRM_INSTANCE", app.instance_path)
    monkeypatch.setenv("CRM_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    yield
    drop_tasks()
    tasks._processes.cache_clear()


def test_a_process_of_its_own_does_the_work(officer, apart):
    task = start_task(TaskKind.EXPORT, export_arguments(FirmFilter()), Author.of(officer))

    assert is_finished_soon(task)
    assert (task.status, task.message) == (TaskStatus.DONE, "已导出 0 家。")
    assert multiprocessing.active_children()


def test_after_a_process_was_killed_another_does_the_next_work(officer, apart):
    cut_off = start_task(TaskKind.EXPORT, export_arguments(FirmFilter()), Author.of(officer))
    for process in multiprocessing.active_children():
        process.kill()

    assert not is_finished_soon(cut_off)
    following = start_task(TaskKind.EXPORT, export_arguments(FirmFilter()), Author.of(officer))
    assert is_finished_soon(following)
    assert following.status is TaskStatus.DONE


def test_task_silent_for_a_minute_reads_as_interrupted_and_can_be_started_again(officer, performs):
    performs(lambda *_: "第二次完成")
    task = cut_off_task(officer)

    before = state_of(task).status
    restart_task(task)

    assert before is TaskStatus.INTERRUPTED
    assert is_finished_soon(task)
    assert (task.status, task.message) == (TaskStatus.DONE, "第二次完成")


def test_task_with_a_fresh_beat_is_not_started_twice(officer):
    task = cut_off_task(officer)
    beat_file(task.id).parent.mkdir(exist_ok=True)
    beat_file(task.id).touch()

    with pytest.raises(Refusal, match="不必重新开始"):
        restart_task(task)


def test_old_beat_does_not_keep_a_task_alive(officer):
    task = cut_off_task(officer)
    beat = beat_file(task.id)
    beat.parent.mkdir(exist_ok=True)
    beat.write_text("3 8")
    os.utime(beat, (time.time() - 61, time.time() - 61))

    assert state_of(task).status is TaskStatus.INTERRUPTED


def test_task_of_somebody_else_is_not_found(officer):
    task = cut_off_task(officer)
    stranger = a_user()

    assert task_of(task.id, stranger) is None


def cut_off_task(user) -> Task:
    long_ago = clock.now() - timedelta(seconds=90)
    task = Task(kind=TaskKind.EXPORT, arguments={}, by_id=user.id, status=TaskStatus.RUNNING, beat_at=long_ago)
    task.created_at = long_ago
    db.session.add(task)
    db.session.commit()
    beat_file(task.id).unlink(missing_ok=True)  # the folder outlives the database of a test
    return task
