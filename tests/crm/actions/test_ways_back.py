"""Any sequence of edits, imports, merges, deeds on many firms and their undos ends where the history says; all undone,
it is as it began."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from crm import clock
from crm.actions.bulk_deeds import Deed, do_in_bulk
from crm.actions.bulk_undoing import undo_bulk_deed
from crm.actions.changes import Opened, plain
from crm.actions.events import Author
from crm.actions.figures import Cell, update_figures
from crm.actions.firms import update_firm
from crm.actions.import_undoing import undo_import
from crm.actions.imports import apply_import, preview_import
from crm.actions.merges import compared, merge_firms, undo_merge
from crm.actions.standings import refresh_standings
from crm.actions.tags import set_firm_tags, tags_told
from crm.extensions import db
from crm.models import AnnualFigures, Event, Firm, FirmTag, Tag
from crm.queries.firm_filter import FirmFilter
from pipelines.refusals import Refusal
from pipelines.vocabulary import BulkKind, EventKind
from tests.builders import WAN, a_candidacy, a_contact, a_firm, a_uscc, a_user, an_ip_right, some_figures
from tests.emptying import empty_tables
from tests.whole_county import whole_county
from tests.workbooks import a_workbook

BY = Author("王科员", "form")
TITLES = ("统一社会信用代码", "企业名称", "地址", "2024年销售收入(万元)", "2025年销售收入(万元)", "联系人", "手机")
TOLD = ("name", "address", "liaison", "owner", "sales_revenue")
words = st.sampled_from(["甲路1号", "乙路2号", "丙路3号"])
amounts = st.one_of(st.none(), st.integers(1, 3))
places = st.integers(0, 5)
lines = st.tuples(places, words, amounts, amounts, st.booleans())
some_places = st.sets(places, min_size=1)
ledgers = st.lists(lines, min_size=1, max_size=4, unique_by=lambda line: line[0])


class County(RuleBasedStateMachine):
    """deeds: what was done and not undone, each with the county before it and the way back."""

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        empty_tables()
        for number, name in enumerate(("嘉善甲科技有限公司", "嘉善乙科技有限公司", "嘉善丙科技有限公司")):
            firm = a_firm(name, address="旧址")
            some_figures(firm, 2025, sales_revenue=Decimal(9 * WAN), sources={"sales_revenue": "form"})
            a_contact(firm, name="张三", phone=f"1380000000{number}")
            an_ip_right(firm, number=f"ZL20200000000{number}")
        a_candidacy(firm)
        self.owners = [(None, "未分派"), *((user.id, user.name) for user in (a_user(name="王甲"), a_user(name="李乙")))]
        tags = [Tag(name="重点培育"), Tag(name="已约谈")]
        db.session.add_all(tags)
        db.session.flush()
        self.tags = [(tag.id, tag.name) for tag in tags]
        refresh_standings(None, clock.today())
        db.session.commit()
        self.codes = [a_uscc() for _ in range(6)]
        self.deeds: list[tuple[dict, Callable[[], Any]]] = []
        self.in_order = True

    def firms(self) -> list[Firm]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(Firm).where(Firm.archived_at.is_(None)).order_by(Firm.id)))

    @rule(place=places, field=st.sampled_from(["address", "liaison"]), word=words)
    def edit(self, place: int, field: str, word: str) -> None:
        firms, before = self.firms(), whole_county()
        if firms:
            firm_id, old = firms[place % len(firms)].id, getattr(firms[place % len(firms)], field)
            update_firm(firm_id, {field: word}, Opened({field: old}), BY)
            self.deeds.append((before, lambda: update_firm(firm_id, {field: old}, Opened({field: word}), BY)))

    @rule(place=places, amount=st.integers(1, 3))
    def type_a_figure(self, place: int, amount: int) -> None:
        firms, before = self.firms(), whole_county()
        figures = firms and next((row for row in firms[place % len(firms)].annual_figures if row.year == 2025), None)
        if figures and figures.sales_revenue is not None and figures.sources.get("sales_revenue") == "form":
            firm_id, old, new = figures.firm_id, figures.sales_revenue, Decimal(amount * WAN)
            cell = Cell("sales_revenue", 2025)
            update_figures(firm_id, {cell: new}, Opened({cell.key: plain(old)}), BY)
            self.deeds.append(
                (before, lambda: update_figures(firm_id, {cell: old}, Opened({cell.key: plain(new)}), BY))
            )

    @rule(said=ledgers, file_name=st.sampled_from(["台账.xlsx", "汇算清缴.xlsx"]))
    def import_a_ledger(self, said: list[tuple[int, str, int | None, int | None, bool]], file_name: str) -> None:
        """What came from a tax return stays when a ledger says otherwise."""
        firms, before = self.firms(), whole_county()
        lines = []
        for place, word, last, this, has_contact in said:
            known = place < len(firms) and place < 3
            code, name = (firms[place].uscc, firms[place].name) if known else (self.codes[place], f"嘉善新来{place}厂")
            contact = (f"李{place}", f"1390000000{place}") if has_contact else (None, None)
            lines.append([code, name, word, last, this, *contact])
        batch = preview_import(a_workbook(lines, titles=TITLES), file_name, BY)
        apply_import(batch.id, BY)
        number = batch.id
        self.deeds.append((before, lambda: undo_import(number, (), BY)))

    @rule(
        place=places, names=st.lists(st.sampled_from(["张三", "李四", "王五"]), min_size=1, unique=True), number=places
    )
    def import_contacts(self, place: int, names: list[str], number: int) -> None:
        firms, before = self.firms(), whole_county()
        if firms:
            name = firms[place % len(firms)].name
            lines = [[name, person, "财务", f"1370000000{number}"] for person in names]
            titles = ("企业名称", "姓名", "角色", "手机")
            batch_id = preview_import(a_workbook(lines, titles=titles), "通讯录.xlsx", BY).id
            apply_import(batch_id, BY)
            self.deeds.append((before, lambda: undo_import(batch_id, (), BY)))

    @rule(one=places, other=places, side=st.sampled_from(["kept", "gone"]))
    def merge(self, one: int, other: int, side: Any) -> None:
        firms, before = self.firms(), whole_county()
        if len(firms) < 2 or one % len(firms) == other % len(firms):
            return
        kept, gone = firms[one % len(firms)].id, firms[other % len(firms)].id
        side_by_side = compared(kept, gone)
        choices = {each.key: side for each in (*side_by_side.fields, *side_by_side.figures)}
        number = merge_firms(kept, gone, choices, side_by_side.seen, BY).id
        self.deeds.append((before, lambda: undo_merge(number, BY)))

    @rule(place=places, wanted=st.sets(st.integers(0, 1)))
    def give_tags(self, place: int, wanted: set[int]) -> None:
        """Only given: a tag that is taken by hand and given again is told as a change since by what it stood on."""
        firms, before = self.firms(), whole_county()
        if firms:
            firm_id = firms[place % len(firms)].id
            old = tags_of(firm_id)
            new = old | {self.tags[each][0] for each in wanted}
            set_firm_tags(firm_id, new, Opened({"tags": tags_told(old)}), BY)
            self.deeds.append((before, lambda: set_firm_tags(firm_id, old, Opened({"tags": tags_told(new)}), BY)))

    @rule(some=some_places, kind=st.sampled_from([BulkKind.TAG, BulkKind.UNTAG]), which=st.integers(0, 1))
    def tag_many(self, some: set[int], kind: BulkKind, which: int) -> None:
        self.do(Deed(kind, *self.tags[which]), some)

    @rule(some=some_places, which=st.integers(0, 2))
    def assign_many(self, some: set[int], which: int) -> None:
        self.do(Deed(BulkKind.ASSIGN, *self.owners[which]), some)

    @rule(some=some_places)
    def archive_many(self, some: set[int]) -> None:
        self.do(Deed(BulkKind.ARCHIVE, None, "已注销"), some)

    def do(self, deed: Deed, some: set[int]) -> None:
        """A deed that finds nothing to change has nothing to take back."""
        firms, before = self.firms(), whole_county()
        ids = {firms[place % len(firms)].id for place in some} if firms else set()
        if ids:
            done = do_in_bulk(deed, FirmFilter(firm=tuple(sorted(ids))), len(ids), None, BY)
            number = done.id
            if done.changed:
                self.deeds.append((before, lambda: undo_bulk_deed(number, BY)))

    @precondition(lambda self: self.deeds and self.in_order)
    @rule()
    def undo_the_last(self) -> None:
        before, way_back = self.deeds.pop()
        way_back()
        _expect(whole_county(), before)

    @precondition(lambda self: len(self.deeds) > 2)
    @rule(place=places)
    def undo_one_from_under_the_others(self, place: int) -> None:
        """What was done since stays; what another deed stands on is refused in a sentence."""
        self.in_order = False
        _, way_back = self.deeds.pop(place % len(self.deeds))
        try:
            way_back()
        except Refusal:
            db.session.rollback()

    @invariant()
    def county_is_where_its_history_says(self) -> None:
        db.session.rollback()
        last: dict[tuple[int, str, int | None], Any] = {}
        for event in db.session.scalars(sa.select(Event).where(Event.firm_id.is_not(None)).order_by(Event.id)):
            for change in event.particulars.get("changes", ()):
                if change["field"] in TOLD:
                    last[event.firm_id, change["field"], change.get("year")] = change["new"]
        firms = db.session.scalars(sa.select(Firm).where(Firm.archived_at.is_(None))).all()
        now = {(firm.id, field, None): plain(getattr(firm, field)) for firm in firms for field in TOLD[:3]}
        now |= {(firm.id, "owner", None): firm.owner and firm.owner.name for firm in firms}
        now |= {
            (row.firm_id, "sales_revenue", row.year): plain(row.sales_revenue)
            for row in db.session.scalars(sa.select(AnnualFigures))
        }
        told = {key: said for key, said in last.items() if key[0] in {firm.id for firm in firms}}
        assert {key: now.get(key) for key in told} == told

    @invariant()
    def tags_are_what_the_history_adds_up_to(self) -> None:
        """Of firms that no merge has touched: what hangs on a firm goes with it, and is not told one by one."""
        db.session.rollback()
        told: dict[int, set[str]] = defaultdict(set)
        merged = set(db.session.scalars(sa.select(Event.firm_id).where(Event.kind == EventKind.FIRMS_MERGED)))
        for event in db.session.scalars(sa.select(Event).where(Event.firm_id.is_not(None)).order_by(Event.id)):
            for change in event.particulars.get("changes", ()):
                if change["field"] in ("tags", "tag.tags"):
                    told[event.firm_id] -= words_of(change["old"])
                    told[event.firm_id] |= words_of(change["new"])
        names = dict(self.tags)
        now = {firm.id: {names[key] for key in tags_of(firm.id)} for firm in self.firms() if firm.id not in merged}
        assert now == {firm_id: told[firm_id] for firm_id in now}

    @invariant()
    def derived_rows_are_what_would_be_computed(self) -> None:
        assert refresh_standings(None, clock.today()) == 0
        db.session.rollback()

    def teardown(self) -> None:
        while self.deeds and self.in_order:
            self.undo_the_last()


def tags_of(firm_id: int) -> set[int]:
    return set(db.session.scalars(sa.select(FirmTag.tag_id).filter_by(firm_id=firm_id)))


def words_of(told: str | None) -> set[str]:
    return set(told.split("、")) if told else set()


def _expect(county: dict[str, Any], before: dict[str, Any]) -> None:
    differing = [name for name, rows in county.items() if name not in ("merges", "bulk_deeds") and rows != before[name]]
    assert {name: county[name] for name in differing} == {name: before[name] for name in differing}


def test_every_deed_has_its_way_back(app: Flask):
    run_state_machine_as_test(
        County,
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a county takes minutes to shrink
            suppress_health_check=list(HealthCheck),
        ),
    )
