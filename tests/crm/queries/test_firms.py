"""The list: what it finds, in which order, how many, and for whom."""

import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.queries.firm_filter import SORTS, VIEWS, FirmFilter
from crm.queries.firms import firm_ids, firm_page
from pipelines.vocabulary import Role, Tier, Title
from tests.builders import WAN, a_contact, a_firm, a_recognition, a_township, a_user, some_figures

TODAY = date(2026, 11, 23)


def names(viewer=None, **asked: str) -> list[str]:
    refresh_standings(None, TODAY)
    return [row.name for row in firm_page(FirmFilter.from_args(asked), viewer, TODAY).rows]


def test_names_are_ordered_as_a_dictionary_would(app):
    for name in ("嘉善中科有限公司", "嘉善安达有限公司", "嘉善博纳有限公司"):
        a_firm(name)

    assert names() == ["嘉善安达有限公司", "嘉善博纳有限公司", "嘉善中科有限公司"]


@pytest.mark.parametrize("order", ["sales_revenue", "-sales_revenue"])
def test_what_is_not_known_comes_last_whichever_way_the_list_runs(app, order):
    a_firm("无数据有限公司")
    for name, wan in (("大有限公司", 9000), ("小有限公司", 100)):
        some_figures(a_firm(name), 2025, sales_revenue=Decimal(wan * WAN))

    assert names(sort=order)[-1] == "无数据有限公司"


@pytest.mark.parametrize(
    ("sought", "how"),
    [
        ("兰钧", "two characters of the name"),
        ("ＬＥＤ", "full width"),
        ("led", "any case"),
        ("jslj", "initials"),
        ("lanjun", "full pinyin"),
        ("光明灯具", "a former name"),
        ("李工", "a contact"),
        ("13800000009", "a phone"),
        ("91330421maxn", "the start of a code"),
    ],
    ids=lambda value: value,
)
def test_search_finds_a_firm_by(app, sought, how):
    firm = a_firm("嘉善兰钧LED有限公司")
    firm.former_names.append(_former(firm, "光明灯具厂"))
    a_contact(firm, name="李工", phone="138 0000 0009")
    a_firm("杭州别家有限公司", uscc="91330421589061235T")

    assert names(q=sought) == ["嘉善兰钧LED有限公司"]


def _former(firm, name):
    from crm.models import FormerName
    from pipelines.names import normalised_name

    return FormerName(firm_id=firm.id, name=name, normalised_name=normalised_name(name))


def test_search_puts_the_whole_name_first_then_beginnings(app):
    for name in ("新兰钧", "兰钧科技", "兰钧"):
        a_firm(name)

    assert names(q="兰钧") == ["兰钧", "兰钧科技", "新兰钧"]


@pytest.mark.parametrize("sought", ["%", "_", "'", '"', "\\", "%%%"])
def test_search_takes_signs_as_text(app, sought):
    a_firm("嘉善兰钧有限公司")

    assert names(q=sought) == []


def test_township_stands_for_every_area_inside_it(app):
    town = a_township("西塘镇")
    village = a_township("试验村", within=town)
    a_firm("镇上有限公司", township_id=town.id)
    a_firm("村里有限公司", township_id=village.id)
    a_firm("别处有限公司", township_id=a_township("姚庄镇").id)

    assert sorted(names(township=str(town.id))) == ["村里有限公司", "镇上有限公司"]


def test_township_officer_sees_the_own_area_by_no_way_more(app):
    town, elsewhere = a_township("西塘镇"), a_township("姚庄镇")
    officer = a_user(Role.TOWNSHIP_OFFICER, township_id=town.id)
    own = a_firm("本镇有限公司", township_id=town.id)
    a_firm("别镇有限公司", township_id=elsewhere.id)
    a_firm("无镇有限公司")

    assert names(officer) == ["本镇有限公司"]
    assert names(officer, township=str(elsewhere.id)) == []
    assert names(officer, q="有限公司", sort="-founded_on") == ["本镇有限公司"]
    assert firm_ids(FirmFilter(), officer, TODAY) == [own.id]


def test_tier_is_the_highest_rung_held_on_the_day(app):
    firm = a_firm("两级有限公司")
    a_recognition(firm, Title.TECH_SME, date(2019, 1, 1))
    a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8), valid_until=date(2026, 12, 8))
    lapsed = a_firm("过期有限公司")
    a_recognition(lapsed, Title.HIGH_TECH, date(2020, 12, 1), valid_until=date(2023, 12, 1))

    assert names(tier=Tier.HIGH_TECH) == ["两级有限公司"]
    assert names(tier=Tier.PROSPECT) == ["过期有限公司"]


def test_share_exactly_on_the_number_is_in_the_list(app):
    firm = a_firm()
    for year in (2023, 2024, 2025):
        some_figures(firm, year, sales_revenue=Decimal(1000 * WAN), rd_spend=Decimal(50 * WAN))

    assert names(rd_ratio_min="5") == [firm.name]
    assert names(rd_ratio_min="5.01") == []


def test_archived_firms_are_shown_when_asked_for(app):
    a_firm("在册有限公司")
    a_firm("归档有限公司", archived_at=_moment())

    assert names() == ["在册有限公司"]
    assert names(status="archived") == ["归档有限公司"]


def _moment():
    from crm import clock

    return clock.now()


def test_page_beyond_the_last_is_the_last(app):
    for _ in range(21):
        a_firm()
    refresh_standings(None, TODAY)

    page = firm_page(FirmFilter.from_args({"page": "1000000000"}), None, TODAY)

    assert (page.number, page.pages, page.total, len(page.rows)) == (2, 2, 21, 1)


def test_pages_hold_every_firm_once(app):
    for _ in range(45):
        a_firm()
    refresh_standings(None, TODAY)

    seen = [
        row.id
        for number in (1, 2, 3)
        for row in firm_page(FirmFilter.from_args({"page": str(number), "sort": "-sales_revenue"}), None, TODAY).rows
    ]

    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(
    "rubbish", ["sort=nonsense", "page=-1", "page=abc", "size=7", "township=x", "x=1", "tier=king"]
)
def test_rubbish_is_told_and_changes_nothing(app, rubbish):
    name, _, text = rubbish.partition("=")

    asked = FirmFilter.from_args({name: text})

    assert asked == FirmFilter()
    assert asked.ignored == (rubbish,)


TEXTS = st.text(max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.dictionaries(st.sampled_from([*(view for view in FirmFilter().__dataclass_fields__), "x"]), TEXTS)
    | st.sampled_from([view.to_args() for _, view in VIEWS.values()])
)
def test_what_was_understood_can_be_written_and_read_again(args):
    asked = FirmFilter.from_args(args)

    assert FirmFilter.from_args(asked.to_args()) == asked


def statements_of(asked: FirmFilter) -> list[tuple[str, object]]:
    return heard(lambda: firm_page(asked, None, TODAY))


def test_number_of_queries_does_not_grow_with_the_rows(app):
    a_firm()
    refresh_standings(None, TODAY)
    db.session.commit()
    one = len(statements_of(FirmFilter(size="100")))
    for _ in range(99):
        a_firm()
    refresh_standings(None, TODAY)
    db.session.commit()

    assert len(statements_of(FirmFilter(size="100"))) == one


# One value a parameter, as the filter row would send it.
CONDITIONS = {
    "none": {},
    "township": {"township": "1"},
    "tier": {"tier": "high_tech"},
    "two tiers": {"tier": "high_tech,tech_sme"},
    "industry": {"industry": "39"},
    "tech_field": {"tech_field": "1.2"},
    "owner": {"owner": "1"},
    "nobody's": {"owner": "none"},
    "archived": {"status": "archived"},
    "moved away": {"status": "moved_away"},
    "above scale": {"above_scale": "yes"},
    "shortlist": {"shortlist": "c"},
    "colour": {"colour": "red"},
    "without last year": {"figures": "missing"},
    "founded": {"founded_from": "2015-01-01"},
    "revenue": {"revenue_min": "100", "revenue_max": "900"},
    "rd_ratio": {"rd_ratio_min": "5"},
    "class_one": {"class_one_min": "1"},
    "expiring": {"expiring_days": "365"},
    "incomplete": {"completeness_max": "50"},
    "rule_data": {"rule_data_max": "50"},
    "several": {"township": "1", "tier": "high_tech", "rd_ratio_min": "5"},
}


@pytest.mark.parametrize("conditions", CONDITIONS.values(), ids=CONDITIONS)
@pytest.mark.parametrize("order", [sort for key in SORTS for sort in (key, f"-{key}")])
def test_every_list_is_served_by_indexes(app, order, conditions):
    a_firm()
    refresh_standings(None, TODAY)
    db.session.commit()

    said = heard(lambda: firm_page(FirmFilter.from_args({"sort": order} | conditions), None, TODAY))

    assert [plan for statement, values in said for plan in whole_scans(statement, values)] == []


@pytest.mark.parametrize(
    ("conditions", "order", "index"),
    [
        ({"tier": "prospect"}, "next_expiry_on", "ix_standings_tier (tier=? AND next_expiry_on>?)"),
        ({"tier": "prospect"}, "next_expiry_on", "ix_standings_tier (tier=? AND next_expiry_on=?)"),
        ({"figures": "missing"}, "-completeness", "ix_standings_figures"),
    ],
)
def test_index_that_holds_filter_and_order_together_is_used_for_both(app, conditions, order, index):
    """Few prospects hold anything that ends, few firms without figures are well known: to seek them takes long."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL decides by the rows that are there")

    said = heard(lambda: firm_page(FirmFilter.from_args({"sort": order} | conditions), None, TODAY))

    plans = [db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", values) for each, values in said]
    assert any(index in row[3] for plan in plans for row in plan)


def heard(deed) -> list[tuple[str, object]]:
    said: list[tuple[str, object]] = []

    def hear(_connection, _cursor, statement, parameters, _context, _many):
        said.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    deed()
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    return [each for each in said if each[0].startswith(("SELECT", "WITH"))]


def whole_scans(statement: str, parameters: object) -> list[str]:
    """The steps of a plan that read a large table from end to end without an index."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[3] for row in plan]
        return [step for step in steps if re.match(r"SCAN (standings|firms|contacts)\b(?!.*INDEX)", step)]
    # A table of one row is read whole unless that is forbidden; then only what no index serves still is.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    steps = [row[0] for row in plan]
    return [step for step in steps if re.search(r"Seq Scan on (standings|firms|contacts)\b", step)]


ENTRIES = ("嘉善兰钧LED有限公司", "A-B科技（嘉善）公司", "3号库", "Tom李", "张三")


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_every_part_of_what_is_kept_is_found(app, length):
    firm = a_firm(ENTRIES[0])
    firm.former_names += [_former(firm, ENTRIES[1]), _former(firm, ENTRIES[2])]
    a_contact(firm, name=ENTRIES[3], phone="0573-84110001")
    a_contact(firm, name=ENTRIES[4], phone="13800000009")
    other = a_firm("杭州另一家", uscc="91330421589061235T")
    refresh_standings(None, TODAY)

    parts = {entry[at : at + length] for entry in (*ENTRIES, firm.uscc) for at in range(len(entry) - length + 1)}
    missed = [part for part in sorted(parts) if firm.id not in firm_ids(FirmFilter.from_args({"q": part}), None, TODAY)]

    assert missed == []
    assert other.id not in firm_ids(FirmFilter.from_args({"q": "兰钧"}), None, TODAY)
