"""Filling an empty house: the reference data of every county, and the county that is invented."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.actions.bulk import catch_up_sequence, insert_rows
from crm.actions.demo_work import (
    write_alliances,
    write_candidacies,
    write_institutions,
    write_parts,
    write_projects,
    write_trainings,
    write_visits,
)
from crm.actions.events import Author, note_events, record_event
from crm.actions.password_hashes import hashed
from crm.actions.standings import refresh_standings
from crm.extensions import Base, begin_exclusive, db
from crm.models import (
    AnnualFigures,
    Application,
    Candidacy,
    Contact,
    Event,
    Firm,
    Flag,
    FormerName,
    Industry,
    IpRight,
    Questionnaire,
    Recognition,
    Target,
    TargetActual,
    TechField,
    Township,
    User,
    Visit,
)
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Measure, Role
from seeds import reference
from seeds.plan_figures import plan_figures

DEMO = Author(name="演示数据", through="demo")
DEMO_PASSWORD = "Yanzhen-2026-demo"  # noqa: S105 - told to everybody who starts the demo, refused in production
# account, name, role, township
DEMO_USERS = (
    ("admin", "管理员（演示）", Role.ADMINISTRATOR, None),
    ("kezhang", "章科长（演示）", Role.SECTION_CHIEF, None),
    ("keyuan1", "沈科员（演示）", Role.OFFICER, None),
    ("keyuan2", "陆科员（演示）", Role.OFFICER, None),
    ("keyuan3", "顾科员（演示）", Role.OFFICER, None),
    ("zhenjie1", "钱专干（演示）", Role.TOWNSHIP_OFFICER, "西塘镇"),
    ("juzhang", "姚局长（演示）", Role.DIRECTOR, None),
    ("shenji", "徐审计（演示）", Role.AUDITOR, None),
)
_OWNERS = ("keyuan1", "keyuan2", "keyuan3")

_TABLES: dict[str, type[Base]] = {
    "former_names": FormerName,
    "flags": Flag,
    "contacts": Contact,
    "annual_figures": AnnualFigures,
    "ip_rights": IpRight,
    "recognitions": Recognition,
    "applications": Application,
    "questionnaires": Questionnaire,
}


def is_empty() -> bool:
    """No firm has been entered yet."""
    return db.session.scalar(sa.select(Firm.id).limit(1)) is None


def load_reference(by: Author) -> int:
    """Bring townships, industries and tech fields up to what seeds/reference says; answers how many rows changed."""
    begin_exclusive()
    changed = _write_reference(by)
    db.session.commit()
    return changed


def load_demo(
    firms: int, seed: int, today: date, progress: Callable[[int], None] = lambda firms: None
) -> dict[str, int]:
    """Fill the empty register with an invented county; answers rows by table. progress hears how many firms are in."""
    if current_app.config["MODE"] == "production":
        raise Refusal("正式运行的系统不载入演示数据")
    begin_exclusive()
    if not is_empty():
        raise Refusal("企业库里已有企业，演示数据只能载入空的企业库")
    _write_reference(DEMO)
    _write_townships(reference.demo_areas())
    _write_users()
    counts = _write_county(firms, seed, today, progress)
    refresh_standings(None, today)
    counts["candidacies"] = write_candidacies(seed, today)
    counts["visits"] = write_visits(seed, today)
    worked_on = sa.union(sa.select(Candidacy.firm_id), sa.select(Visit.firm_id))
    refresh_standings(db.session.scalars(worked_on), today)  # when their next visit is due follows from it
    counts["trainings"] = write_trainings(seed, today)
    counts["parts"] = write_parts()
    _write_demo_plans(today)
    counts["alliances"] = write_alliances(today)
    counts["institutions"] = write_institutions(seed, today)
    counts["projects"] = write_projects(seed, today)
    db.session.commit()
    return counts


def _write_reference(by: Author) -> int:
    changed = _write_townships(reference.townships())
    changed += _write_entries(Industry, reference.industries())
    changed += _write_entries(TechField, reference.tech_fields())
    changed += _write_plans()
    if changed:
        record_event(EventKind.REFERENCE_LOADED, by, particulars={"changed": changed})
    return changed


def _write_plans() -> int:
    """A plan that the office has entered itself stays as it is."""
    known = set(db.session.scalars(sa.select(Target.year)))
    new = {year: aims for year, aims in reference.plans().items() if year not in known}
    for year, aims in new.items():
        db.session.add_all(_target(year, position, aim) for position, aim in enumerate(aims))
    return len(new)


def _write_demo_plans(today: date) -> None:
    """The newest shipped plan for last year and this one too, with figures typed in for what nobody counts."""
    plans = reference.plans()
    newest = plans[max(plans)]
    for year in {today.year - 1, today.year} - set(plans):
        db.session.add_all(_target(year, position, aim) for position, aim in enumerate(newest))
    db.session.add_all(
        TargetActual(code=code, reached_on=reached_on, value=value, source="演示数据", by_name=DEMO.name)
        for code, reached_on, value in plan_figures(today)
    )


def _target(year: int, position: int, aim: reference.Aim) -> Target:
    counts = Measure(aim.counts) if aim.counts else None
    return Target(
        year=year, code=aim.code, label=aim.label, unit=aim.unit, value=aim.value, counts=counts,
        is_headline=aim.is_headline, position=position,
    )  # fmt: skip


def _write_townships(places: list[reference.Place]) -> int:
    """What the office has edited stays as it is, by whatever name: the former ones are among its other spellings."""
    townships = db.session.scalars(sa.select(Township)).all()
    known = {spelling: each for each in townships if each.edited_at for spelling in each.aliases}
    known |= {each.name: each for each in townships}
    changed = 0
    for position, place in enumerate(places, start=1):
        township = known.get(place.name)
        if township is not None and township.edited_at:
            continue
        if township is None:
            township = Township(name=place.name)
            db.session.add(township)
        township.parent = known[place.within] if place.within else None
        township.position = position
        township.aliases = list(place.aliases)
        changed += db.session.is_modified(township)
    db.session.flush()
    return changed


def _write_entries(model: type[Industry] | type[TechField], entries: list[reference.Entry]) -> int:
    rows: Iterable[Any] = db.session.scalars(sa.select(model))
    known = {row.code: row for row in rows}
    changed = 0
    for entry in entries:  # parents come before their parts
        row = known.get(entry.code)
        if row is not None and getattr(row, "edited_at", None):
            continue
        if row is None:
            row = model(code=entry.code)
            db.session.add(row)
        row.name, row.parent_code = entry.name, entry.parent_code
        changed += db.session.is_modified(row)
    db.session.flush()
    return changed


def _write_users() -> None:
    """One hash for all: the password is public, and argon2 is meant to be slow."""
    known = set(db.session.scalars(sa.select(User.account)))
    areas = _keys(Township.name, Township.id)
    password_hash = hashed(DEMO_PASSWORD)
    for account, name, role, area in DEMO_USERS:
        if account not in known:
            email = f"{account}@example.com"
            township_id = areas[area] if area else None
            values = {"role": role, "township_id": township_id, "password_hash": password_hash}
            db.session.add(User(account=account, name=name, email=email, **values))
    db.session.flush()


def _write_county(firms: int, seed: int, today: date, progress: Callable[[int], None]) -> dict[str, int]:
    from seeds.county import FIELDS, county  # slow import: NumPy

    counts = dict.fromkeys(("firms", *_TABLES), 0)
    now = clock.now()
    townships = _keys(Township.name, Township.id)
    owners = _keys(User.account, User.id)
    owner_ids = [owners[account] for account in _OWNERS]
    for chunk in county(firms, seed, today):
        counts["firms"] += _write_firms(chunk.firms, FIELDS["firms"], townships, owner_ids, now)
        for name, model in _TABLES.items():
            fields, constants = FIELDS[name], _constants(name, now)
            rows = (row + tuple(constants.values()) for row in getattr(chunk, name))
            counts[name] += insert_rows(model, [*fields, *constants], rows)
        progress(len(chunk.firms))
    catch_up_sequence(Firm)
    return counts


def _keys(name: Any, key: Any) -> dict[str, int]:
    rows: Any = db.session.execute(sa.select(name, key)).all()
    return dict(rows)


def _constants(table: str, now: datetime) -> dict[str, Any]:
    """What is the same in every row of a table: a bulk insert knows no defaults."""
    return {
        "annual_figures": {"sources": {"*": "demo"}, "updated_at": now, "version": 1},
        "questionnaires": {"by_name": DEMO.name, "made_at": now},
    }.get(table, {})


def _write_firms(
    rows: list[tuple[Any, ...]], fields: tuple[str, ...], townships: dict[str, int], owners: list[int], now: datetime
) -> int:
    stored = [{"township": "township_id", "owner": "owner_id"}.get(field, field) for field in fields]
    constants = {"is_demo": True, "created_at": now, "updated_at": now, "version": 1}
    township, owner = fields.index("township"), fields.index("owner")

    def placed() -> Iterator[list[Any]]:
        for row in rows:
            values = [*row, *constants.values()]
            values[township] = townships[row[township]] if row[township] else None
            values[owner] = None if row[owner] is None else owners[row[owner]]
            yield values

    written = insert_rows(Firm, [*stored, *constants], placed())
    no_particulars: dict[str, Any] = {}
    events = ((now, EventKind.FIRM_CREATED, row[0], DEMO.name, DEMO.through, no_particulars) for row in rows)
    insert_rows(Event, ("at", "kind", "firm_id", "by_name", "through", "particulars"), events)
    note_events()
    return written
