"""Contacts, intellectual property, titles and flags: each deed with its trace, once however often it is sent."""

from datetime import date

import pytest
import sqlalchemy as sa

from crm.actions.changes import Opened, plain
from crm.actions.contacts import add_contact, remove_contact, sealed, show_contact, update_contact
from crm.actions.events import Author
from crm.actions.flags import enter_flag, lift_flag
from crm.actions.ip_rights import add_ip_right, update_ip_right
from crm.actions.recognitions import add_recognition, end_recognition, update_recognition
from crm.extensions import db
from crm.models import Contact, Event, Flag, IpRight, Recognition
from pipelines.refusals import Refusal
from pipelines.vocabulary import ContactRole, EventKind, FlagKind, IpKind, IpStatus, RecognitionEnd, Title
from tests.builders import a_contact, a_firm, a_flag, a_recognition, an_ip_right

BY = Author("王科员", "form", None)
PERSON = {
    "name": "李工", "role": ContactRole.RD, "position": None, "phone": "13912345678", "email": "ligong@example.com",
}  # fmt: skip
PATENT = {
    "kind": IpKind.INVENTION, "number": "ZL202310000001.2", "name": None, "status": IpStatus.VALID, "applied_on": None,
    "granted_on": date(2024, 5, 1), "acquired": None, "used_in_year": None,
}  # fmt: skip
TITLE = {
    "title": Title.HIGH_TECH, "certificate_no": "GR202333000001", "batch": None, "recognized_on": date(2023, 12, 8),
    "valid_until": date(2026, 12, 7), "is_renewal": False,
}  # fmt: skip


def events() -> list[tuple[EventKind, dict]]:
    return [(event.kind, event.particulars) for event in db.session.scalars(sa.select(Event).order_by(Event.id))]


def number_of(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.mark.parametrize(
    ("add", "values", "model"),
    [
        (add_contact, PERSON, Contact),
        (add_ip_right, PATENT, IpRight),
        (add_recognition, TITLE, Recognition),
        (enter_flag, {"kind": FlagKind.SAFETY_ACCIDENT, "entered_on": date(2024, 1, 1), "note": None}, Flag),
    ],
)
def test_part_sent_twice_is_entered_once(app, add, values, model):
    firm = a_firm()
    db.session.commit()

    first = add(firm.id, values, BY).id
    second = add(firm.id, values, BY).id

    assert (first, number_of(model), len(events())) == (second, 1, 1)


def test_new_contact_tells_all_that_is_known(app):
    firm = a_firm()
    db.session.commit()

    contact = add_contact(firm.id, PERSON, BY)

    assert events() == [
        (
            EventKind.CONTACT_SAVED,
            {
                "subject": "李工",
                "subject_id": contact.id,
                "changes": [
                    {"field": "name", "old": None, "new": "李工"},
                    {"field": "role", "old": None, "new": "rd"},
                    {"field": "phone", "old": None, "new": "13912345678"},
                    {"field": "email", "old": None, "new": "ligong@example.com"},
                ],
            },
        )
    ]


def test_phone_is_compared_by_its_seal(app):
    firm = a_firm()
    contact = a_contact(firm, phone="13800000001")
    db.session.commit()
    opened = Opened({"name": "张三", "phone": sealed("phone", "13800000001")})
    update_contact(firm.id, contact.id, {"phone": "13800000002"}, opened, Author("李科员", "form"))

    saving = update_contact(firm.id, contact.id, {"name": "张三", "phone": "13800000003"}, opened, BY)

    assert [each.field for each in saving.conflicts] == ["phone"]
    assert contact.phone == "13800000002"
    assert "13800000002" not in str(saving.conflicts)


def test_removed_contact_is_told_and_cannot_be_changed_any_more(app):
    firm = a_firm()
    contact = a_contact(firm, name="张三", phone="13800000001")
    db.session.commit()
    contact_id = contact.id

    remove_contact(firm.id, contact_id, BY)

    said = {"name": "张三", "role": "other", "phone": "13800000001"}
    changes = [{"field": field, "old": old, "new": None} for field, old in said.items()]
    told = {"subject": "张三", "subject_id": contact_id, "changes": changes}
    assert events() == [(EventKind.CONTACT_REMOVED, told)]
    with pytest.raises(Refusal, match="已被移除"):
        update_contact(firm.id, contact_id, {"name": "李四"}, Opened(), BY)


def test_part_of_another_firm_is_refused(app):
    firm, other = a_firm(), a_firm()
    contact = a_contact(other)
    db.session.commit()

    with pytest.raises(Refusal, match="已被移除"):
        remove_contact(firm.id, contact.id, BY)


def test_whole_number_is_shown_with_a_trace(app):
    firm = a_firm()
    contact = a_contact(firm, name="张三")
    db.session.commit()

    show_contact(firm.id, contact.id, BY)

    assert events() == [(EventKind.CONTACT_SHOWN, {"subject": "张三", "subject_id": contact.id})]


def test_number_of_a_right_is_unique_within_a_firm_and_free_in_another(app):
    firm, other = a_firm(), a_firm()
    db.session.commit()
    add_ip_right(firm.id, PATENT, BY)

    with pytest.raises(Refusal, match="已有编号为 ZL202310000001.2"):
        add_ip_right(firm.id, PATENT | {"name": "另一件"}, BY)
    db.session.rollback()
    add_ip_right(other.id, PATENT, BY)

    assert number_of(IpRight) == 2


def test_right_cannot_take_the_number_of_its_neighbour(app):
    firm = a_firm()
    taken = an_ip_right(firm)
    right = an_ip_right(firm)
    db.session.commit()

    with pytest.raises(Refusal, match="未作修改"):
        update_ip_right(firm.id, right.id, PATENT | {"number": taken.number}, Opened(), BY)


def test_corrected_title_is_told(app):
    firm = a_firm()
    recognition = a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8), valid_until=date(2026, 12, 7))
    db.session.commit()
    opened = Opened({field: plain(getattr(recognition, field)) for field in TITLE})

    update_recognition(firm.id, recognition.id, TITLE, opened, BY)

    assert events()[0][1] == {
        "subject": "高新技术企业",
        "subject_id": recognition.id,
        "changes": [{"field": "certificate_no", "old": None, "new": "GR202333000001"}],
    }


def test_term_that_two_people_turned_round_is_refused(app):
    firm = a_firm()
    recognition = a_recognition(firm, Title.HIGH_TECH, date(2020, 1, 1), valid_until=date(2023, 1, 1))
    db.session.commit()
    values = {field: getattr(recognition, field) for field in TITLE}
    opened = Opened({field: plain(value) for field, value in values.items()})
    update_recognition(firm.id, recognition.id, values | {"valid_until": date(2020, 6, 1)}, opened, BY)

    with pytest.raises(Refusal, match="不能早于认定日期"):
        update_recognition(firm.id, recognition.id, values | {"recognized_on": date(2021, 1, 1)}, opened, BY)


def test_ended_title_is_told_and_not_ended_twice(app):
    firm = a_firm()
    recognition = a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8))
    db.session.commit()
    values = {"ended_on": date(2024, 5, 1), "end_reason": RecognitionEnd.CANCELLED}

    end_recognition(firm.id, recognition.id, values, BY)

    assert events()[0][1]["changes"] == [
        {"field": "ended_on", "old": None, "new": "2024-05-01"},
        {"field": "end_reason", "old": None, "new": "cancelled"},
    ]
    with pytest.raises(Refusal, match="已经终止"):
        end_recognition(firm.id, recognition.id, values, BY)


def test_title_cannot_end_before_it_began(app):
    firm = a_firm()
    recognition = a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8))
    db.session.commit()

    with pytest.raises(Refusal, match="不能早于认定日期"):
        end_recognition(
            firm.id, recognition.id, {"ended_on": date(2023, 12, 7), "end_reason": RecognitionEnd.EXPIRED}, BY
        )


def test_flag_is_lifted_once_and_may_then_be_entered_again(app):
    firm = a_firm()
    flag = a_flag(firm, FlagKind.ABNORMAL_OPERATION, entered_on=date(2024, 1, 1))
    db.session.commit()

    lift_flag(firm.id, flag.id, date(2024, 6, 1), BY)
    enter_flag(firm.id, {"kind": FlagKind.ABNORMAL_OPERATION, "entered_on": date(2025, 1, 1), "note": None}, BY)

    assert number_of(Flag) == 2
    with pytest.raises(Refusal, match="已经解除"):
        lift_flag(firm.id, flag.id, date(2024, 6, 1), BY)
    db.session.rollback()
    with pytest.raises(Refusal, match="尚未解除"):
        enter_flag(firm.id, {"kind": FlagKind.ABNORMAL_OPERATION, "entered_on": date(2025, 2, 1), "note": None}, BY)


def test_flag_cannot_be_lifted_before_it_was_entered(app):
    firm = a_firm()
    flag = a_flag(firm, entered_on=date(2024, 1, 1))
    db.session.commit()

    with pytest.raises(Refusal, match="不能早于列入日期"):
        lift_flag(firm.id, flag.id, date(2023, 12, 31), BY)
