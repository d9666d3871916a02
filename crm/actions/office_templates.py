"""The office's own Word templates: files it may edit; where there is none, the shipped one is put there."""

from pathlib import Path

from flask import current_app

from pipelines.papers.shipped import TEMPLATES
from pipelines.papers.writing import write_template


def office_template(name: str) -> Path:
    """name: one of pipelines.papers.shipped.TEMPLATES."""
    kept = Path(current_app.instance_path) / "word" / f"{name}.docx"
    if not kept.exists():
        shipped = TEMPLATES[name]
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_template(kept, shipped.blocks, across=shipped.across)
    return kept
