"""The files for a server name settings that exist, and let through what the program itself has to refuse."""

import re
import runpy
from pathlib import Path

from config import Config

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
OF_GUNICORN = {"CRM_WORKERS", "CRM_THREADS"}


def test_every_variable_of_the_example_is_read_by_somebody():
    named = set(re.findall(r"^(CRM_\w+)=", (DEPLOY / "environment.example").read_text(encoding="utf-8"), re.MULTILINE))
    read = set(re.findall(r"CRM_\w+", (ROOT / "config.py").read_text(encoding="utf-8")))

    assert named - OF_GUNICORN <= read


def test_nginx_leaves_it_to_the_program_to_refuse_what_is_too_large():
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))

    assert int(megabytes) * 1024 * 1024 > Config.MAX_CONTENT_LENGTH


def test_nginx_passes_on_only_what_it_has_seen_itself():
    passed = dict(re.findall(r"proxy_set_header (\S+) +(\S+);", (DEPLOY / "nginx.conf").read_text(encoding="utf-8")))

    assert (passed["X-Forwarded-For"], passed["X-Forwarded-Proto"]) == ("$remote_addr", "$scheme")


def test_gunicorn_runs_several_workers_and_gives_a_deed_time_to_end():
    settings = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))

    assert (settings["workers"], settings["threads"], settings["bind"]) == (4, 4, "127.0.0.1:8000")
    assert settings["graceful_timeout"] < 10  # whoever stops it waits no longer: tests/drills/stop_import.py
