"""R&D institutions rise by levels (梯度培育): which level comes next, and which programme says what it asks for."""

from collections.abc import Iterable

from pipelines.vocabulary import InstitutionLevel, Programme

# Of the other levels no conditions are known: an edition under pipelines/policies/ and a line here is all it takes.
_PROGRAMMES = {InstitutionLevel.PROVINCE: Programme.RD_CENTRE}
_LEVELS = tuple(InstitutionLevel)


def highest(levels: Iterable[InstitutionLevel]) -> InstitutionLevel:
    return max(levels, key=_LEVELS.index)


def next_level(level: InstitutionLevel) -> InstitutionLevel | None:
    following = _LEVELS.index(level) + 1
    return _LEVELS[following] if following < len(_LEVELS) else None


def programme_of(level: InstitutionLevel) -> Programme | None:
    """The programme whose editions say what an institution of this level must be."""
    return _PROGRAMMES.get(level)
