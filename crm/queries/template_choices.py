"""What the drop-downs of the empty workbook offer: the spellings the importer understands."""

from collections.abc import Mapping
from typing import Any

from crm import clock
from crm.queries.places import places, spoken_keys
from pipelines.sheets.columns import Cell
from pipelines.sheets.template_sheet import write_template
from pipelines.sheets.writing import Target


def fill_template(target: Target) -> None:
    """The template with this county's townships, trades and people, for last year's figures."""
    known = places()
    offered: dict[Cell, Mapping[str, Any]] = {
        "township": known.townships,
        "industry": known.industries,
        "tech_field": known.tech_fields,
        "owner": known.owners,
    }
    choices = {cell: list(spoken_keys(spellings).values()) for cell, spellings in offered.items()}
    write_template(target, [clock.today().year - 1], choices)
