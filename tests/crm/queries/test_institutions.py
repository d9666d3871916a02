"""The ledger of R&D institutions, what counts as new in a year, and who may rise to the next level."""

from datetime import date
from decimal import Decimal

import pytest

from crm import clock
from crm.actions.evaluations import evaluate_firms
from crm.extensions import db
from crm.models import Institution
from crm.queries.cultivation import CultivationFilter, cultivated_firms, cultivation_page
from crm.queries.institutions import InstitutionFilter, institution_page, new_institutions
from pipelines.vocabulary import InstitutionKind, InstitutionLevel, Programme, Role, Title
from tests.builders import a_firm, a_recognition, a_township, a_user, an_institution, an_ip_right, some_figures

TODAY = date(2026, 11, 24)
COUNTY, CITY, PROVINCE, NATIONAL = InstitutionLevel


def listed(viewer=None, **asked) -> list[Institution]:
    return [row.id for row in institution_page(InstitutionFilter(**asked), viewer, TODAY).rows]


def counted(year: int, as_of: date = TODAY, viewer=None) -> set[int]:
    return set(db.session.scalars(new_institutions(year, as_of, viewer)))


def test_each_recognition_of_the_year_is_counted_once(app):
    firm = a_firm()
    county = an_institution(firm, date(2026, 3, 1))
    city = an_institution(firm, date(2026, 9, 1), level=CITY)
    an_institution(a_firm(), date(2025, 12, 31))

    assert counted(2026) == {county.id, city.id}


def test_a_day_of_the_past_is_answered_alike_after_what_came_later(app):
    firm = a_firm()
    standing = an_institution(firm, date(2025, 3, 1))
    withdrawn = an_institution(a_firm(), date(2025, 4, 1), withdrawn_on=date(2026, 2, 1), withdrawn_reason="评估不合格")
    before = counted(2025, date(2025, 12, 31))

    an_institution(firm, date(2026, 1, 1), level=CITY)

    assert before == counted(2025, date(2025, 12, 31)) == {standing.id, withdrawn.id}
    assert counted(2025, date(2026, 2, 1)) == {standing.id}
    assert counted(2025, date(2025, 3, 31)) == {standing.id}


def test_what_was_put_away_or_belongs_to_a_firm_that_was_is_not_counted(app):
    an_institution(a_firm(), date(2026, 3, 1), archived_at=clock.now())
    an_institution(a_firm(archived_at=clock.now()), date(2026, 3, 1))

    assert counted(2026) == set()
    assert listed() == []


@pytest.mark.parametrize("as_of", [date(2025, 6, 30), date(2025, 12, 31), date(2026, 11, 24)])
def test_the_number_of_new_ones_is_that_of_the_list_it_opens(app, as_of):
    for month in (1, 5, 8, 11):
        an_institution(a_firm(), date(2025, month, 15), withdrawn_on=date(2026, 1, month))
        an_institution(a_firm(), date(2025, month, 20), level=CITY)

    opened = institution_page(InstitutionFilter(approved=2025, on=as_of), None, TODAY)

    assert opened.total == len(counted(2025, as_of))
    assert {row.id for row in opened.rows} == counted(2025, as_of)


def test_an_officer_of_a_township_sees_and_counts_only_the_own_area(app):
    west = a_township("西塘镇")
    inside = an_institution(a_firm(township=a_township("荷塘村", within=west)), date(2026, 3, 1))
    an_institution(a_firm(township=a_township()), date(2026, 3, 1))
    an_institution(a_firm(), date(2026, 3, 1))
    local = a_user(Role.TOWNSHIP_OFFICER, township=west)

    assert listed(local) == [inside.id]
    assert counted(2026, viewer=local) == {inside.id}
    assert len(counted(2026)) == 3


def test_every_filter_narrows_the_ledger(app):
    west = a_township("西塘镇")
    firm = a_firm("嘉善灵犀科技有限公司", township=west)
    wanted = an_institution(
        firm, date(2024, 5, 1), level=CITY, kind=InstitutionKind.KEY_LAB, name="光学100%实验室",
        review_due_on=date(2026, 12, 20),
    )  # fmt: skip
    other = an_institution(a_firm(), date(2023, 5, 1), name="光学100个研发中心")

    assert listed(level="city") == listed(kind="key_lab") == listed(township=west.id) == listed(approved=2024)
    assert listed(review="soon") == listed(q="灵犀") == listed(q="100%") == listed(level="city") == [wanted.id]
    assert listed() == [wanted.id, other.id]


def test_reviews_are_overdue_until_they_have_been_made(app):
    overdue = an_institution(a_firm(), review_due_on=date(2026, 11, 23))
    today = an_institution(a_firm(), review_due_on=TODAY)
    made = an_institution(a_firm(), review_due_on=date(2026, 6, 1), reviewed_on=date(2026, 6, 1))
    an_institution(a_firm())

    assert listed(review="overdue") == [overdue.id]
    assert listed(review="soon") == [today.id]
    assert set(listed(review="year")) == {overdue.id, today.id, made.id}


def test_states_part_the_ledger(app):
    standing = an_institution(a_firm())
    withdrawn = an_institution(a_firm(), withdrawn_on=date(2026, 1, 1))
    away = an_institution(a_firm(), archived_at=clock.now())

    assert listed() == [standing.id]
    assert listed(state="withdrawn") == [withdrawn.id]
    assert listed(state="archived") == [away.id]
    assert set(listed(state="all")) == {standing.id, withdrawn.id}


@pytest.mark.parametrize(
    ("sort", "order"),
    [("equipment", [1, 2, 0]), ("-equipment", [2, 1, 0]), ("level", [1, 0, 2]), ("-level", [2, 0, 1])],
)
def test_what_is_not_known_comes_last_whichever_way_the_list_runs(app, sort, order):
    rows = [
        an_institution(a_firm(), level=CITY),
        an_institution(a_firm(), equipment=Decimal(1)),
        an_institution(a_firm(), level=PROVINCE, equipment=Decimal(2)),
    ]

    assert listed(sort=sort) == [rows[place].id for place in order]


def test_a_page_beyond_the_end_is_the_last_and_the_count_is_whole(app):
    for _ in range(23):
        an_institution(a_firm())

    page = institution_page(InstitutionFilter(page=99, size=20), None, TODAY)

    assert (page.number, page.pages, page.total, len(page.rows)) == (2, 2, 23, 3)


def test_counting_stops_at_ten_thousand(app, monkeypatch):
    monkeypatch.setattr("crm.queries.pages.COUNTED_UP_TO", 20)
    for _ in range(23):
        an_institution(a_firm())

    first = institution_page(InstitutionFilter(size=20), None, TODAY)
    second = institution_page(InstitutionFilter(size=20, page=2), None, TODAY)

    assert (first.total, first.total_is_capped) == (20, True)
    assert (second.total, second.total_is_capped, len(second.rows)) == (23, False, 3)


def rises(**asked):
    return list(cultivated_firms(CultivationFilter(**asked), None, TODAY))


def judged(firm):
    db.session.commit()
    evaluate_firms([firm.id], TODAY, "test")
    return firm


def a_city_centre(name: str | None = None):
    firm = a_firm(name)
    an_institution(firm, level=CITY)
    return firm


def test_the_next_level_is_that_above_the_highest_one_that_stands(app):
    risen = a_firm()
    an_institution(risen), an_institution(risen, level=CITY)
    fallen = a_firm()
    an_institution(fallen)
    an_institution(fallen, level=CITY, withdrawn_on=TODAY, withdrawn_reason="评估不合格")
    top = a_firm()
    an_institution(top, level=NATIONAL)

    assert {(each.firm_id, each.level, each.next_level) for each in rises()} == {
        (risen.id, CITY, PROVINCE), (fallen.id, COUNTY, CITY),
    }  # fmt: skip


def test_gaps_are_those_of_the_latest_evaluation_and_the_city_centre_is_known_from_the_register(app):
    firm = a_city_centre()
    a_recognition(firm, Title.HIGH_TECH, date(2025, 12, 1), valid_until=date(2028, 12, 1))
    an_ip_right(firm)
    some_figures(firm, 2025, sales_revenue=Decimal(40_000_000), rd_spend=Decimal(2_000_000), conversions=1)
    some_figures(firm, 2024, conversions=1), some_figures(firm, 2023, conversions=1)
    judged(firm)

    (rise,) = rises()

    assert rise.policy.programme == Programme.RD_CENTRE
    assert [text.partition("：")[0] for text in rise.missed] == [
        "上一年度研发费用占销售收入的比例", "近三年科技成果转化 9 项以上",
    ]  # fmt: skip
    assert rise.verdict is not None
    assert rise.open_count > 0


def test_a_firm_without_a_city_centre_does_not_know_of_one(app):
    known, unknown = judged(a_city_centre()), judged(a_firm())
    an_institution(unknown, level=CITY, kind=InstitutionKind.KEY_LAB)
    judged(unknown)

    by_firm = {each.firm_id: each.open_count for each in rises()}

    assert by_firm[known.id] == by_firm[unknown.id] - 1


def test_a_level_without_an_edition_says_so(app):
    firm = a_firm()
    an_institution(firm)
    judged(firm)

    (rise,) = rises()

    assert (rise.policy, rise.standing, rise.missed, rise.open_count) == (None, "没有可比的规则", (), None)
    assert [each.firm_id for each in rises(near="unjudged")] == [firm.id]
    assert rises(near="judged") == []


def test_a_firm_not_judged_yet_is_told_apart_from_one_that_meets_all(app):
    a_city_centre()

    (rise,) = rises()

    assert rise.standing == "还没有判断"
    assert rises(near="met") == rises(near="one") == []


def test_cultivation_keeps_to_the_area_and_counts_what_it_lists(app):
    west = a_township("西塘镇")
    inside = a_firm(township=west)
    an_institution(inside), a_city_centre()
    local = a_user(Role.TOWNSHIP_OFFICER, township=west)

    page = cultivation_page(CultivationFilter(), local, TODAY)

    assert (page.total, [row.firm_id for row in page.rows]) == (1, [inside.id])
    assert cultivation_page(CultivationFilter(level="city"), None, TODAY).total == 1
