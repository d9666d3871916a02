"""An earlier value put back out of the timeline."""

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Opened, plain
from crm.actions.events import Author
from crm.actions.figures import Cell, update_figures
from crm.actions.firms import archive_firm, update_firm
from crm.extensions import db
from crm.models import Event, Firm, User
from pipelines.vocabulary import EventKind, FirmStatus, Role
from tests.builders import WAN, a_firm, a_township, a_user, some_figures
from tests.pages import form_of

LAST = clock.today().year - 1
WANG = Author("王芳", "form")


def renewed(firm: Firm, field: str, value) -> Event:
    """A change by somebody who saw what stood before it."""
    db.session.commit()
    update_firm(firm.id, {field: value}, Opened({field: plain(getattr(firm, field))}), WANG)
    return db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()


def path_of(firm: Firm, event: Event, place: int = 0) -> str:
    return f"/firms/{firm.id}/events/{event.id}/restorings/{place}"


def test_figure_is_put_back_by_an_event_of_its_own(signed_in):
    firm = a_firm()
    row = some_figures(firm, LAST)
    cell = Cell("rd_spend", LAST)
    db.session.commit()
    update_figures(firm.id, {cell: Decimal(9 * WAN)}, Opened({cell.key: "2200000"}), WANG)
    event = db.session.scalars(sa.select(Event)).one()
    officer = signed_in(Role.OFFICER)

    timeline = officer.get(f"/firms/{firm.id}?tab=timeline").text
    page = officer.get(path_of(firm, event)).text
    answer = officer.post(path_of(firm, event), data=form_of(page, "opened"))

    db.session.refresh(row)
    last = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert f'href="{path_of(firm, event)}"' in timeline
    assert re.search(r"恢复为</dt><dd>220 万元<.*现在是</dt><dd>9 万元<", page, re.DOTALL)
    assert (answer.location, row.rd_spend) == (f"/firms/{firm.id}?tab=timeline", Decimal(220 * WAN))
    assert (last.kind, last.through, last.particulars["changes"]) == (
        EventKind.FIGURES_UPDATED, "restoring",
        [{"field": "rd_spend", "year": LAST, "old": "90000", "new": "2200000"}],
    )  # fmt: skip
    assert row.sources == {"rd_spend": "restoring"}


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("founded_on", date(2015, 3, 15), date(2016, 1, 1)),
        ("registered_capital", Decimal("1234567.89"), None),
        ("status", FirmStatus.ACTIVE, FirmStatus.DEREGISTERED),
        ("above_scale", True, False),
        ("remark", "旧备注\n第二行", None),
        ("name", "嘉善旧名科技有限公司", "嘉善新名科技有限公司"),
    ],
)
def test_value_of_the_firm_comes_back_as_what_it_was(signed_in, field, before, after):
    firm = a_firm(**{field: before})
    event = renewed(firm, field, after)
    officer = signed_in(Role.OFFICER)

    officer.post(path_of(firm, event), data=form_of(officer.get(path_of(firm, event)).text, "opened"))

    db.session.refresh(firm)
    assert getattr(firm, field) == before


def test_references_come_back_by_their_name_as_long_as_they_can_be_chosen(signed_in):
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    wang, gone = a_user(name="王芳"), a_user(name="周进")
    firm = a_firm(township=west, owner=gone)
    moved, handed = renewed(firm, "township_id", east.id), renewed(firm, "owner_id", wang.id)
    gone.active = False
    officer = signed_in(Role.OFFICER)

    for event in (moved, handed):
        answer = officer.post(path_of(firm, event), data=form_of(officer.get(path_of(firm, event)).text, "opened"))

    db.session.refresh(firm)
    assert (firm.township_id, firm.owner_id) == (west.id, wang.id)
    assert answer.status_code == 422
    assert "责任人“周进”现在不能选" in answer.text


def test_somebody_elses_change_meanwhile_is_shown_before_anything_is_put_back(signed_in):
    firm = a_firm(address="旧路1号")
    event = renewed(firm, "address", "新路2号")
    officer = signed_in(Role.OFFICER)
    page = officer.get(path_of(firm, event)).text
    renewed(firm, "address", "别路3号")

    asked = officer.post(path_of(firm, event), data=form_of(page, "opened"))
    kept = db.session.scalar(sa.select(Firm.address))
    done = officer.post(path_of(firm, event), data=form_of(asked.text, "opened"))

    assert (asked.status_code, kept, done.status_code) == (409, "别路3号", 303)
    assert "打开这一页之后又有人改过" in asked.text
    assert "别路3号" in asked.text
    assert db.session.scalar(sa.select(Firm.address)) == "旧路1号"


@pytest.mark.parametrize("opened", [None, "", "{}", "[", "x" * 200_000])
def test_rubbish_in_place_of_what_was_seen_asks_again(signed_in, opened):
    firm = a_firm(address="旧路1号")
    event = renewed(firm, "address", "新路2号")

    answer = signed_in(Role.OFFICER).post(path_of(firm, event), data={} if opened is None else {"opened": opened})

    assert (answer.status_code, db.session.scalar(sa.select(Firm.address))) == (409, "新路2号")


def test_what_names_no_such_change_is_not_found(signed_in):
    own = a_township("西塘镇")
    firm, other = a_firm(township=own, address="旧路1号"), a_firm(township=own)
    elsewhere = a_firm(township=a_township("姚庄镇"), address="旧路")
    event, foreign = renewed(firm, "address", "新路2号"), renewed(elsewhere, "address", "新路")
    db.session.commit()
    archive_firm(other.id, "注销", WANG)
    archived = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    officer = signed_in(Role.OFFICER)

    asked = [
        path_of(other, event), path_of(firm, event, 7), path_of(other, archived),
        f"/firms/{firm.id}/events/99999/restorings/0",
    ]  # fmt: skip

    assert [officer.get(path).status_code for path in asked] == [404] * 4
    assert signed_in(Role.TOWNSHIP_OFFICER).get(path_of(elsewhere, foreign)).status_code == 404
    assert signed_in(Role.DIRECTOR).get(path_of(firm, event)).status_code == 403


def test_archived_firm_stays_as_it_is(signed_in):
    firm = a_firm(address="旧路1号")
    event = renewed(firm, "address", "新路2号")
    officer = signed_in(Role.OFFICER)
    form = form_of(officer.get(path_of(firm, event)).text, "opened")
    db.session.commit()
    archive_firm(firm.id, "注销", WANG)

    answer = officer.post(path_of(firm, event), data=form)

    assert answer.status_code == 422
    assert "已归档" in answer.text
    assert db.session.scalar(sa.select(Firm.address)) == "新路2号"


def test_officer_of_a_township_puts_no_firm_outside_the_own_area(sign_in):
    own, other = a_township("西塘镇"), a_township("姚庄镇")
    firm = a_firm(township=other)
    event = renewed(firm, "township_id", own.id)
    officer: User = a_user(Role.TOWNSHIP_OFFICER, township=own)
    client = sign_in(officer)

    answer = client.post(path_of(firm, event), data=form_of(client.get(path_of(firm, event)).text, "opened"))

    db.session.refresh(firm)
    assert (answer.status_code, firm.township_id) == (422, own.id)
    assert "镇街“姚庄镇”现在不能选" in answer.text
