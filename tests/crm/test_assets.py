"""Front-end files come from wheels nobody else has looked at: what is served is what was checked."""

import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm import assets
from crm.assets import FILES, checked_content

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.parametrize("name", FILES)
def test_file_of_a_wheel_is_served_with_the_content_that_was_checked(client: FlaskClient, app: Flask, name: str):
    with app.test_request_context():
        url = assets.asset(name)

    response = client.get(url)

    assert hashlib.sha256(response.data).hexdigest() == FILES[name][2]
    assert url == f"/assets/{FILES[name][2][:10]}/{name}"


@pytest.mark.parametrize(
    ("name", "kind"), [("app.css", "text/css"), ("app.js", "text/javascript"), ("mark.svg", "image/svg+xml")]
)
def test_own_file_may_be_kept_for_a_year_under_a_name_made_from_its_content(client, app, name, kind):
    with app.test_request_context():
        url = assets.asset(name)

    response = client.get(url)

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == kind
    assert url == f"/assets/{hashlib.sha256(response.data).hexdigest()[:10]}/{name}"


def test_another_version_of_a_file_is_not_there(client: FlaskClient):
    assert client.get("/assets/0000000000/app.css").status_code == 404


def test_file_is_sent_compressed_to_who_asks_for_it(client: FlaskClient, app: Flask):
    with app.test_request_context():
        url = assets.asset("bootstrap.css")

    response = client.get(url, headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) < 60_000


def test_start_is_refused_when_a_wheel_holds_another_file():
    package, path, _sha256 = FILES["htmx.js"]

    with pytest.raises(SystemExit, match=r"js_lib_htmx/static/htmx/htmx\.min\.js 与核对过的发布内容不一致"):
        checked_content(package, path, "0" * 64)


def test_start_is_refused_when_a_wheel_is_missing():
    with pytest.raises(SystemExit, match="缺少前端文件包 no_such_wheel"):
        checked_content("no_such_wheel", "a.js", "0" * 64)


def test_every_icon_that_a_template_names_exists():
    named = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r'icon\("([^"]+)"\)', template.read_text(encoding="utf-8"))
    }

    assert named - set(assets._symbols()) == set()


def test_unknown_icon_is_an_error_and_not_a_gap():
    with pytest.raises(KeyError):
        assets.icon("no-such-icon")


def test_icon_is_hidden_from_readers_since_words_stand_beside_it():
    assert assets.icon("search").startswith('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"')
