"""Settings: every variable is read here, once; each has a default good for the demo.

CRM_MODE chooses the class: demo (default), testing, production. What is dangerous in production keeps it from starting:
crm/actions/checks.py.
"""

import os
from pathlib import Path
from typing import ClassVar

BUILT_IN_SECRET = "yanzhen-demo-secret-known-to-everybody"  # noqa: S105 - refused outside demo and tests
_MEGABYTE = 1024 * 1024


def _number(name: str, default: int, at_least: int = 0) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit():
        raise SystemExit(f"{name} 应为整数，现在写的是“{text}”。")
    if int(text) < at_least:
        raise SystemExit(f"{name} 不应小于 {at_least}，现在写的是“{text}”。")
    return int(text)


def _folder(name: str) -> Path | None:
    return Path(os.environ[name]).resolve() if os.environ.get(name) else None


class Config:
    """What every mode shares."""

    MODE = "demo"
    SECRET_KEY = os.environ.get("CRM_SECRET_KEY", BUILT_IN_SECRET)
    SQLALCHEMY_DATABASE_URI = os.environ.get("CRM_DATABASE_URL", "sqlite:///crm.db")
    INSTANCE = _folder("CRM_INSTANCE")
    HOST = os.environ.get("CRM_HOST", "127.0.0.1")
    PORT = _number("CRM_PORT", 8000)
    # The log tells which statement failed, not whose telephone number was in it.
    SQLALCHEMY_ENGINE_OPTIONS: ClassVar[dict[str, bool]] = {"hide_parameters": True}
    TRUSTED_HOSTS = [host for host in os.environ.get("CRM_TRUSTED_HOSTS", "").split(",") if host] or None

    # How many proxies of our own stand in front; 0: nobody may say on behalf of whom he asks (X-Forwarded-For).
    TRUSTED_PROXIES = _number("CRM_TRUSTED_PROXIES", 0)
    PROVIDE_AUTOMATIC_OPTIONS = False

    SESSION_COOKIE_NAME = "yanzhen"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    SESSION_IDLE_MINUTES = _number("CRM_SESSION_IDLE_MINUTES", 30)
    SESSION_HOURS = _number("CRM_SESSION_HOURS", 12)
    WTF_CSRF_TIME_LIMIT = None  # a form left open over lunch, or over a restart, can still be sent

    SIGN_IN_TRIES = _number("CRM_SIGN_IN_TRIES", 5)
    SIGN_IN_TRIES_PER_ADDRESS = _number("CRM_SIGN_IN_TRIES_PER_ADDRESS", 30)
    SIGN_IN_LOCK_MINUTES = _number("CRM_SIGN_IN_LOCK_MINUTES", 15)
    # GB/T 22239 身份鉴别 a: long, of several kinds, changed from time to time; 0 days: never changed.
    PASSWORD_LENGTH = _number("CRM_PASSWORD_LENGTH", 10, at_least=8)
    PASSWORD_KINDS = _number("CRM_PASSWORD_KINDS", 3, at_least=1)
    PASSWORD_DAYS = _number("CRM_PASSWORD_DAYS", 90)
    CODES_REQUIRED = os.environ.get("CRM_CODES_REQUIRED", "yes") != "no"  # a second step for administrators
    # 网络安全法 第二十三条: six months at least; six calendar months are up to 184 days.
    AUDIT_KEEP_DAYS = _number("CRM_AUDIT_KEEP_DAYS", 400, at_least=184)
    PASSWORD_HASHING: ClassVar[dict[str, int]] = {}  # argon2id with the library's own cost

    UPLOAD_MAX_BYTES = _number("CRM_UPLOAD_MAX_MB", 20) * _MEGABYTE
    MAX_CONTENT_LENGTH = UPLOAD_MAX_BYTES + _MEGABYTE
    MAX_FORM_MEMORY_SIZE = 2 * _MEGABYTE
    MAX_FORM_PARTS = 2000
    ATTACHMENT_MAX_BYTES = _number("CRM_ATTACHMENT_MAX_MB", 10) * _MEGABYTE
    UPLOAD_KEEP_DAYS = _number("CRM_UPLOAD_KEEP_DAYS", 30)
    EXPORT_APPROVAL_ROWS = _number("CRM_EXPORT_APPROVAL_ROWS", 200)  # with whole phones, a second person beyond it
    PAGE_WATERMARK = os.environ.get("CRM_PAGE_WATERMARK", "") == "yes"  # who and when, across every page and print
    IMPORT_MAX_ROWS = _number("CRM_IMPORT_MAX_ROWS", 40_000)
    IMPORT_MAX_COLUMNS = _number("CRM_IMPORT_MAX_COLUMNS", 300)
    IMPORT_MAX_SECONDS = _number("CRM_IMPORT_MAX_SECONDS", 30)
    IMPORT_MAX_MEMORY_MB = _number("CRM_IMPORT_MAX_MEMORY_MB", 400)
    TASKS_APART = True  # long work in a process of its own
    PAGE_WAIT_SECONDS = _number("CRM_PAGE_WAIT_SECONDS", 3)  # for long work; after that its progress is shown

    # Mail goes into files beside the database until the office names its server.
    MAIL_BACKEND = os.environ.get("CRM_MAIL_BACKEND", "crm.mail_files")
    MAIL_SERVER = os.environ.get("CRM_MAIL_SERVER", "localhost")
    MAIL_PORT = _number("CRM_MAIL_PORT", 25)
    MAIL_USERNAME = os.environ.get("CRM_MAIL_USERNAME")
    MAIL_PASSWORD = os.environ.get("CRM_MAIL_PASSWORD")
    MAIL_USE_TLS = os.environ.get("CRM_MAIL_TLS", "") == "starttls"
    MAIL_USE_SSL = os.environ.get("CRM_MAIL_TLS", "") == "ssl"
    MAIL_TIMEOUT = _number("CRM_MAIL_TIMEOUT", 20)
    MAIL_DEFAULT_SENDER = os.environ.get("CRM_MAIL_SENDER", "yanzhen@localhost")
    BASE_URL = os.environ.get("CRM_BASE_URL", f"http://{HOST}:{PORT}").rstrip("/")  # what links in mails begin with
    REMINDER_STORM = _number("CRM_REMINDER_STORM", 60)  # more people than this at once: somebody looks first
    REMINDER_HOURS = (_number("CRM_REMINDER_FROM_HOUR", 8), _number("CRM_REMINDER_TO_HOUR", 18))

    # Backups lie beside the database unless told otherwise; the second folder should be on another disk or machine.
    BACKUP_FOLDER = _folder("CRM_BACKUP_FOLDER")
    BACKUP_SECOND_FOLDER = _folder("CRM_BACKUP_SECOND_FOLDER")
    BACKUP_DAYS = _number("CRM_BACKUP_DAYS", 14)
    BACKUP_WEEKS = _number("CRM_BACKUP_WEEKS", 8)
    POSTGRES_PROGRAMS = _folder("CRM_POSTGRES_PROGRAMS")  # where pg_dump lies when it is not on the path

    ALEMBIC = {"script_location": "migrations"}
    ALEMBIC_CONTEXT = {"render_as_batch": True, "transactional_ddl": True}
    COMPRESS_REGISTER = True
    BOOTSTRAP_SERVE_LOCAL = True

    # name of a job → when, in the office's zone; weekdays by name, since APScheduler counts them from Monday = 0.
    # The two of the backups ring often and do nothing while none is due: an office PC is off at night.
    JOBS = {
        "back_up": "*/10 * * * *",
        "rehearse_backup": "5-59/10 * * * *",
        "refresh_standings": "30 2 * * *",
        "evaluate_firms": "45 2 * * *",
        "purge_expired": "10 3 * * *",
        "open_renewals": "20 3 * * *",
        "prune_events": "50 3 * * *",
        "check_events": "10 4 * * *",
        "score_firms": "15 3 * * mon",
        "plan_reminders": "30 7 * * *",
        "deliver_reminders": "* * * * *",
        "seal_events": "* * * * *",
    }


class Demo(Config):
    """A county that is invented; nothing leaves the machine."""

    PASSWORD_DAYS = 0  # never: the passwords are printed at the start anyway
    CODES_REQUIRED = False


class Testing(Config):
    MODE = "testing"
    TESTING = True
    SECRET_KEY = BUILT_IN_SECRET
    SERVER_NAME = None
    CODES_REQUIRED = False
    TASKS_APART = False
    PAGE_WAIT_SECONDS = 60  # on a busy machine, too, a small import ends within its page
    PASSWORD_HASHING: ClassVar[dict[str, int]] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class Production(Config):
    MODE = "production"
    SESSION_COOKIE_SECURE = os.environ.get("CRM_PLAIN_HTTP", "") != "yes"
    # By this name a browser takes the cookie only from this very host, over TLS.
    SESSION_COOKIE_NAME = "__Host-yanzhen" if SESSION_COOKIE_SECURE else "yanzhen"


def settings() -> type[Config]:
    """The class that CRM_MODE names."""
    modes = {"demo": Demo, "testing": Testing, "production": Production}
    mode = os.environ.get("CRM_MODE", "demo")
    if mode not in modes:
        raise SystemExit(f"CRM_MODE 应为 {'、'.join(modes)} 之一，现在写的是“{mode}”。")
    return modes[mode]
