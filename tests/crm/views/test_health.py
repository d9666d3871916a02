import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from crm.extensions import db


def test_health_is_open_to_whoever_watches_and_says_no_more(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_health_tells_when_the_database_is_gone(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("unable to open database file"))

    monkeypatch.setattr(db.session, "execute", gone)
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (503, {"status": "unavailable"})
