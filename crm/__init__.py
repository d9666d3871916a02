"""What the bureau does and keeps: pages, records, jobs. Stands on `pipelines`, never the other way round."""

from pathlib import Path

from flask import Flask

from config import Config, settings
from crm import assets, cli, doors, errors, extensions, frame, jobs, log, once, template_filters, views
from crm.queries.policies import shipped_policies

_ROOT = Path(__file__).resolve().parent.parent


def create_app(config: type[Config] | None = None) -> Flask:
    config = config or settings()
    app = Flask(
        __name__,
        template_folder=str(_ROOT / "templates"),
        static_folder=None,  # crm/assets.py serves every file, by a name that changes with its content
        instance_path=str(config.INSTANCE or _ROOT / "instance"),
    )
    app.config.from_object(config)
    Path(app.instance_path).mkdir(mode=0o700, parents=True, exist_ok=True)
    _register_extensions(app)
    for part in (log, doors, once, errors, assets, template_filters, frame, views, jobs, cli):
        part.register(app)
    app.extensions["create_app"] = create_app  # for the processes that do long work
    shipped_policies()  # a broken edition is told now, not in front of an officer
    return app


def _register_extensions(app: Flask) -> None:
    from crm import models  # noqa: F401 - the tables must be known before the first query

    extensions.db.init_app(app)
    extensions.migrations.init_app(app)
    extensions.login.init_app(app)
    extensions.csrf.init_app(app)
    extensions.compress.init_app(app)
    app.config["MAIL_FILE_PATH"] = str(Path(app.instance_path) / "mail")
    extensions.mail.init_app(app)
