"""Where a figure came from, and which source is better than another."""

from collections.abc import Mapping

import sqlalchemy as sa

from crm.extensions import db
from crm.models import ImportBatch
from crm.queries.spoken import spoken_through
from pipelines.vocabulary import FiguresSource

_TYPED = FiguresSource.REPORTED  # what is typed in, or came from a file of which nothing was said


def source_of(sources: Mapping[str, str], field: str) -> str:
    """ "*" stands for every field that is not named."""
    return sources.get(field) or sources.get("*") or ""


def better_sources(than: FiguresSource) -> dict[str, str]:
    """The doors through which better figures came, in words."""
    batches = sa.select(ImportBatch.id, ImportBatch.source).where(ImportBatch.source.is_not(None))
    told = {
        f"import:{number}": f"{source.label}，{spoken_through(f'import:{number}')}"
        for number, source in db.session.execute(batches)
        if source and source.rank < than.rank
    }
    if _TYPED.rank < than.rank:
        unsaid = sa.select(ImportBatch.id).where(ImportBatch.source.is_(None))
        told |= {f"import:{number}": spoken_through(f"import:{number}") for number in db.session.scalars(unsaid)}
        told["form"] = spoken_through("form")
    return told


def spoken_sources(doors: set[str]) -> dict[str, str]:
    """The doors as a page tells them: 导入 #12（汇算清缴）."""
    numbers = {int(number) for door in doors if (number := door.removeprefix("import:")) != door and number.isdecimal()}
    said = sa.select(ImportBatch.id, ImportBatch.source).where(ImportBatch.id.in_(numbers))
    known = {f"import:{number}": source for number, source in db.session.execute(said)} if numbers else {}
    return {
        door: f"{spoken_through(door)}（{source.label}）" if (source := known.get(door)) else spoken_through(door)
        for door in doors
    }
