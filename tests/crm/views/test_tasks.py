from datetime import timedelta

import pytest

from crm import clock
from crm.extensions import db
from crm.models import Task
from crm.queries.tasks import beat_file
from pipelines.vocabulary import TaskKind, TaskStatus
from tests.builders import a_user


@pytest.fixture
def officer(app):
    return a_user()


@pytest.fixture
def client(officer, sign_in):
    return sign_in(officer)


def a_task(user, status=TaskStatus.RUNNING, seconds_ago=1, **values) -> Task:
    at = clock.now() - timedelta(seconds=seconds_ago)
    arguments = {"batch_id": 7}
    task = Task(kind=TaskKind.PREVIEW_IMPORT, arguments=arguments, by_id=user.id, status=status, **values)
    task.created_at = task.beat_at = at
    db.session.add(task)
    db.session.commit()
    beat_file(task.id).unlink(missing_ok=True)  # the folder outlives the database of a test
    return task


def test_running_task_shows_how_far_it_is_and_asks_again_by_itself(client, officer):
    task = a_task(officer)
    beat_file(task.id).parent.mkdir(exist_ok=True)
    beat_file(task.id).write_text("3 8")

    page = client.get(f"/tasks/{task.id}").text
    polled = client.get(f"/tasks/{task.id}", headers={"HX-Request": "true"}).text

    assert 'max="8" value="3"' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'hx-trigger="every 1s"' in polled
    assert "<html" not in polled


def test_finished_task_forwards_to_its_result(client, officer):
    task = a_task(officer, TaskStatus.DONE, finished_at=clock.now())

    opened = client.get(f"/tasks/{task.id}")
    polled = client.get(f"/tasks/{task.id}", headers={"HX-Request": "true"})

    assert (opened.status_code, opened.location) == (303, "/imports/7")
    assert polled.headers["HX-Redirect"] == "/imports/7"


def test_task_that_failed_says_why(client, officer):
    task = a_task(officer, TaskStatus.FAILED, finished_at=clock.now(), message="文件已损坏，不能读取。")

    page = client.get(f"/tasks/{task.id}").text

    assert "文件已损坏，不能读取。" in page
    assert "重新上传" in page


def test_interrupted_task_offers_to_begin_again(client, officer):
    task = a_task(officer, seconds_ago=90)

    page = client.get(f"/tasks/{task.id}").text

    assert "已中断" in page
    assert f'action="/tasks/{task.id}/runs"' in page


def test_task_that_still_runs_is_not_begun_again(client, officer):
    task = a_task(officer)

    assert client.post(f"/tasks/{task.id}/runs").status_code == 422


def test_task_of_somebody_else_looks_like_none(officer, sign_in):
    task = a_task(officer)
    stranger = sign_in(a_user())

    answers = [stranger.get(f"/tasks/{task.id}"), stranger.post(f"/tasks/{task.id}/runs")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert f"/tasks/{task.id}" not in stranger.get("/tasks").text


def test_list_holds_ones_own_tasks(client, officer):
    a_task(officer, TaskStatus.DONE, finished_at=clock.now(), message="已读取 3 行，请预览后确认。")

    assert "已读取 3 行，请预览后确认。" in client.get("/tasks").text


def test_list_says_how_far_work_is_and_which_file_it_makes(client, officer):
    task = a_task(officer)
    task.kind, task.arguments = TaskKind.EXPORT, {"file_name": "企业台账_20261128_全部.xlsx"}
    db.session.commit()
    beat_file(task.id).parent.mkdir(exist_ok=True)
    beat_file(task.id).write_text("12000 40000")

    page = client.get("/tasks").text

    assert "12,000 / 40,000" in page
    assert "企业台账_20261128_全部.xlsx" in page
