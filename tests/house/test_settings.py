"""Every setting is explained where an administrator looks; what is dangerous is refused by crm/actions/checks.py."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def start_with(told: str = "MODE", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import config; print(config.settings().{told})"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_is_in_the_example_file():
    read = set(re.findall(r"CRM_[A-Z_]+", (ROOT / "config.py").read_text(encoding="utf-8")))
    explained = set(re.findall(r"CRM_[A-Z_]+", (ROOT / ".env.example").read_text(encoding="utf-8")))

    assert read - explained == set()


def test_production_is_chosen_by_its_name():
    assert start_with(CRM_MODE="production").stdout.strip() == "production"


def test_an_unknown_mode_is_refused_with_the_choices():
    started = start_with(CRM_MODE="prod")

    assert started.returncode != 0
    assert "demo、testing、production" in started.stderr


def test_a_number_that_is_none_is_refused_by_name():
    started = start_with(CRM_PORT="eight thousand")

    assert started.returncode != 0
    assert "CRM_PORT" in started.stderr


def test_a_log_kept_for_less_than_six_months_is_refused():
    started = [start_with(CRM_AUDIT_KEEP_DAYS=days).returncode for days in ("183", "184")]

    assert started == [1, 0]


def test_production_cookie_is_bound_to_this_host_and_to_tls():
    secret = "x" * 48
    names = [
        start_with("SESSION_COOKIE_NAME", CRM_MODE="production", CRM_SECRET_KEY=secret, CRM_PLAIN_HTTP=plain).stdout
        for plain in ("", "yes")
    ]

    assert names == ["__Host-yanzhen\n", "yanzhen\n"]


def test_codes_are_required_of_administrators_in_production_and_nowhere_else():
    modes = {"production": "True", "demo": "False"}
    told = {mode: start_with("CODES_REQUIRED", CRM_MODE=mode, CRM_SECRET_KEY="x" * 48).stdout.strip() for mode in modes}

    assert told == modes
