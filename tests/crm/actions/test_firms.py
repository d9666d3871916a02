from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Opened, plain
from crm.actions.events import Author
from crm.actions.firms import archive_firm, create_firm, restore_firm, update_firm
from crm.extensions import db
from crm.models import Event, Firm, Standing
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, FirmStatus
from tests.builders import WAN, a_firm, a_township, a_uscc, a_user

BY = Author("王科员", "form", None)


def values_of(firm: Firm, **changes) -> dict:
    fields = (
        "name", "uscc", "status", "township_id", "park", "address", "founded_on", "registered_capital", "liaison",
        "legal_representative", "industry_code", "tech_field_code", "levy_mode", "above_scale", "main_products",
        "owner_id", "remark",
    )  # fmt: skip
    return {field: getattr(firm, field) for field in fields} | changes


def opened_with(firm: Firm) -> Opened:
    return Opened({field: plain(value) for field, value in values_of(firm).items()})


def events() -> list[tuple[EventKind, dict]]:
    return [(event.kind, event.particulars) for event in db.session.scalars(sa.select(Event).order_by(Event.id))]


def test_new_firm_leaves_an_event_with_all_it_says_and_a_standing(app):
    township = a_township("天凝镇")
    db.session.commit()
    code = a_uscc()

    firm = create_firm({"name": "嘉善（兰钧）新能源有限责任公司", "uscc": code, "township_id": township.id}, BY)

    assert events() == [
        (
            EventKind.FIRM_CREATED,
            {
                "changes": [
                    {"field": "name", "old": None, "new": "嘉善（兰钧）新能源有限责任公司"},
                    {"field": "uscc", "old": None, "new": code},
                    {"field": "township", "old": None, "new": "天凝镇"},
                ],
            },
        )
    ]
    assert firm.normalised_name == "嘉善兰钧新能源有限公司"
    assert db.session.get(Standing, firm.id).township_id == township.id


def test_firm_of_a_code_on_the_register_is_refused(app):
    known = a_firm()
    db.session.commit()

    with pytest.raises(Refusal, match="已在库"):
        create_firm({"name": "另一家有限公司", "uscc": known.uscc}, BY)


def test_change_is_told_old_to_new_with_references_by_name(app):
    firm = a_firm(township=a_township("天凝镇"), registered_capital=Decimal(500 * WAN))
    other = a_township("姚庄镇")
    officer = a_user(name="李科员")
    db.session.commit()
    values = values_of(firm, township_id=other.id, registered_capital=Decimal("6000000.50"), owner_id=officer.id)

    update_firm(firm.id, values, opened_with(firm), BY)

    assert events() == [
        (
            EventKind.FIRM_UPDATED,
            {
                "changes": [
                    {"field": "township", "old": "天凝镇", "new": "姚庄镇"},
                    {"field": "registered_capital", "old": "5000000", "new": "6000000.5"},
                    {"field": "owner", "old": None, "new": "李科员"},
                ]
            },
        )
    ]
    assert firm.version == 2


def test_save_that_changes_nothing_leaves_no_event_and_no_new_version(app):
    firm = a_firm()
    db.session.commit()

    saving = update_firm(firm.id, values_of(firm), opened_with(firm), BY)

    assert (saving.changes, events(), firm.version) == ((), [], 1)


def test_renamed_firm_keeps_its_old_name(app):
    firm = a_firm("嘉善旧名有限公司")
    db.session.commit()

    update_firm(firm.id, values_of(firm, name="嘉善新名有限公司"), opened_with(firm), BY)

    assert [(former.name, former.until_on) for former in firm.former_names] == [("嘉善旧名有限公司", clock.today())]
    assert firm.normalised_name == "嘉善新名有限公司"


def test_brackets_written_otherwise_are_not_a_renaming(app):
    firm = a_firm("嘉善兰钧(浙江)有限公司")
    db.session.commit()

    update_firm(firm.id, values_of(firm, name="嘉善兰钧（浙江）有限公司"), opened_with(firm), BY)

    assert firm.former_names == []


def test_save_over_anothers_change_of_another_field_keeps_both(app):
    firm = a_firm(address="旧址", liaison="老张")
    db.session.commit()
    opened, mine = opened_with(firm), values_of(firm, liaison="小王")
    update_firm(firm.id, values_of(firm, address="新址"), opened, Author("李科员", "form"))

    saving = update_firm(firm.id, mine, opened, BY)

    assert (firm.address, firm.liaison) == ("新址", "小王")
    assert saving.kept == ("address",)


def test_save_over_anothers_change_of_the_same_field_writes_nothing(app):
    firm = a_firm(address="旧址", liaison="老张")
    db.session.commit()
    opened, mine = opened_with(firm), values_of(firm, address="我写的", liaison="小王")
    update_firm(firm.id, values_of(firm, address="新址"), opened, Author("李科员", "form"))

    saving = update_firm(firm.id, mine, opened, BY)

    assert [(each.field, each.opened, each.yours, each.now) for each in saving.conflicts] == [
        ("address", "旧址", "我写的", "新址")
    ]
    assert (firm.address, firm.liaison, len(events())) == ("新址", "老张", 1)


def test_code_of_another_firm_is_refused_on_change(app):
    firm, other = a_firm(), a_firm()
    db.session.commit()

    with pytest.raises(Refusal, match="另一家在库企业"):
        update_firm(firm.id, values_of(firm, uscc=other.uscc), opened_with(firm), BY)


def test_archived_firm_is_out_of_reach_until_it_is_restored(app):
    firm = a_firm()
    db.session.commit()

    archive_firm(firm.id, "已注销", BY)
    with pytest.raises(Refusal, match="已归档"):
        update_firm(firm.id, values_of(firm, address="新址"), opened_with(firm), BY)
    db.session.rollback()
    restore_firm(firm.id, "误归档", BY)
    update_firm(firm.id, values_of(firm, status=FirmStatus.MOVED_AWAY), opened_with(firm), BY)

    assert [kind for kind, _ in events()] == [
        EventKind.FIRM_ARCHIVED,
        EventKind.FIRM_RESTORED,
        EventKind.FIRM_UPDATED,
    ]
    assert events()[0][1] == {"reason": "已注销"}
    assert firm.archived_at is None


def test_archiving_twice_is_refused(app):
    firm = a_firm()
    db.session.commit()
    archive_firm(firm.id, "已注销", BY)

    with pytest.raises(Refusal):
        archive_firm(firm.id, "已注销", BY)


def test_founding_day_is_told_as_a_date(app):
    firm = a_firm(founded_on=date(2015, 3, 15))
    db.session.commit()

    update_firm(firm.id, values_of(firm, founded_on=date(2016, 3, 15)), opened_with(firm), BY)

    assert events()[0][1]["changes"] == [{"field": "founded_on", "old": "2015-03-15", "new": "2016-03-15"}]
