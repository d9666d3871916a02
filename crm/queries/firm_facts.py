"""What the records of a firm come to as facts, for judging it on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date

from crm.models import AnnualFigures, Application, Firm, IpRight
from crm.queries.readings import readings_in_force
from pipelines.facts import FirmFacts, FlagEntry, HeldTitle, IpItem, YearFigures
from pipelines.vocabulary import ApplicationResult, InstitutionKind, InstitutionLevel, Title

_RECORDED = tuple(field.name for field in fields(YearFigures) if hasattr(AnnualFigures, field.name))


def facts_of(firm: Firm, applications: Iterable[Application], as_of: date) -> FirmFacts:
    """The firm with all its parts loaded, and its applications.

    Nobody can tell an empty list of IP rights or of offences from one that was never asked for: both are not known.
    Titles come from the official lists, which name every holder: a firm without one holds none. Of institutions only
    what is registered is certain: a firm without one may have one that nobody has entered.
    """
    outcomes = {each.year: each.result for each in applications if each.programme is Title.HIGH_TECH}
    return FirmFacts(
        as_of=as_of,
        annual={row.year: _year_figures(row) for row in firm.annual_figures},
        founded_on=firm.founded_on,
        uscc=firm.uscc,
        levy_mode=firm.levy_mode,
        industry_code=firm.industry_code,
        tech_field_code=firm.tech_field_code,
        ip=tuple(_ip_item(right, outcomes) for right in firm.ip_rights) or None,
        recognitions=tuple(
            HeldTitle(held.title, held.recognized_on, held.valid_until, held.ended_on, held.end_reason)
            for held in firm.recognitions
        ),
        interpretations=readings_in_force(),
        stated=dict.fromkeys(_institutions(firm, as_of), True),
        flags=tuple(FlagEntry(flag.kind, flag.entered_on, flag.lifted_on) for flag in firm.flags) or None,
    )


def _institutions(firm: Firm, as_of: date) -> Iterator[str]:
    standing = [each for each in firm.institutions if each.stands(as_of)]
    if standing:
        yield "has_rd_institution"
    if any(each.level in (InstitutionLevel.PROVINCE, InstitutionLevel.NATIONAL) for each in standing):
        yield "has_provincial_rd_institution"
    if any(each.level is InstitutionLevel.CITY and each.kind is InstitutionKind.RD_CENTRE for each in standing):
        yield "has_city_rd_centre"


def _year_figures(row: AnnualFigures) -> YearFigures:
    return YearFigures(**{name: getattr(row, name) for name in _RECORDED})


def _ip_item(right: IpRight, outcomes: dict[int, ApplicationResult]) -> IpItem:
    used = right.used_in_year
    outcome = None if used is None else outcomes.get(used)
    return IpItem(right.kind, right.status, right.granted_on, right.acquired, used, outcome, right.number)
