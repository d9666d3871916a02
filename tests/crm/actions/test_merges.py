"""Two entries of one firm made one, with everything that hangs on them, and back again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.changes import Opened
from crm.actions.contacts import add_contact
from crm.actions.events import COMMAND, Author
from crm.actions.firms import restore_firm, update_firm
from crm.actions.import_undoing import undo_import
from crm.actions.imports import apply_import, preview_import
from crm.actions.merges import compared, merge_firms, undo_merge
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import (
    AnnualFigures,
    Candidacy,
    Contact,
    Evaluation,
    Firm,
    Merge,
    Recognition,
    SearchText,
)
from crm.queries.belongings import DERIVED, tables_of_firms
from crm.queries.evaluations import evaluations_of
from crm.queries.timeline import timeline
from pipelines.refusals import Refusal
from pipelines.vocabulary import ContactRole, EventKind, Title
from tests.builders import (
    WAN,
    a_candidacy,
    a_contact,
    a_firm,
    a_flag,
    a_recognition,
    a_uscc,
    a_user,
    an_ip_right,
    some_figures,
)
from tests.whole_county import whole_county
from tests.workbooks import a_workbook

_texts = count(1)
BY = Author("王科员", "form")


@pytest.fixture
def kept(app) -> Firm:
    return a_firm("嘉善兰钧新能源科技有限公司", address="旧址", liaison=None)


@pytest.fixture
def gone(app) -> Firm:
    return a_firm("嘉善兰均新能源科技有限公司", address="新址", liaison="老张")


def merged(kept: Firm, gone: Firm, **choices: Any) -> Merge:
    refresh_standings([kept.id, gone.id], clock.today())
    db.session.commit()
    return merge_firms(kept.id, gone.id, choices, compared(kept.id, gone.id).seen, BY)


def firms_with(model: Any, order: Any) -> list[int]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(model.firm_id).order_by(order)))


def one_row_of_each_table(firm: Firm) -> None:
    """In every table that belongs to firms, with whatever the columns ask for: a table of tomorrow is filled, too."""
    db.session.flush()
    for name, table in tables_of_firms().items():
        if name not in DERIVED:
            values = {column.name: _some(column, firm) for column in table.columns if _must_be_given(column)}
            db.session.execute(sa.insert(table).values(**values))
    db.session.flush()


def _must_be_given(column: sa.Column) -> bool:
    return not column.nullable and not (column.primary_key and not column.foreign_keys)


def _some(column: sa.Column, firm: Firm) -> Any:
    if column.name == "firm_id":
        return firm.id
    if column.foreign_keys:
        return _pointed_at(next(iter(column.foreign_keys)).column.table, firm)
    if isinstance(column.type, sa.Enum):
        return next(iter(column.type.enum_class))
    if isinstance(column.type, sa.JSON):
        return {}
    kind = getattr(column.type, "impl_instance", column.type).python_type
    made: dict[type, Any] = {
        str: f"{next(_texts)}{column.name}"[:5], int: 2000 + firm.id, bool: False, date: date(2026, 1, firm.id),
        datetime: datetime(2026, 1, 1, tzinfo=UTC), float: 1.0, Decimal: Decimal(1),
    }  # fmt: skip
    return made[kind]


def _pointed_at(table: sa.Table, firm: Firm) -> Any:
    values = {column.name: _some(column, firm) for column in table.columns if _must_be_given(column)}
    return db.session.execute(sa.insert(table).values(**values)).inserted_primary_key[0]


def test_whatever_hangs_on_the_former_entry_follows(kept, gone):
    one_row_of_each_table(gone)

    merged(kept, gone)

    left = {
        name: owners
        for name, table in tables_of_firms().items()
        if name not in DERIVED and (owners := set(db.session.scalars(sa.select(table.c.firm_id)))) != {kept.id}
    }
    assert left == {}


def test_undo_gives_back_every_row_of_every_table(kept, gone):
    for firm in (kept, gone):
        one_row_of_each_table(firm)
    refresh_standings(None, clock.today())
    db.session.commit()
    before = whole_county()
    merge = merged(kept, gone, name="gone", uscc="gone")
    assert whole_county() != before

    told = undo_merge(merge.id, BY)

    county = whole_county()
    assert told == []
    assert [name for name, rows in county.items() if name != "merges" and rows != before[name]] == []


def test_newer_value_that_says_something_is_taken_and_name_and_code_are_the_kept_firms(kept, gone):
    code = kept.uscc
    db.session.commit()
    update_firm(kept.id, {"park": "甲园"}, Opened({"park": None}), BY)
    update_firm(gone.id, {"park": "乙园"}, Opened({"park": None}), BY)

    merged(kept, gone)

    assert (kept.park, kept.liaison, kept.address) == ("乙园", "老张", "新址")  # the later entry's, which says more
    assert (kept.name, kept.uscc) == ("嘉善兰钧新能源科技有限公司", code)


def test_choice_per_field_is_what_counts(kept, gone):
    codes = kept.uscc, gone.uscc

    merged(kept, gone, name="gone", uscc="gone", address="gone", liaison="kept")

    assert (kept.name, kept.address, kept.liaison) == ("嘉善兰均新能源科技有限公司", "新址", None)
    assert (kept.uscc, gone.uscc) == (codes[1], codes[0])
    assert [former.name for former in kept.former_names] == ["嘉善兰钧新能源科技有限公司"]


def test_figures_of_a_year_both_have_are_the_kept_firms_unless_chosen_and_gaps_are_filled(kept, gone):
    some_figures(kept, 2025, sales_revenue=Decimal(100 * WAN), rd_spend=Decimal(5 * WAN), sources={"*": "form"})
    some_figures(
        gone,
        2025,
        sales_revenue=Decimal(120 * WAN),
        rd_spend=Decimal(6 * WAN),
        staff=Decimal(9),
        sources={"*": "import:1"},
    )
    some_figures(gone, 2024, sales_revenue=Decimal(80 * WAN))

    merged(kept, gone, **{"rd_spend-2025": "gone"})

    own = {row.year: row for row in db.session.scalars(sa.select(AnnualFigures).filter_by(firm_id=kept.id))}
    now = own[2025]
    assert set(own) == {2024, 2025}
    assert (now.sales_revenue, now.rd_spend, now.staff) == (Decimal(100 * WAN), Decimal(6 * WAN), Decimal(9))
    assert (now.sources["rd_spend"], now.sources["staff"], now.sources["*"]) == ("import:1", "import:1", "form")


def test_what_the_kept_firm_has_already_counts_once(kept, gone):
    for firm in (kept, gone):
        a_contact(firm, name="张三", phone="13800000001")
        an_ip_right(firm, number="ZL202010000001.X")
        a_flag(firm)
        a_candidacy(firm)
    a_recognition(kept, Title.HIGH_TECH, date(2023, 12, 8))
    a_recognition(gone, Title.HIGH_TECH, date(2023, 12, 8), certificate_no="GR202333000001")
    a_recognition(gone, Title.TECH_SME, date(2020, 5, 1))

    merged(kept, gone)

    own = db.session.scalars(
        sa.select(Recognition).filter_by(firm_id=kept.id).order_by(Recognition.recognized_on)
    ).all()
    assert [(each.title, each.certificate_no) for each in own] == [
        (Title.TECH_SME, None),
        (Title.HIGH_TECH, "GR202333000001"),
    ]
    assert firms_with(Contact, Contact.id) == [kept.id, gone.id]
    assert [each.is_archived for each in db.session.scalars(sa.select(Candidacy).order_by(Candidacy.id))] == [
        False,
        True,
    ]


def test_former_name_and_code_lead_to_the_kept_firm(kept, gone):
    merged(kept, gone)

    found = db.session.get(SearchText, kept.id)
    assert "兰均" in found.names
    assert gone.uscc.lower() in found.latin
    assert gone.merged_into_id == kept.id
    assert gone.archived_reason == "合并到“嘉善兰钧新能源科技有限公司”"


def test_import_that_gives_the_former_code_and_name_means_the_kept_firm(kept, gone):
    merged(kept, gone)

    rows = [[gone.uscc, gone.name, None, None, 77]]
    batch = preview_import(a_workbook(rows), "台账.xlsx", COMMAND)
    apply_import(batch.id, COMMAND)

    assert batch.counts["update"] == 1
    assert firms_with(AnnualFigures, AnnualFigures.id) == [kept.id]
    assert db.session.get_one(Firm, kept.id).name == "嘉善兰钧新能源科技有限公司"


def test_events_and_judgements_of_the_former_entry_are_read_from_the_kept_firm(kept, gone):
    some_figures(gone, 2025)
    db.session.commit()
    add_contact(gone.id, {"name": "李四", "role": ContactRole.OTHER, "phone": "13800000004"}, BY)
    judged = db.session.scalars(sa.select(Evaluation.id).where(Evaluation.firm_id == gone.id)).first()

    merged(kept, gone)

    told = [entry.kind for _, entries in timeline(kept.id, {}).days for entry in entries]
    assert EventKind.CONTACT_SAVED in told
    assert told.count(EventKind.FIRMS_MERGED) == 2
    programme = db.session.get_one(Evaluation, judged).programme
    assert judged in [row.id for row in evaluations_of(kept.id, programme)]


def test_work_done_after_the_merge_stays_where_it_was_done(kept, gone):
    a_contact(gone, name="张三")
    merge = merged(kept, gone)
    update_firm(kept.id, {"liaison": "新人"}, Opened({"liaison": "老张"}), BY)
    new = add_contact(kept.id, {"name": "李四", "role": ContactRole.OTHER, "phone": "13800000004"}, BY)

    told = undo_merge(merge.id, BY)

    assert told == ["包联干部已另改"]
    assert (kept.liaison, gone.liaison, kept.address) == ("新人", "老张", "旧址")
    assert firms_with(Contact, Contact.id) == [gone.id, kept.id]
    assert db.session.get_one(Contact, new.id).firm_id == kept.id


def test_firm_cannot_be_merged_into_itself(kept):
    db.session.commit()

    with pytest.raises(Refusal, match="不能把一家企业合并到它自己"):
        merge_firms(kept.id, kept.id, {}, "", BY)


def test_merge_after_either_firm_was_changed_is_refused(kept, gone):
    for changed in (kept, gone):
        db.session.commit()
        seen = compared(kept.id, gone.id).seen
        add_contact(changed.id, {"name": f"某{changed.id}", "role": ContactRole.OTHER, "phone": "13800000004"}, BY)

        with pytest.raises(Refusal, match="在您核对期间，有人改过其中一家企业"):
            merge_firms(kept.id, gone.id, {}, seen, BY)
        db.session.rollback()


def test_archived_and_merged_firms_are_not_merged_again(kept, gone):
    third = a_firm("嘉善第三科技有限公司")
    merged(kept, gone)

    with pytest.raises(Refusal, match="已经合并到另一家企业"):
        compared(third.id, gone.id)
    with pytest.raises(Refusal, match="请撤销那次合并"):
        restore_firm(gone.id, "误归档", BY)


def test_chain_of_merges_leads_to_the_last_and_is_undone_last_first(kept, gone):
    last = a_firm("嘉善终点科技有限公司")
    for firm in (kept, gone, last):
        a_contact(firm, name=f"某{firm.id}")
    refresh_standings(None, clock.today())
    db.session.commit()
    before = whole_county()
    first, second = merged(kept, gone), merged(last, kept)
    db.session.expire_all()
    led = gone.merged_into_id

    with pytest.raises(Refusal, match="请先撤销那次合并"):
        undo_merge(first.id, BY)
    db.session.rollback()
    for merge in (second, first):
        undo_merge(merge.id, BY)

    county = whole_county()
    assert led == last.id
    assert [name for name, rows in county.items() if name != "merges" and rows != before[name]] == []


def test_undo_after_thirty_days_or_twice_is_refused(kept, gone):
    merge = merged(kept, gone)

    with time_machine.travel(clock.now() + timedelta(days=31)), pytest.raises(Refusal, match="超过 30 天"):
        undo_merge(merge.id, BY)
    db.session.rollback()
    undo_merge(merge.id, BY)
    with pytest.raises(Refusal, match="已由王科员撤销"):
        undo_merge(merge.id, BY)


def test_firm_that_was_merged_since_its_import_stays(app):
    a_user()
    rows = [[a_uscc(), f"嘉善{each}科技有限公司", None, None, 1] for each in "甲乙"]
    batch = preview_import(a_workbook(rows), "台账.xlsx", COMMAND)
    apply_import(batch.id, COMMAND)
    one, other = db.session.scalars(sa.select(Firm).order_by(Firm.id))
    merge = merged(one, other)

    undo_import(batch.id, (), COMMAND)

    assert len(batch.undone["left"]) == 2
    assert undo_merge(merge.id, BY) == []
