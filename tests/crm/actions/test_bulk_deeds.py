"""One deed on many firms: what it does, what it leaves, and its way back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.bulk_deeds import Deed, do_in_bulk
from crm.actions.bulk_undoing import UNDONE_WITHIN, undo_bulk_deed, undoing_of
from crm.actions.changes import Opened
from crm.actions.events import Author
from crm.actions.firms import restore_firm, update_firm
from crm.actions.housekeeping import purge_expired
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import BulkDeed, Candidacy, Event, Firm, FirmTag, RowImages, Standing, Tag, User
from crm.queries.firm_filter import FirmFilter
from crm.queries.timeline import timeline
from pipelines.refusals import Refusal
from pipelines.vocabulary import BulkKind, EventKind, Role, Title
from tests.builders import a_candidacy, a_firm, a_recognition, a_township, a_user

WHOLE = FirmFilter()


@pytest.fixture
def chief(app) -> User:
    user = a_user(Role.SECTION_CHIEF, name="章科长")
    db.session.commit()
    return user


@pytest.fixture
def officer(chief) -> User:
    user = a_user(name="王科员")
    db.session.commit()
    return user


@pytest.fixture
def firms(chief) -> list[Firm]:
    town = a_township("西塘镇")
    firms = [a_firm(f"嘉善第{number}科技有限公司", township_id=town.id) for number in range(1, 5)]
    a_candidacy(firms[0])
    a_recognition(firms[1], Title.HIGH_TECH, clock.today() - timedelta(days=400))
    refresh_standings(None, clock.today())
    db.session.commit()
    return firms


def a_tag(name: str = "重点培育") -> Tag:
    tag = Tag(name=name)
    db.session.add(tag)
    db.session.commit()
    return tag


def assigning(to: User | None) -> Deed:
    return Deed(BulkKind.ASSIGN, to.id if to else None, to.name if to else "未分派")


def done(deed: Deed, viewer: User, asked: FirmFilter = WHOLE, confirmed: int = 4) -> BulkDeed:
    return do_in_bulk(deed, asked, confirmed, viewer, Author.of(viewer))


def owners(firms: list[Firm]) -> list[int | None]:
    db.session.expire_all()
    return [firm.owner_id for firm in firms]


def derived_rows_are_true() -> bool:
    return refresh_standings(None, clock.today()) == 0


def everything() -> dict[str, list[tuple]]:
    """The county, without what tells of writing."""
    db.session.expire_all()
    tables = (Firm, Candidacy, Standing)
    moving = {"version", "updated_at"}
    rows = {
        model.__tablename__: [
            tuple(value for name, value in row._mapping.items() if name not in moving)
            for row in db.session.execute(sa.select(*model.__table__.c).order_by(*model.__table__.primary_key))
        ]
        for model in tables
    }
    tags = sa.select(FirmTag.firm_id, FirmTag.tag_id, FirmTag.since).order_by(FirmTag.firm_id, FirmTag.tag_id)
    return rows | {"firm_tags": [tuple(row) for row in db.session.execute(tags)]}


def test_assigning_gives_every_firm_to_one_owner_and_says_which_had_him_already(chief, officer, firms):
    firms[2].owner_id = officer.id
    refresh_standings(None, clock.today())
    db.session.commit()
    versions = [firm.version for firm in firms]

    deed = done(assigning(officer), chief)

    assert owners(firms) == [officer.id] * 4
    assert (deed.found, deed.changed) == (4, 3)
    assert deed.unchanged == [[firms[2].id, firms[2].name, "已由该责任人负责"]]
    assert [firm.version - old for firm, old in zip(firms, versions, strict=True)] == [1, 1, 0, 1]
    assert derived_rows_are_true()


def test_every_firm_tells_the_deed_in_its_timeline_and_the_log_tells_the_whole(chief, officer, firms):
    firms[0].owner_id = chief.id
    db.session.commit()

    deed = done(assigning(officer), chief, FirmFilter(firm=(firms[0].id,)), 1)

    entry = timeline(firms[0].id, {}).days[0][1][0]
    assert (entry.kind, entry.through, entry.by_name) == (EventKind.FIRM_UPDATED, f"批量办理 #{deed.id}", "章科长")
    assert [(each.label, each.old, each.new) for each in entry.changes] == [("责任人", "章科长", "王科员")]
    whole = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.BULK_DONE)).one()
    assert whole.particulars["subject"] == "分派：王科员"
    assert whole.particulars["counts"] == {"found": 1, "changed": 1}


def test_taking_firms_from_everybody(chief, officer, firms):
    done(assigning(officer), chief)

    done(assigning(None), chief)

    assert owners(firms) == [None] * 4


def test_putting_away_takes_candidacies_along_and_leaves_every_sum_true(chief, firms):
    deed = done(Deed(BulkKind.ARCHIVE, None, "已迁出"), chief)

    db.session.expire_all()
    assert {firm.archived_reason for firm in firms} == {"已迁出"}
    assert all(firm.archived_at for firm in firms)
    assert db.session.scalars(sa.select(Candidacy.is_archived)).all() == [True]
    assert derived_rows_are_true()
    assert deed.changed == 4


def test_archived_firms_are_not_touched_by_any_deed(chief, officer, firms):
    done(Deed(BulkKind.ARCHIVE, None, "已迁出"), chief)

    deed = done(assigning(officer), chief, FirmFilter(status="archived"))

    assert (deed.changed, {why for *_, why in deed.unchanged}) == (0, {"已归档，恢复之后才能办理"})
    assert owners(firms) == [None] * 4


def test_tag_is_given_once_and_taken_away(chief, firms):
    tag = a_tag()
    first = done(Deed(BulkKind.TAG, tag.id, tag.name), chief, FirmFilter(firm=(firms[0].id,)), 1)

    second = done(Deed(BulkKind.TAG, tag.id, tag.name), chief)
    third = done(Deed(BulkKind.UNTAG, tag.id, tag.name), chief)

    assert (first.changed, second.changed, third.changed) == (1, 3, 4)
    assert second.unchanged == [[firms[0].id, firms[0].name, "已有该标签"]]
    assert db.session.scalars(sa.select(FirmTag)).all() == []
    told = [timeline(firms[1].id, {}).days[0][1][place].changes[0] for place in (1, 0)]
    assert [(each.label, each.old, each.new) for each in told] == [("标签", "—", "重点培育"), ("标签", "重点培育", "—")]


DEEDS = ("assign", "archive", "tag", "untag")


@pytest.mark.parametrize("kind", DEEDS)
def test_undo_leaves_the_county_as_it_was(chief, officer, firms, kind):
    tag = a_tag()
    done(Deed(BulkKind.TAG, tag.id, tag.name), chief, FirmFilter(firm=(firms[0].id, firms[1].id)), 2)
    update_firm(firms[3].id, {"owner_id": chief.id}, Opened({"owner_id": None}), Author.of(chief))
    before = everything()
    words = {"assign": officer.name, "archive": "已迁出"}.get(kind, tag.name)
    key = {"assign": officer.id, "archive": None}.get(kind, tag.id)
    deed = done(Deed(BulkKind(kind), key, words), chief)
    assert everything() != before

    foreseen = undoing_of(deed, chief)
    undone = undo_bulk_deed(deed.id, Author.of(chief))

    assert everything() == before
    assert (foreseen.restored, foreseen.left_count) == (undone.restored, 0) == (deed.changed, 0)
    assert derived_rows_are_true()
    assert db.session.scalars(sa.select(RowImages).where(RowImages.deed == deed.deed)).all() == []
    assert undone.undone_by == "章科长"


def test_undo_leaves_what_was_edited_since_and_tells_it(chief, officer, firms):
    deed = done(assigning(officer), chief)
    update_firm(firms[0].id, {"owner_id": chief.id}, Opened({"owner_id": officer.id}), Author.of(chief))
    update_firm(firms[1].id, {"remark": "另记一笔"}, Opened({"remark": None}), Author.of(chief))

    undone = undo_bulk_deed(deed.id, Author.of(chief))

    assert owners(firms) == [chief.id, None, None, None]
    assert firms[1].remark == "另记一笔"
    assert undone.left_as_is == [[firms[0].id, firms[0].name, "之后另换了责任人"]]
    assert undone.restored == 3


def test_undo_of_putting_away_leaves_a_firm_that_was_put_away_anew_with_its_candidacy(chief, firms):
    deed = done(Deed(BulkKind.ARCHIVE, None, "误操作"), chief)
    restore_firm(firms[0].id, "还在", Author.of(chief))
    done(Deed(BulkKind.ARCHIVE, None, "注销"), chief, FirmFilter(firm=(firms[0].id,)), 1)

    undo_bulk_deed(deed.id, Author.of(chief))

    db.session.expire_all()
    assert [firm.archived_reason for firm in firms] == ["注销", None, None, None]
    assert db.session.scalars(sa.select(Candidacy.is_archived)).all() == [True]
    assert derived_rows_are_true()


def test_undo_of_taking_a_tag_keeps_one_given_again_and_disturbs_no_other(chief, firms):
    tag, other = a_tag(), a_tag("拟上市")
    done(Deed(BulkKind.TAG, tag.id, tag.name), chief)
    deed = done(Deed(BulkKind.UNTAG, tag.id, tag.name), chief)
    done(Deed(BulkKind.TAG, other.id, other.name), chief)  # SQLite gives the numbers of the rows that went
    done(Deed(BulkKind.TAG, tag.id, tag.name), chief, FirmFilter(firm=(firms[0].id,)), 1)

    undone = undo_bulk_deed(deed.id, Author.of(chief))

    assert undone.left_as_is == [[firms[0].id, firms[0].name, "之后又加上了该标签"]]
    rows = sa.select(FirmTag.tag_id, sa.func.count()).group_by(FirmTag.tag_id)
    assert dict(db.session.execute(rows).all()) == {tag.id: 4, other.id: 4}


def test_tag_that_was_taken_and_came_back_goes_with_the_undo_of_the_deed_that_gave_it(chief, firms):
    tag, by = a_tag(), Author.of(chief)
    given = done(Deed(BulkKind.TAG, tag.id, tag.name), chief)
    taken = done(Deed(BulkKind.UNTAG, tag.id, tag.name), chief, FirmFilter(firm=(firms[0].id,)), 1)
    db.session.add(FirmTag(id=1000, firm_id=a_firm("嘉善别家厂").id, tag_id=tag.id))
    db.session.commit()

    undo_bulk_deed(taken.id, by)
    undo_bulk_deed(given.id, by)

    assert db.session.scalars(sa.select(FirmTag.id)).all() == [1000]


def test_undo_happens_once_and_within_thirty_days(chief, officer, firms):
    once = done(assigning(officer), chief)
    undo_bulk_deed(once.id, Author.of(chief))
    with pytest.raises(Refusal, match="已由章科长于"):
        undo_bulk_deed(once.id, Author.of(chief))
    db.session.rollback()

    late = done(assigning(officer), chief)
    with time_machine.travel(clock.now() + UNDONE_WITHIN + timedelta(days=1)):
        with pytest.raises(Refusal, match="已超过 30 天"):
            undo_bulk_deed(late.id, Author.of(chief))
        db.session.rollback()
        purge_expired(clock.today())
    assert db.session.scalars(sa.select(RowImages)).all() == []


def test_deed_that_changed_nothing_cannot_be_undone(chief, firms):
    deed = done(assigning(None), chief)

    with pytest.raises(Refusal, match="没有改动任何企业"):
        undo_bulk_deed(deed.id, Author.of(chief))


def test_list_that_changed_since_it_was_confirmed_is_asked_again(chief, officer, firms):
    with pytest.raises(Refusal, match="确认时是 9 家，现在是 4 家"):
        done(assigning(officer), chief, confirmed=9)

    db.session.rollback()
    assert owners(firms) == [None] * 4


def test_township_officer_reaches_no_firm_of_another_area(chief, firms):
    own = a_township("魏塘街道")
    near = a_firm("嘉善近处科技有限公司", township_id=own.id)
    homeless = a_firm("嘉善无处科技有限公司")
    helper = a_user(Role.TOWNSHIP_OFFICER, township_id=own.id, name="镇干部")
    refresh_standings(None, clock.today())
    db.session.commit()
    ticked = FirmFilter(firm=(firms[0].id, near.id, homeless.id))

    with pytest.raises(Refusal, match="现在是 1 家"):
        done(assigning(helper), helper, ticked, 3)
    db.session.rollback()
    done(assigning(helper), helper, ticked, 1)
    done(assigning(helper), helper, WHOLE, 1)

    assert owners([*firms, near, homeless]) == [None] * 4 + [helper.id, None]


def test_undo_leaves_firms_that_have_left_the_area_without_naming_them(chief, firms):
    helper = a_user(Role.TOWNSHIP_OFFICER, township_id=firms[0].township_id, name="镇干部")
    away = a_township("魏塘街道")
    db.session.commit()
    deed = done(assigning(helper), helper)
    update_firm(firms[0].id, {"township_id": away.id}, Opened({"township_id": firms[0].township_id}), Author.of(chief))

    undone = undo_bulk_deed(deed.id, Author.of(helper))

    assert owners(firms) == [helper.id, None, None, None]
    assert undone.left_as_is == [[firms[0].id, "一家企业", "已不在您的辖区，保持现状"]]


def test_search_words_limit_the_deed_too(chief, officer, firms):
    done(assigning(officer), chief, FirmFilter(q="第2"), 1)

    assert owners(firms) == [None, officer.id, None, None]


@pytest.mark.parametrize("kind", DEEDS)
def test_number_of_statements_does_not_grow_with_the_firms(chief, officer, firms, kind):
    tag = a_tag()
    deed = Deed(BulkKind(kind), {"assign": officer.id, "archive": None}.get(kind, tag.id), tag.name)
    one, others = FirmFilter(firm=(firms[3].id,)), FirmFilter(firm=(firms[0].id, firms[2].id))
    by = Author.of(chief)

    for_one = statements_of(lambda: do_in_bulk(deed, one, 1, chief, by))
    for_two = statements_of(lambda: do_in_bulk(deed, others, 2, chief, by))

    assert for_one == for_two


def statements_of(deed) -> int:
    counted = []
    db.session.expire_all()

    def count(*_):
        counted.append(1)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        deed()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.parametrize("kind", [BulkKind.ASSIGN, BulkKind.TAG, BulkKind.UNTAG])
def test_unknown_owner_or_tag_is_refused(chief, firms, kind):
    with pytest.raises(Refusal, match="请选择一个在用的账号|已作废"):
        done(Deed(kind, 999, "不存在"), chief)
