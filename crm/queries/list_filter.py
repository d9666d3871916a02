"""What the address of a list asks for: read strictly, written back without what is as it is anyway."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Self

from crm.queries.parameters import PAGING, Parameter, understood

_NOT_CARRIED = ("page", "size", "ignored")  # a changed condition begins at the first page


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """A list adds its conditions as fields, and how each is read as parameters. ignored: what made no sense, said on
    the page."""

    parameters: ClassVar[dict[str, Parameter]] = PAGING

    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Self:
        return cls._read(args, cls.parameters)

    @classmethod
    def _read(cls, args: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Self:
        values, senseless = understood(args, parameters)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        """Days and several values as texts, the size of a page last."""
        own = [field for field in fields(self) if field.name not in _NOT_CARRIED]
        sizes = [field for field in fields(self) if field.name == "size"]
        asked = ((field, getattr(self, field.name)) for field in (*own, *sizes))
        return {field.name: _as_text(value) for field, value in asked if value != field.default}


def _as_text(value: Any) -> Any:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else value
