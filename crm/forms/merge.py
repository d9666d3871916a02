"""Which of two firms is kept, and whose value is taken where they differ."""

from flask import request
from wtforms import HiddenField

from crm.actions.merge_comparison import Choice
from crm.forms.fields import ChineseForm
from crm.queries.parameters import LARGEST_ID

_TAKE = "take-"


class MergeForm(ChineseForm):
    """seen: what the two firms were when they were put side by side."""

    kept = HiddenField()
    gone = HiddenField()
    seen = HiddenField()

    @property
    def firm_ids(self) -> tuple[int, int]:
        """0 for what is no number of a firm."""
        return firm_number(self.kept.data), firm_number(self.gone.data)

    @property
    def choices(self) -> dict[str, Choice]:
        sides: dict[str, Choice] = {"kept": "kept", "gone": "gone"}
        return {
            name.removeprefix(_TAKE): sides[side]
            for name, side in request.form.items()
            if name.startswith(_TAKE) and side in sides
        }


def firm_number(text: str | None) -> int:
    plain = (text or "").strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= 10
    return int(plain) if is_number and int(plain) <= LARGEST_ID else 0
