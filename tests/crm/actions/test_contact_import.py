"""Address books: several people a firm, found again by their names; a ledger that names a contact stays a ledger."""

from io import BytesIO

import pytest
import sqlalchemy as sa

from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Contact, Event, Firm, ImportBatch
from pipelines.vocabulary import ContactRole, EventKind, ImportKind
from tests.builders import a_contact, a_firm, a_uscc

TITLES = "企业名称,联系人,角色,职务,手机,邮箱"


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善通讯科技有限公司")


def previewed(*rows: str, titles: str = TITLES) -> ImportBatch:
    db.session.commit()
    return preview_import(BytesIO("\n".join([titles, *rows]).encode()), "名单.csv", COMMAND)


def people() -> list[tuple[str, ContactRole, str | None, str | None]]:
    found = db.session.scalars(sa.select(Contact).order_by(Contact.id))
    return [(each.name, each.role, each.position, each.phone) for each in found]


def test_several_people_of_one_firm_are_entered_each_with_a_role(firm):
    batch = previewed(
        f"{firm.name},张三,法人代表,董事长,13800000001,zs@example.com", f"{firm.name},李四,会计,,0573-84000000,"
    )
    apply_import(batch.id, COMMAND)

    assert batch.kind is ImportKind.CONTACT
    assert people() == [
        ("张三", ContactRole.LEGAL, "董事长", "13800000001"),
        ("李四", ContactRole.FINANCE, None, "0573-84000000"),
    ]
    event = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id)).one()
    assert event.kind is EventKind.CONTACT_SAVED


def test_a_person_of_that_name_is_changed_and_keeps_what_the_list_does_not_say(firm):
    a_contact(firm, name="张三", role=ContactRole.LEGAL, position="董事长", phone="13800000001")
    batch = previewed(f"{firm.name},张三,,,13900000001,")
    apply_import(batch.id, COMMAND)

    assert people() == [("张三", ContactRole.LEGAL, "董事长", "13900000001")]


def test_a_heading_tells_an_address_book_without_a_column_of_roles(firm):
    batch = previewed(f"{firm.name},张三,13800000001", titles="各镇企业通讯录,,\n企业名称,姓名,联系电话")
    apply_import(batch.id, COMMAND)

    assert people() == [("张三", ContactRole.OTHER, None, "13800000001")]


@pytest.mark.parametrize(
    "titles",
    [
        "企业名称,统一社会信用代码,联系人,手机",  # no heading, no roles
        "通讯录,,,,\n企业名称,统一社会信用代码,联系人,手机,2025年销售收入(万元)",
        "企业名称,统一社会信用代码,联系人,手机,角色,地址",
    ],
)
def test_a_ledger_that_names_a_contact_still_brings_firms(app, titles):
    batch = previewed(f"嘉善新来科技有限公司,{a_uscc()},张三,13800000001", titles=titles)

    assert batch.kind is ImportKind.LEDGER
    assert batch.counts["create"] == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("张三,财务,,123,", "应为11位手机号或带区号的电话"),
        (",财务,,13800000001,", "请填写联系人"),
        ("张三,财务,,,不是邮箱", "应为一个邮箱地址，如 name@example.com"),
        ("张三,财务,,138****0001,", "号码中间被遮盖，未读取"),
        ("张三,财务,,,z***@example.com", "邮箱中间被遮盖，未读取"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_masked_is_taken_for_real(firm, line, message):
    (row,) = plan_of(previewed(f"{firm.name},{line}")).rows

    assert message in [each.message for each in (*row.errors, *row.doubts)]


def test_the_same_list_again_changes_nothing_and_a_name_said_twice_is_told(firm):
    lines = [f"{firm.name},张三,财务,,13800000001,"] * 2
    batch = previewed(*lines)
    apply_import(batch.id, COMMAND)
    again = previewed(lines[0], titles=TITLES + " ")

    assert (batch.counts["create"], batch.counts["duplicate"]) == (1, 1)
    assert {name: number for name, number in again.counts.items() if number} == {"unchanged": 1}
