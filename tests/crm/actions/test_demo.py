from datetime import date

import pytest
import sqlalchemy as sa

from crm.actions.demo import DEMO_PASSWORD, DEMO_USERS, is_empty, load_demo, load_reference
from crm.actions.events import COMMAND
from crm.actions.password_hashes import matches
from crm.extensions import Base, db
from crm.models import (
    Alliance,
    AnnualFigures,
    ApplicationPart,
    Candidacy,
    Contact,
    Event,
    Firm,
    Industry,
    Institution,
    Project,
    Recognition,
    TechField,
    Township,
    Training,
    User,
    Visit,
)
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Role
from seeds import DEFAULT_SEED, reference
from tests.builders import a_firm, a_recognition, a_township
from tests.seeds.counties import a_county

TODAY = date(2026, 11, 24)


def count(model: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def events(kind: EventKind) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.kind == kind)))


def load(firms: int = 60) -> dict[str, int]:
    return load_demo(firms, DEFAULT_SEED, TODAY)


def test_reference_data_is_loaded_with_one_event(app):
    changed = load_reference(COMMAND)

    assert count(Township) + count(Industry) + count(TechField) == 9 + 284 + 60
    assert changed == 9 + 284 + 60 + 1  # the county plan
    assert [event.by_name for event in events(EventKind.REFERENCE_LOADED)] == ["命令行"]


def test_reference_data_loaded_again_changes_nothing_and_says_nothing(app):
    load_reference(COMMAND)

    changed = load_reference(COMMAND)

    assert changed == 0
    assert len(events(EventKind.REFERENCE_LOADED)) == 1


def test_reference_data_takes_over_what_was_there_and_keeps_what_the_office_added(app):
    a_township("西塘镇")
    a_township("本局自设片区")
    db.session.commit()

    load_reference(COMMAND)

    xitang = db.session.scalars(sa.select(Township).where(Township.name == "西塘镇")).one()
    assert "西塘" in xitang.aliases
    assert count(Township) == 10


def test_industries_and_fields_know_what_they_are_part_of(app):
    load_reference(COMMAND)

    assert db.session.get(Industry, "3973").parent_code == "397"
    assert db.session.get(TechField, "4.3").parent_code == "4"


def test_register_is_empty_until_a_firm_is_in(app):
    before = is_empty()

    a_firm()

    assert (before, is_empty()) == (True, False)


def test_demo_fills_every_table_with_what_the_generator_made(app):
    counts = load()

    made = a_county(60, today=TODAY).tables
    assert counts.pop("visits") == count(Visit) > 0
    assert counts.pop("trainings") == count(Training) > 0
    assert counts.pop("alliances") == count(Alliance) > 0
    assert counts.pop("institutions") == count(Institution) > 0
    assert counts.pop("projects") == count(Project) > 0
    assert counts.pop("parts") == count(ApplicationPart) > 0
    assert counts.pop("candidacies") == count(Candidacy) > 0
    assert counts == {name: len(rows) for name, rows in made.items()}
    assert count(Firm) == 60
    assert count(AnnualFigures) == len(made["annual_figures"])
    assert count(Contact) == len(made["contacts"])
    assert count(Recognition) == len(made["recognitions"])


def test_demo_firm_reads_back_as_it_was_made(app):
    load()

    made = next(firm for firm in a_county(60, today=TODAY).firms if firm["township"] and firm["owner"] is not None)
    firm = db.session.get(Firm, made["id"])
    assert firm.is_demo
    assert (firm.name, firm.uscc, firm.founded_on) == (made["name"], made["uscc"], made["founded_on"])
    assert firm.township.name == made["township"]
    assert firm.owner.account == f"keyuan{made['owner'] + 1}"
    assert firm.version == 1
    figures = [row for row in a_county(60, today=TODAY).annual_figures if row["firm_id"] == firm.id]
    assert [row.sales_revenue for row in firm.annual_figures] == [row["sales_revenue"] for row in figures]
    assert [row.staff for row in firm.annual_figures] == [row["staff"] for row in figures]
    assert {row.sources["*"] for row in firm.annual_figures} <= {"demo"}


def test_demo_leaves_one_event_a_firm(app):
    load()

    created = events(EventKind.FIRM_CREATED)
    assert sorted(event.firm_id for event in created) == list(range(1, 61))
    assert {(event.by_name, event.through) for event in created} == {("演示数据", "demo")}


def test_demo_tells_how_far_it_is(app):
    told: list[int] = []

    load_demo(60, DEFAULT_SEED, TODAY, told.append)

    assert told == [60]


def test_demo_has_somebody_in_every_role_who_can_come_in(app):
    load()

    users = list(db.session.scalars(sa.select(User)))
    assert {user.role for user in users} == set(Role)
    assert [user.account for user in users] == [account for account, *_ in DEMO_USERS]
    assert all(matches(user.password_hash, DEMO_PASSWORD) and not user.must_change_password for user in users)
    assert [user.township.name for user in users if user.role is Role.TOWNSHIP_OFFICER] == ["西塘镇"]


def test_demo_areas_lie_in_their_townships(app):
    load()

    area = db.session.scalars(sa.select(Township).where(Township.name == "荷塘村（模拟）")).one()
    assert area.parent.name == "西塘镇"
    assert count(Township) == 9 + len(reference.demo_areas())


def test_demo_is_refused_where_firms_are(app):
    a_firm()
    db.session.commit()

    with pytest.raises(Refusal, match="只能载入空的企业库"):
        load()


def test_demo_is_refused_in_production(app, monkeypatch):
    monkeypatch.setitem(app.config, "MODE", "production")

    with pytest.raises(Refusal, match="正式运行"):
        load()

    assert count(User) == 0


def test_rows_added_after_the_demo_get_keys_of_their_own(app):
    load()

    firm = a_firm()
    a_recognition(firm, title=a_county(60, today=TODAY).recognitions[0]["title"], recognized_on=TODAY)

    assert firm.id == 61
