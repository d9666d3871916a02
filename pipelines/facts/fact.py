"""A fact has a name, a label and a unit, and is worked out once a firm, when a rule first asks for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipelines.vocabulary import Unit

if TYPE_CHECKING:
    from pipelines.facts.known import Known

_RATIO_UNITS = (Unit.SHARE, Unit.MULTIPLE, Unit.ITEMS_A_YEAR)


class Fact:
    """Declared as a class attribute; read from an instance it is the value, None when it is not known.

    The value is kept in the instance's __dict__, which Python looks into first: the second reading costs nothing, and
    what was stated under its name (put there from the beginning) wins over what is worked out.
    uses names the yearly figures it comes from, years how many fiscal years of them: that is "怎么算的".
    needs names the records that are no yearly figures. part and whole, of a share, are the facts it divides.
    """

    def __init__(
        self,
        label: str,
        unit: Unit,
        derive: "Callable[[Any], Any]",
        *,
        uses: tuple[str, ...] = (),
        years: int = 1,
        needs: tuple[str, ...] = (),
        part: str = "",
        whole: str = "",
    ) -> None:
        self.label = label
        self.unit = unit
        self.derive = derive
        self.uses = uses
        self.years = years
        self.needs = needs
        self.part = part
        self.whole = whole
        self.name = ""

    @property
    def is_ratio(self) -> bool:
        """Its values are kept as two whole numbers and compared by multiplying across."""
        return self.unit in _RATIO_UNITS

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, facts: "Known | None", owner: type) -> Any:
        if facts is None:
            return self
        value = facts.__dict__[self.name] = self.derive(facts)
        return value


class Figure(Fact):
    """A yearly figure of the last fiscal year, or of the one before it."""

    def __init__(self, label: str, unit: Unit, column: str, years_back: int) -> None:
        super().__init__(label, unit, self._read, years=1 + years_back)
        self._column = column
        self._years_back = years_back

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self._column = self._column or name
        self.uses = (self._column,)

    def _read(self, facts: "Known") -> Any:
        figures = facts.annual.get(facts.last_year - self._years_back)
        return None if figures is None else getattr(figures, facts.columns.get(self._column, self._column))


class Recorded(Fact):
    """A fact that nothing is worked out for: it is stated or not known."""

    def __init__(self, label: str, unit: Unit) -> None:
        super().__init__(label, unit, lambda facts: None)

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.needs = (name,)


def figure(label: str, unit: Unit = Unit.YUAN, column: str = "", years_back: int = 0) -> Any:
    return Figure(label, unit, column, years_back)


def recorded(label: str, unit: Unit) -> Any:
    return Recorded(label, unit)


def derived(label: str, unit: Unit, **particulars: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Turns a method into a fact."""
    return lambda derive: Fact(label, unit, derive, **particulars)
