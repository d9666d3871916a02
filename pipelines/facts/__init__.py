"""What is known of a firm on a day, and every figure that follows from it, worked out once."""

from pipelines.facts.fact import Fact
from pipelines.facts.interpretations import Interpretations
from pipelines.facts.records import FlagEntry, HeldTitle, IpItem, YearFigures
from pipelines.facts.standing import FACTS, FirmFacts

__all__ = ["FACTS", "Fact", "FirmFacts", "FlagEntry", "HeldTitle", "Interpretations", "IpItem", "YearFigures"]
