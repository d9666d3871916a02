"""看板: every number is the length of its list, on any day, and a past day stays what it was."""

from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.actions.demo import load_demo
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Firm, LadderTally, Recognition, Target, TargetActual
from crm.models.ladder_change import COUNTY
from crm.queries.candidacies import CandidacyFilter, candidacy_page
from crm.queries.dashboard import dashboard
from crm.queries.institutions import InstitutionFilter, institution_page
from crm.queries.ladder import LadderFilter, moved_ids
from crm.queries.projects import ProjectFilter, project_page
from pipelines.vocabulary import ChangeKind, Measure, RecognitionEnd, Role, Tier, Title
from tests.builders import a_candidacy, a_firm, a_recognition, a_township, a_user

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False):
        yield


@pytest.fixture
def county(app):
    """An invented county of 150 firms, with the plans of two years."""
    load_demo(150, 7, TODAY)


def listed(**asked) -> int:
    """How many firms the list of a number holds."""
    return len(moved_ids(LadderFilter(**asked), None))


def as_texts(args) -> dict[str, str]:
    """As an address has them."""
    return {name: str(value) for name, value in args.items()}


def some_days(count: int) -> list[date]:
    chance = Random(2026)
    return [TODAY, *(TODAY - timedelta(days=chance.randrange(1, 690)) for _ in range(count - 1))]


def test_on_ten_days_of_two_years_every_number_is_the_length_of_its_list(county):
    for on in some_days(10):
        board, year = dashboard(on, None, TODAY), {"first": date(on.year, 1, 1), "last": on}
        counted = [state for state in board.targets if state.list_args]
        assert {state.target.counts for state in counted} == {
            Measure.HIGH_TECH_FIRST, Measure.HIGH_TECH_STOCK, Measure.TECH_SME_STOCK, Measure.INSTITUTIONS_NEW,
            Measure.PROJECTS_STARTED, Measure.KEY_PROJECTS_STARTED,
        }  # fmt: skip
        for state in counted:
            if state.list_endpoint == "institutions.index":
                told = institution_page(InstitutionFilter.from_args(as_texts(state.list_args)), None, TODAY)
                assert state.actual == told.total, (on, state.target.label)
                continue
            if state.list_endpoint == "projects.index":
                told = project_page(ProjectFilter.from_args(as_texts(state.list_args)), None, TODAY)
                assert state.actual == told.total, (on, state.target.label)
                continue
            asked = dict(state.list_args) | year
            assert state.actual == listed(**asked), (on, state.target.label)
            past = {"first": date(on.year - 1, 1, 1), "last": on.replace(year=on.year - 1)}
            assert state.year_ago == listed(**asked | past), (on, state.target.label)
        for rung in board.rungs:
            tier = rung.tier.value
            assert rung.firms == listed(tier=tier, part="closing", **year)
            assert rung.holders == listed(tier=tier, part="holders", **year)
            assert board.flows.came[tier] == listed(tier=tier, part="in", **year)
            assert board.flows.went[tier] == listed(tier=tier, part="out", **year)
        for month in board.months:
            stretch = {"tier": "high_tech", "first": month.first, "last": month.last}
            assert month.standing[Tier.HIGH_TECH] == listed(part="closing", **stretch)
            assert month.flows.came["high_tech"] == listed(part="in", **stretch)
            assert month.flows.went["high_tech"] == listed(part="out", **stretch)
        for line in board.townships:
            place = year | {"place": line.place}
            assert line.tech_sme == listed(tier="tech_sme", part="holders", **place), (on, line.name)
            assert line.high_tech == listed(tier="high_tech", part="holders", **place)
            assert line.first == listed(tier="high_tech", part="first", **place)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LadderTally)) > 100


def test_every_link_of_today_opens_a_list_of_that_many(signed_in, county):
    director = signed_in(Role.DIRECTOR)
    page = BeautifulSoup(director.get("/dashboard").data, "html.parser")

    links = [a for a in page.select("main a") if a.get_text(strip=True).rstrip("+").replace(",", "").isdigit()]
    assert len(links) > 30
    for link in links:
        told = link.get_text(strip=True)
        total = BeautifulSoup(director.get(link["href"]).data, "html.parser").select_one(".pagination-bar p")
        assert total, link["href"]
        assert total.get_text(strip=True) == f"共 {told} 条", link["href"]


def test_a_past_day_stays_what_it_was_when_later_records_come(county):
    past = date(2026, 6, 30)
    before = dashboard(past, None, TODAY)

    firms = db.session.scalars(sa.select(Firm.id).limit(40)).all()
    for place, firm_id in enumerate(firms):
        taken = sa.select(Recognition.id).filter_by(firm_id=firm_id, title=Title.HIGH_TECH)
        on = date(2026, 7, 1) + timedelta(days=place)
        if not db.session.scalar(taken.where(Recognition.recognized_on == on)):
            db.session.add(Recognition(firm_id=firm_id, title=Title.HIGH_TECH, recognized_on=on))
    held = sa.select(Recognition).where(Recognition.title == Title.TECH_SME, Recognition.ended_on.is_(None)).limit(5)
    for recognition in db.session.scalars(held):
        recognition.ended_on, recognition.end_reason = date(2026, 8, 1), RecognitionEnd.MOVED_AWAY
    db.session.add(TargetActual(code="rd_of_gdp", reached_on=date(2026, 9, 1), value=9, source="试验", by_name="试验"))
    db.session.flush()
    refresh_standings(None, TODAY)

    assert dashboard(past, None, TODAY) == before
    assert dashboard(TODAY, None, TODAY).rungs != before.rungs


def test_tallies_follow_every_change_and_end_where_they_would_begin_anew(app):
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    firm = a_firm(township=west)
    a_recognition(firm, Title.HIGH_TECH, date(2025, 12, 1), valid_until=date(2028, 12, 1))
    refresh_standings(None, TODAY)
    firm.township = east
    refresh_standings([firm.id], TODAY)
    a_recognition(firm, Title.TECH_SME, date(2020, 5, 1))
    refresh_standings([firm.id], TODAY)

    kept = tallies()
    db.session.execute(sa.delete(LadderTally))
    db.session.execute(sa.text("DELETE FROM ladder_changes"))
    refresh_standings(None, TODAY)

    assert kept == tallies()
    assert {town for _, _, town, *_ in kept} == {east.id, COUNTY}


def tallies() -> set[tuple]:
    """Those that are not nought."""
    rows = db.session.execute(sa.select(*LadderTally.__table__.c).where(LadderTally.firms != 0))
    return {tuple(row) for row in rows}


def test_a_firm_that_lapses_and_comes_back_within_the_year_is_no_flow_of_the_year(app):
    firm = a_firm()
    a_recognition(firm, Title.HIGH_TECH, date(2023, 3, 1), valid_until=date(2026, 2, 28))
    a_recognition(firm, Title.HIGH_TECH, date(2026, 10, 8), valid_until=date(2029, 10, 8))
    refresh_standings(None, TODAY)

    board = dashboard(TODAY, None, TODAY)

    assert (board.flows.came["high_tech"], board.flows.went["high_tech"]) == (0, 0)
    assert [month.first.month for month in board.months if month.flows.went["high_tech"]] == [3]
    assert [month.first.month for month in board.months if month.flows.came["high_tech"]] == [10]


def test_a_title_given_again_after_a_gap_is_granted_but_not_first(app):
    firm = a_firm()
    a_recognition(firm, Title.HIGH_TECH, date(2021, 3, 1), valid_until=date(2024, 2, 28))
    a_recognition(firm, Title.HIGH_TECH, date(2026, 10, 8))
    for code, counts in (("a", Measure.HIGH_TECH_FIRST), ("b", Measure.HIGH_TECH_GRANTED)):
        db.session.add(Target(year=2026, code=code, label=code, unit="家", value=100, counts=counts))
    refresh_standings(None, TODAY)

    assert [state.actual for state in dashboard(TODAY, None, TODAY).targets] == [0, 1]


def test_even_pace_runs_from_the_opening_stock_to_the_target(app):
    for _ in range(4):
        a_recognition(a_firm(), Title.HIGH_TECH, date(2025, 3, 1))
    db.session.add(Target(year=2026, code="s", label="s", unit="家", value=10, counts=Measure.HIGH_TECH_STOCK))
    refresh_standings(None, TODAY)

    due = {on: dashboard(on, None, TODAY).targets[0].due for on in (date(2026, 7, 2), date(2026, 12, 31))}
    state = dashboard(date(2026, 7, 2), None, TODAY).targets[0]

    assert {str(on): str(value) for on, value in due.items()} == {"2026-07-02": "7.0", "2026-12-31": "10.0"}
    assert (state.actual, state.gap, state.is_behind) == (4, 6, True)


def test_a_township_officer_sees_the_own_area_against_its_own_share(signed_in, sign_in):
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    for town in (west, west, east):
        a_recognition(a_firm(township=town), Title.HIGH_TECH, date(2025, 3, 1))
    db.session.add(Target(year=2026, code="s", label="高企", unit="家", value=800, counts=Measure.HIGH_TECH_STOCK))
    refresh_standings(None, TODAY)
    target = db.session.scalars(sa.select(Target)).one()
    signed_in(Role.SECTION_CHIEF).post(f"/targets/{target.id}/shares", data={f"town_{west.id}": "120"})

    local = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=west))
    page = BeautifulSoup(local.get("/dashboard").data, "html.parser")

    row = page.select_one(".desk table.data tbody tr")
    assert [cell.get_text(strip=True) for cell in row.select("td.num")][:2] == ["2", "120"]
    assert "姚庄镇" not in page.select_one("main").get_text()


def test_the_number_of_queries_does_not_depend_on_the_county(app, queries):
    def asked() -> int:
        with queries() as statements:
            dashboard(TODAY, None, TODAY)
        return len(statements)

    a_recognition(a_firm(township=a_township()), Title.HIGH_TECH, date(2025, 3, 1))
    refresh_standings(None, TODAY)
    few = asked()
    for place in range(40):
        firm = a_firm(township=a_township())
        a_recognition(firm, Title.HIGH_TECH, date(2026, 1 + place % 10, 1), valid_until=date(2026, 11, 1 + place % 20))
        db.session.add(Target(year=2026, code=f"t{place}", label=f"t{place}", unit="家", value=1))
    refresh_standings(None, TODAY)

    assert asked() - few <= 1  # shares of the targets are read once there are any


@pytest.mark.parametrize(
    ("query", "told"),
    [("?on=rubbish", "日期看不懂"), ("?on=2026-13-01", "日期看不懂"), ("?on=2030-01-01", "还没有到"), ("?on=", None)],
)
def test_a_day_that_is_none_is_today(signed_in, app, query, told):
    page = signed_in(Role.DIRECTOR).get(f"/dashboard{query}")

    assert page.status_code == 200
    assert "数据截至 2026-11-23" in page.text
    assert told is None or told in page.text


def test_the_chief_begins_with_the_county_and_a_leader_too(signed_in, app):
    assert signed_in(Role.DIRECTOR).get("/").location == "/dashboard"


def test_first_applications_and_renewals_are_told_apart(app):
    for is_renewal in (False, False, True):
        a_candidacy(a_firm(), is_renewal=is_renewal)
    both, first, renewal = (
        candidacy_page(CandidacyFilter(face="list", round=each), None, TODAY).total
        for each in (None, "first", "renewal")
    )

    assert (both, first, renewal) == (3, 2, 1)


def test_every_kind_of_change_is_tallied(county):
    kinds = set(db.session.scalars(sa.select(LadderTally.kind).distinct()))

    assert kinds == set(ChangeKind)
