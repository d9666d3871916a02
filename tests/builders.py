"""What tests are made of: plain functions, every default harmless, only what matters is spelled out.

Builders add and flush; a test that needs the rows in another connection commits.
"""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from stdnum.cn import uscc

from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import (
    AnnualFigures,
    Candidacy,
    Contact,
    Firm,
    Flag,
    Institution,
    IpRight,
    ModelVersion,
    Prediction,
    Project,
    Recognition,
    Scoring,
    Township,
    User,
)
from pipelines.names import normalised_name
from pipelines.vocabulary import (
    FlagKind,
    InstitutionKind,
    InstitutionLevel,
    IpKind,
    ModelLevel,
    ProjectProgramme,
    ProjectStage,
    Role,
    Stage,
    Title,
)

WAN = 10_000
_numbers = count(1)


def a_uscc(number: int | None = None) -> str:
    """A credit code with a valid check digit that belongs to nobody (MAXN…)."""
    body = f"91330421MAXN{number or next(_numbers):05d}"
    return body + uscc.calc_check_digit(body)


def a_township(name: str | None = None, within: Township | None = None) -> Township:
    return _kept(Township(name=name or f"试验镇{next(_numbers)}", parent=within))


def a_user(role: Role = Role.OFFICER, **values: Any) -> User:
    number = next(_numbers)
    defaults: dict[str, Any] = {"account": f"user{number}", "name": f"用户{number}", "role": role, "password_hash": "!"}
    return _kept(User(**defaults | values))


def a_firm(name: str | None = None, **values: Any) -> Firm:
    name = name or f"嘉善试验{next(_numbers)}科技有限公司"
    defaults: dict[str, Any] = {
        "uscc": a_uscc(),
        "name": name,
        "normalised_name": normalised_name(name),
        "founded_on": date(2015, 3, 15),
    }
    return _kept(Firm(**defaults | values))


def some_figures(firm: Firm, year: int, **values: Any) -> AnnualFigures:
    defaults: dict[str, Any] = {"sales_revenue": Decimal(4000 * WAN), "rd_spend": Decimal(220 * WAN)}
    return _kept(AnnualFigures(firm_id=firm.id, year=year, **defaults | values))


def a_contact(firm: Firm, **values: Any) -> Contact:
    return _kept(Contact(firm_id=firm.id, **{"name": "张三", "phone": "13800000001"} | values))


def a_recognition(firm: Firm, title: Title, recognized_on: date, **values: Any) -> Recognition:
    return _kept(Recognition(firm_id=firm.id, title=title, recognized_on=recognized_on, **values))


def an_ip_right(firm: Firm, kind: IpKind = IpKind.INVENTION, **values: Any) -> IpRight:
    defaults: dict[str, Any] = {"number": f"ZL{next(_numbers):012d}", "granted_on": date(2023, 5, 1)}
    return _kept(IpRight(firm_id=firm.id, kind=kind, **defaults | values))


def an_institution(firm: Firm, approved_on: date = date(2024, 6, 1), **values: Any) -> Institution:
    defaults: dict[str, Any] = {
        "name": f"{firm.name}研发中心", "level": InstitutionLevel.COUNTY, "kind": InstitutionKind.RD_CENTRE,
    }  # fmt: skip
    return _kept(Institution(firm_id=firm.id, approved_on=approved_on, **defaults | values))


def a_project(firm: Firm, approved_on: date | None = date(2025, 3, 1), **values: Any) -> Project:
    """Under way since its approval; without one it is applied for."""
    stage = ProjectStage.UNDERWAY if approved_on else ProjectStage.APPLIED
    defaults: dict[str, Any] = {
        "title": f"高效电机研究{next(_numbers)}", "programme": ProjectProgramme.COUNTY, "stage": stage,
        "stage_since": approved_on or date(2025, 1, 10),
    }  # fmt: skip
    return _kept(Project(firm_id=firm.id, approved_on=approved_on, **defaults | values))


def a_candidacy(
    firm: Firm, stage: Stage = Stage.CULTIVATING, since: date = date(2026, 1, 5), **values: Any
) -> Candidacy:
    defaults: dict[str, Any] = {"target": Title.HIGH_TECH, "stage_since": since, "active_on": since, "opened_on": since}
    return _kept(Candidacy(firm_id=firm.id, stage=stage, **defaults | values))


def a_flag(firm: Firm, kind: FlagKind = FlagKind.ABNORMAL_OPERATION, **values: Any) -> Flag:
    return _kept(Flag(firm_id=firm.id, kind=kind, **{"entered_on": date(2024, 1, 1)} | values))


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def a_scoring(**values: Any) -> Scoring:
    """Of a version in use, with nothing in its card that a page would stumble over."""
    nothing = {"years": [], "groups": {}, "challenger": {"gain": None, "promoted": False}}
    card = {"decisions": 994, "failures": 429, "years": [2024, 2025], "base_rate": 0.57, "tau": 0.25, "candidates": 0,
            "notes": [], "evaluation": nothing, "reference": {}}  # fmt: skip
    level = next(each for each in ModelLevel if each.value == values.pop("level", "local"))
    defaults: dict[str, Any] = {"is_demo": True, "is_live": True, "sha256": "x" * 64, "model": "{}"}
    version = ModelVersion(by_name="章科长", level=level, data_as_of=date(2026, 3, 31), card=card, **defaults | values)
    _kept(version)
    return _kept(
        Scoring(
            version_id=version.id, year=2026, as_of=date(2026, 3, 31), by_name="章科长", firms=0, alarms=[],
            version=version,
        )
    )  # fmt: skip


def a_prediction(scoring: Scoring, name: str, potential: float, p_pass: float = 0.6, **values: Any) -> Firm:
    """The firm it was said of, with the derived row that lists read."""
    own = {key: values.pop(key) for key in list(values) if hasattr(Prediction, key)}
    firm = a_firm(name, **values)
    refresh_standings([firm.id], date(2026, 3, 31))
    told: dict[str, Any] = {
        "p_pass": p_pass, "low": p_pass - 0.1, "high": p_pass + 0.1, "p_apply": 0.5, "potential": potential,
        "potential_low": potential, "potential_high": potential, "unknown_gates": 0, "has_applied": False,
        "is_borderline": False, "explores": False, "features": [], "questions": [], "question_count": 0,
    }  # fmt: skip
    db.session.add(Prediction(scoring_id=scoring.id, firm_id=firm.id, **told | own))
    db.session.commit()
    return firm
