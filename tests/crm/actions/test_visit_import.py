"""Earlier visits out of the workbooks that officers kept: author and day stay, nothing is owed anew."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Firm, FollowUp, ImportBatch, Visit
from pipelines.vocabulary import Role, VisitKind
from tests.builders import a_firm, a_user

TITLES = "企业名称,走访日期,走访人,走访方式,走访对象,走访情况,企业诉求"


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-11-27 10:00+08:00", tick=False):
        yield


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善走访科技有限公司")


def previewed(*rows: str, titles: str = TITLES) -> ImportBatch:
    db.session.commit()
    return preview_import(BytesIO("\n".join([titles, *rows]).encode()), "走访.csv", COMMAND)


def imported(*rows: str) -> list[Visit]:
    apply_import(previewed(*rows).id, COMMAND)
    return list(db.session.scalars(sa.select(Visit).order_by(Visit.visited_on, Visit.id)))


def told(batch: ImportBatch) -> list[str]:
    return [each.message for row in plan_of(batch).rows for each in (*row.errors, *row.doubts)]


def test_author_day_and_words_are_kept(firm):
    (visit,) = imported(f"{firm.name},2024-03-05,老周,实地走访,王经理,新厂房开工，准备申报高企,缺技术工人")

    assert (visit.visited_on, visit.by_name, visit.by_id) == (date(2024, 3, 5), "老周", None)
    assert (visit.kind, visit.people) == (VisitKind.ON_SITE, "王经理")
    assert visit.found == "新厂房开工，准备申报高企\n诉求：缺技术工人"
    assert db.session.scalar(sa.select(sa.func.count(FollowUp.id))) == 0


def test_a_visitor_with_an_account_of_that_name_counts_as_that_colleague(firm):
    colleague = a_user(Role.OFFICER, name="沈科员")
    (visit,) = imported(f"{firm.name},2025-03-05,沈科员,电话,,问了研发费用归集,")

    assert (visit.by_id, visit.kind) == (colleague.id, VisitKind.CALL)


def test_two_colleagues_on_one_day_are_two_visits_and_the_same_list_again_is_none(firm):
    rows = [f"{firm.name},2025-03-05,甲,,,看了车间,", f"{firm.name},2025-03-05,乙,,,谈了专利,"]
    assert len(imported(*rows)) == 2

    again = previewed(*rows)
    assert {name: number for name, number in again.counts.items() if number} == {"unchanged": 2}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{name},,甲,,,看了车间,", "请填写走访日期"),
        ("{name},2025-03-05,,,,看了车间,", "请填写走访人"),
        ("{name},2025-03-05,甲,,,,", "请填写走访情况"),
        ("不在库的某某有限公司,2025-03-05,甲,,,看了车间,", "企业库里没有这家企业：请先新增企业或导入台账，再导入清单"),
        ("{name},2027-03-05,甲,,,看了车间,", "走访日期晚于今天，请核对"),
    ],
)
def test_what_cannot_be_is_faulty_with_a_sentence(firm, row, sentence):
    batch = previewed(row.format(name=firm.name))

    assert sentence in told(batch)
    assert batch.counts["faulty"] == 1
