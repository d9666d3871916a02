"""One number, one list, one workbook: what a page of the daily work counts is what its link shows and hands over."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.actions.events import COMMAND
from crm.actions.firms import archive_firm, restore_firm
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Campaign, Candidacy, FollowUp, Visit
from pipelines.funnel.stages import OPEN
from pipelines.vocabulary import Role, Stage, Title
from tests.builders import a_candidacy, a_firm, a_recognition, a_township, a_user

TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def chief(app):
    return a_user(Role.SECTION_CHIEF)


@pytest.fixture
def county(app, chief):
    """Two towns, two officers, every stage, things owed early and late, visits old and new; one firm is archived."""
    towns = [a_township("西塘镇"), a_township("姚庄镇")]
    owners = [chief, a_user(Role.OFFICER), None]
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    db.session.add(campaign)
    db.session.flush()
    for number, stage in enumerate([*OPEN, *OPEN, Stage.REJECTED, Stage.ABANDONED, Stage.RECOGNIZED]):
        owner = owners[number % 3]
        firm = a_firm(township=towns[number % 2], owner_id=owner and owner.id)
        ended = None if stage in OPEN else TODAY
        since = TODAY - timedelta(days=13 * number)
        a_candidacy(firm, stage, since, owner_id=owner and owner.id, campaign_id=campaign.id, closed_on=ended)
        _work(firm, owner or chief, number)
    firm = a_firm(township=towns[0], owner_id=chief.id)
    a_candidacy(firm, owner_id=chief.id, campaign_id=campaign.id)
    _work(firm, chief, 3)
    db.session.commit()
    refresh_standings(None, TODAY)
    db.session.commit()
    archive_firm(firm.id, "重复登记", COMMAND)
    return campaign


def _work(firm, owner, number: int) -> None:
    if number % 4 == 0:
        a_recognition(firm, Title.LEADING, date(2024, 1, 1))
    visited = TODAY - timedelta(days=11 * number)
    visit = Visit(firm_id=firm.id, visited_on=visited, found="看了车间", by_id=owner.id, by_name=owner.name)
    due = {"due_on": TODAY + timedelta(days=number - 9), "done_on": TODAY if number % 5 == 0 else None}
    owed = FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, is_need=number % 2 == 0, by_name="某人", **due)
    db.session.add_all([visit, owed])


def numbers(page) -> list[tuple[int, str]]:
    """Every linked number of a page: 3, 停留过久 3, 培育库 3 家."""
    found = []
    for link in BeautifulSoup(page.data, "html.parser").select("main a[href]"):
        text = link.get_text(" ", strip=True)
        if told := re.fullmatch(r"\D*?([\d,]+)(?: 家)?", text):
            found.append((int(told[1].replace(",", "")), link["href"]))
    return found


def shown(page) -> int:
    told = re.search(r"共 ([\d,]+)\+? 条", page.text)
    return int(told[1].replace(",", "")) if told else 0


def handed_over(visitor, page) -> int:
    """Rows of the workbook that the page's own 导出 gives."""
    forms = BeautifulSoup(page.data, "html.parser").select(".page-head form[method=post]")
    export = next((form for form in forms if "导出" in form.get_text()), None)
    if export is None:
        return 0
    fields = {field["name"]: field["value"] for field in export.select("input")}
    content = visitor.post(export["action"], data=fields, follow_redirects=True).data
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    told = next(re.search(r"共 (\d+) ", str(row[0])) for row in reversed(rows) if "共 " in str(row[0]))
    return int(told[1])


@pytest.mark.parametrize(
    ("path", "least"),
    [("/", 4), ("/candidacies", 14), ("/candidacies?owner=mine", 6), ("/visits/load", 16),
     ("/candidacies/campaigns/1", 12), ("/candidacies/campaigns", 2)],
)  # fmt: skip
def test_every_number_opens_a_list_of_that_many_and_hands_over_as_many_rows(sign_in, chief, county, path, least):
    visitor = sign_in(chief)
    told = numbers(visitor.get(path))

    assert len(told) >= least
    for number, address in told:
        page = visitor.get(address)
        assert (address, shown(page)) == (address, number)
        assert (address, handed_over(visitor, page)) == (address, number)


def test_an_archived_firm_leaves_the_board_and_comes_back_with_it(sign_in, chief, county):
    archived = db.session.scalars(sa.select(Candidacy).filter_by(is_archived=True)).one()
    visitor = sign_in(chief)
    before = shown(visitor.get("/candidacies?face=list"))

    restore_firm(archived.firm_id, "误归档", COMMAND)

    assert shown(visitor.get("/candidacies?face=list")) == before + 1
