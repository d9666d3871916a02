"""A township officer reaches no firm outside the area, by no page, list, search, palette or file of the house.

A demo county, so that every table has rows on both sides of the border.
"""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.demo import load_demo
from crm.extensions import db
from crm.models import Firm, ProjectPartner, User
from crm.queries.scope import visible_townships
from seeds import DEFAULT_SEED
from tests.addresses import addresses, rows_of, rules_of


@pytest.fixture
def officer(app) -> User:
    load_demo(300, DEFAULT_SEED, clock.today())
    return db.session.scalar(sa.select(User).filter_by(account="zhenjie1"))


@pytest.fixture
def foreign(officer) -> list[Firm]:
    own = visible_townships(officer)
    partners = sa.select(ProjectPartner.firm_id).where(ProjectPartner.firm_id.is_not(None))  # named in a joint project
    others = sa.select(Firm).where(Firm.id.not_in(partners))
    firms = [firm for firm in db.session.scalars(others) if firm.township_id not in own]
    assert len(firms) > 100
    return firms


@pytest.fixture
def rules(app):
    return rules_of(app)


def named(page: bytes, firms: list[Firm]) -> list[str]:
    return [firm.name for firm in firms if firm.name.encode() in page]


def test_no_address_of_a_foreign_firm_or_of_anything_of_it_answers(app, sign_in, officer, foreign, rules):
    visitor = sign_in(officer)
    asked = addresses(app, rules, rows_of([firm.id for firm in foreign]))

    answered = [path for path in asked if visitor.get(path, follow_redirects=True).status_code not in (403, 404)]

    assert len(asked) > 60
    assert answered == []


def test_no_page_names_a_foreign_firm(app, sign_in, officer, foreign, rules):
    visitor = sign_in(officer)
    pages = [rule.rule for rule in rules if "GET" in rule.methods and not rule.arguments]

    told = {path: named(visitor.get(path).data, foreign) for path in pages}

    assert len(pages) > 50
    assert {path: found for path, found in told.items() if found} == {}


@pytest.mark.parametrize(
    "address",
    ["/firms?q={}", "/palette?q={}", "/candidacies?face=list&q={}", "/visits?q={}", "/institutions?q={}",
     "/projects?q={}", "/firms/duplicates?name={}"],
)  # fmt: skip
def test_searching_for_a_foreign_firm_finds_nothing(sign_in, officer, foreign, address):
    visitor = sign_in(officer)

    for firm in foreign[:10]:
        page = visitor.get(address.format(firm.name)).text
        assert firm.uscc not in page
        assert f"/firms/{firm.id}" not in page


def test_no_file_holds_a_foreign_firm(sign_in, officer, foreign, rules):
    visitor = sign_in(officer)
    files = [rule.rule for rule in rules if "POST" in rule.methods and not rule.arguments and "export" in rule.endpoint]

    told = {path: named(_unpacked(visitor.post(path).data), foreign) for path in files}

    assert len(files) > 5
    assert {path: found for path, found in told.items() if found} == {}


def _unpacked(data: bytes) -> bytes:
    try:
        with ZipFile(BytesIO(data)) as book:
            return b"".join(book.read(name) for name in book.namelist())
    except BadZipFile:
        return data


def test_counts_are_those_of_the_area(sign_in, officer):
    standing = sa.select(sa.func.count()).select_from(Firm).where(Firm.archived_at.is_(None))
    own = db.session.scalar(standing.where(Firm.township_id.in_(visible_townships(officer))))

    assert f"共 {own} 条" in sign_in(officer).get("/firms?view=all").text
