"""The direction of the imports, the lint and the types are part of the tests: nobody has to remember them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "check",
    [["lint-imports", "--no-cache"], ["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["import contract", "ruff", "format", "mypy"],
)
def test_house_check_passes(check: list[str]):
    tool, *arguments = check

    result = subprocess.run(
        [Path(sys.executable).with_name(tool), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_slow_libraries_are_not_loaded_by_the_app():
    """pandas and scikit-learn cost seconds and 120 MB; a page never needs them."""
    program = "import sys, wsgi; print([m for m in ('pandas', 'sklearn', 'pypinyin', 'numpy') if m in sys.modules])"

    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
