from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions import import_rows
from crm.actions.changes import Opened
from crm.actions.events import COMMAND, Author
from crm.actions.figures import Cell, update_figures
from crm.actions.import_plans import plan_of
from crm.actions.imports import answer_rows, apply_import, discard_import, preview_import
from crm.extensions import db
from crm.models import AnnualFigures, Contact, Event, Firm, ImportBatch, Recognition, SearchText, Standing
from crm.queries.imports import earlier_import
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, ImportStatus, Role, Title
from tests.builders import WAN, a_firm, a_township, a_uscc, a_user, some_figures
from tests.workbooks import TITLES, a_workbook


@pytest.fixture
def officer(app):
    a_township("西塘镇")
    user = a_user(name="王科员")
    db.session.commit()
    return Author.of(user)


def previewed(by: Author, rows, **more) -> ImportBatch:
    return preview_import(a_workbook(rows, **more), "台账.xlsx", by)


def imported(by: Author, rows, **more) -> ImportBatch:
    return apply_import(previewed(by, rows, **more).id, by)


def counts(batch: ImportBatch) -> dict[str, int]:
    return {outcome: number for outcome, number in batch.counts.items() if number}


def everything() -> list[list[tuple]]:
    """Every row of the tables an import writes, but the moments of computation."""
    tables = [model.__table__ for model in (Firm, AnnualFigures, Contact, Recognition, Standing, SearchText)]
    return [
        sorted(map(tuple, db.session.execute(sa.select(*(c for c in table.c if c.name != "updated_at")))), key=repr)
        for table in tables
    ]


def test_new_firm_is_written_with_figures_sources_event_and_derived_rows(officer):
    code = a_uscc()

    batch = imported(officer, [[code, "嘉善新来科技有限公司", "西塘镇", date(2016, 3, 15), 1234.5]])

    firm = db.session.scalars(sa.select(Firm)).one()
    figures = db.session.scalars(sa.select(AnnualFigures)).one()
    event = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id)).one()
    assert (firm.uscc, firm.name, firm.township.name, firm.founded_on) == (
        code,
        "嘉善新来科技有限公司",
        "西塘镇",
        date(2016, 3, 15),
    )
    assert (figures.year, figures.sales_revenue, figures.rd_spend) == (2025, Decimal("12345000"), None)
    assert figures.sources == {"sales_revenue": f"import:{batch.id}"}
    assert (event.kind, event.by_name, event.through) == (EventKind.FIRM_CREATED, "王科员", f"import:{batch.id}")
    assert event.particulars["rows"] == ["台账!2"]
    assert db.session.get(Standing, firm.id).township_id == firm.township_id
    assert "新来" in db.session.get(SearchText, firm.id).names
    assert (batch.status, counts(batch)) == (ImportStatus.APPLIED, {"create": 1})


def test_known_firm_is_updated_with_old_and_new_in_one_event(officer):
    firm = a_firm(name="嘉善旧识科技有限公司")
    figures = some_figures(firm, 2025, sales_revenue=Decimal(100 * WAN), sources={"sales_revenue": "form"})
    db.session.commit()

    imported(officer, [[firm.uscc, firm.name, "西塘镇", None, 120]])

    event = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id)).one()
    assert event.kind is EventKind.FIRM_UPDATED
    assert event.particulars["changes"] == [
        {"field": "township", "old": None, "new": "西塘镇"},
        {"field": "sales_revenue", "year": 2025, "old": "1000000", "new": "1200000"},
    ]
    assert (firm.township.name, firm.version) == ("西塘镇", 2)
    assert (figures.sales_revenue, figures.rd_spend, figures.version) == (Decimal(120 * WAN), Decimal(220 * WAN), 2)
    assert figures.sources["sales_revenue"].startswith("import:")


def test_blank_cell_erases_nothing(officer):
    firm = a_firm(founded_on=date(2015, 3, 15))
    some_figures(firm, 2025)
    db.session.commit()
    before = everything()

    batch = previewed(officer, [[firm.uscc, firm.name, None, None, None]])

    assert counts(batch) == {"unchanged": 1}
    assert everything() == before


def test_same_file_again_changes_nothing_and_is_known_to_have_come_before(officer):
    rows = [
        [a_uscc(), "嘉善甲科技有限公司", "西塘镇", date(2016, 3, 15), 1],
        [a_uscc(), "嘉善乙科技有限公司", None, None, 0],
    ]
    first = imported(officer, rows)
    before = everything()

    again = imported(officer, rows)

    assert counts(again) == {"unchanged": 2}
    assert everything() == before
    assert earlier_import(again).id == first.id


def test_former_name_is_kept_when_a_firm_is_renamed(officer):
    firm = a_firm(name="嘉善旧名科技有限公司")
    db.session.commit()

    imported(officer, [[firm.uscc, "嘉善新名科技有限公司", None, None, None]])

    db.session.expire_all()
    assert (firm.name, [each.name for each in firm.former_names]) == ("嘉善新名科技有限公司", ["嘉善旧名科技有限公司"])
    assert "旧名" in db.session.get(SearchText, firm.id).names


def test_contact_and_title_of_a_row_are_written(officer):
    titles = (*TITLES, "联系人", "手机", "高企证书编号", "高企发证日期", "高企有效期至")
    row = [a_uscc(), "嘉善甲科技有限公司", None, None, None, "李四", "13800000001", "GR202333000001"]

    imported(officer, [[*row, date(2023, 12, 8), date(2026, 12, 8)]], titles=titles)

    contact = db.session.scalars(sa.select(Contact)).one()
    title = db.session.scalars(sa.select(Recognition)).one()
    assert (contact.name, contact.phone) == ("李四", "13800000001")
    assert (title.title, title.certificate_no, title.recognized_on, title.valid_until) == (
        Title.HIGH_TECH,
        "GR202333000001",
        date(2023, 12, 8),
        date(2026, 12, 8),
    )


def test_rows_of_several_years_make_one_new_firm_with_one_event(officer):
    code = a_uscc()
    titles = ("统一社会信用代码", "企业名称", "年度", "销售收入(万元)")

    imported(officer, [[code, "嘉善甲科技有限公司", year, year] for year in (2023, 2024, 2025)], titles=titles)

    firm = db.session.scalars(sa.select(Firm)).one()
    events = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id)).all()
    assert [(each.year, each.sales_revenue) for each in firm.annual_figures] == [
        (year, Decimal(year * WAN)) for year in (2023, 2024, 2025)
    ]
    assert len(events) == 1


def test_second_confirmation_finds_the_first_result(officer):
    batch = imported(officer, [[a_uscc(), "嘉善甲科技有限公司", None, None, 1]])
    before, moment = everything(), batch.applied_at

    again = apply_import(batch.id, officer)

    assert (again.status, again.applied_at) == (ImportStatus.APPLIED, moment)
    assert everything() == before


def test_register_that_moved_since_the_preview_sends_back_to_it(officer):
    firm = a_firm(township=None)
    db.session.commit()
    batch = previewed(officer, [[firm.uscc, firm.name, "西塘镇", None, 5]])
    edit(firm)

    with pytest.raises(Refusal, match="预览之后企业库有了变化"):
        apply_import(batch.id, officer)

    assert counts(batch) == {"update": 1}
    assert batch.status is ImportStatus.PREVIEWED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AnnualFigures)) == 1
    assert apply_import(batch.id, officer).status is ImportStatus.APPLIED


def edit(firm) -> None:
    """Somebody types another value for the figure that the file brings."""
    cell = Cell("sales_revenue", 2025)
    update_figures(firm.id, {cell: Decimal(3 * WAN)}, Opened({cell.key: None}), COMMAND)


def test_discarded_import_cannot_be_confirmed_or_answered(officer):
    batch = previewed(officer, [[a_uscc(), "嘉善甲科技有限公司", None, None, 1]])
    discard_import(batch.id, officer)

    for deed in (lambda: apply_import(batch.id, officer), lambda: answer_rows(batch.id, {"台账!2": "skip"}, officer)):
        with pytest.raises(Refusal, match="已放弃"):
            deed()
        db.session.rollback()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Firm)) == 0


def test_unreadable_file_keeps_its_sentence_with_the_batch(officer):
    with pytest.raises(Refusal) as refusal:
        preview_import(a_workbook([], titles=("甲", "乙")), "不是台账.xlsx", officer)

    batch = db.session.scalars(sa.select(ImportBatch)).one()
    assert (batch.status, batch.refusal) == (ImportStatus.REFUSED, str(refusal.value))
    assert db.session.scalars(sa.select(Event.kind)).all() == [EventKind.IMPORT_REFUSED]


def test_failure_in_the_middle_of_writing_leaves_nothing(officer, monkeypatch):
    batch = previewed(officer, [[a_uscc(), "嘉善甲科技有限公司", None, None, 1]])
    before = everything()
    monkeypatch.setattr(import_rows, "refresh_standings", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        apply_import(batch.id, officer)
    db.session.rollback()

    assert everything() == before
    assert batch.status is ImportStatus.PREVIEWED


def test_row_without_a_code_is_asked_and_goes_where_the_officer_says(officer):
    firm = a_firm(name="嘉善同名科技有限公司")
    db.session.commit()
    batch = previewed(officer, [[None, "嘉善同名科技有限公司", "西塘镇", None, None]])
    asked = counts(batch)

    answer_rows(batch.id, {"台账!2": str(firm.id)}, officer)
    answered = counts(batch)
    apply_import(batch.id, officer)

    db.session.expire_all()
    assert (asked, answered) == ({"question": 1}, {"update": 1})
    assert firm.township.name == "西塘镇"


def test_archived_firm_is_not_changed(officer):
    firm = a_firm(archived_at=clock.now(), archived_reason="迁出")
    db.session.commit()

    batch = previewed(officer, [[firm.uscc, firm.name, "西塘镇", None, None]])

    assert counts(batch) == {"faulty": 1}


class TestTownshipOfficer:
    @pytest.fixture
    def here(self, officer):
        return a_township("大云镇")

    @pytest.fixture
    def author(self, here):
        user = a_user(Role.TOWNSHIP_OFFICER, township=here)
        db.session.commit()
        return Author.of(user)

    def test_rows_of_the_own_area_are_taken(self, author, here):
        area = a_township("大云工业区", within=here)
        own = a_firm(township=area)
        db.session.commit()

        batch = previewed(author, [[a_uscc(), "嘉善新来科技有限公司", "大云镇"], [own.uscc, own.name, None, None, 1]])

        assert counts(batch) == {"create": 1, "update": 1}

    def test_rows_of_other_areas_are_not(self, author):
        foreign = a_firm(township=a_township("天凝镇"))
        homeless = a_firm()
        db.session.commit()

        batch = previewed(
            author,
            [
                [a_uscc(), "嘉善外镇科技有限公司", "天凝镇"],
                [a_uscc(), "嘉善无镇科技有限公司", None],
                [foreign.uscc, foreign.name, "大云镇"],
                [homeless.uscc, homeless.name, "大云镇"],
            ],
        )

        assert counts(batch) == {"faulty": 4}

    def test_own_firm_cannot_be_moved_elsewhere(self, author, here):
        own = a_firm(township=here)
        db.session.commit()

        batch = previewed(author, [[own.uscc, own.name, "西塘镇"]])

        assert counts(batch) == {"faulty": 1}

    def test_rows_that_add_to_a_refused_new_firm_are_refused_with_it(self, author):
        code = a_uscc()
        titles = ("统一社会信用代码", "企业名称", "镇街", "年度", "销售收入(万元)")

        batch = imported(
            author, [[code, "嘉善外镇科技有限公司", "西塘镇", year, 1] for year in (2024, 2025)], titles=titles
        )

        assert counts(batch) == {"faulty": 2}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Firm)) == 0

    def test_namesakes_elsewhere_are_not_shown(self, author, here):
        a_firm(name="嘉善同名科技有限公司", township=a_township("天凝镇"))
        db.session.commit()

        batch = previewed(author, [[None, "嘉善同名科技有限公司", "大云镇"]])

        assert [row.candidates for row in plan_of(batch).rows] == [()]
