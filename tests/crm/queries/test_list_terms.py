"""高级筛选: what its terms find, how they are written, and that every one of them is served by an index."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import FirmTag, FollowUp, Tag, Visit
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import count_firms, firm_page
from crm.queries.list_terms import _BY_KIND, COMPARISONS, FIELDS, read_term, term_words
from crm.queries.parameters import SenselessError
from pipelines.vocabulary import Role, Title
from tests.builders import WAN, a_contact, a_firm, a_recognition, a_township, a_user, some_figures
from tests.crm.queries.test_firms import heard, whole_scans

TODAY = date(2026, 11, 23)


def names(*terms: str, viewer=None, **asked: str) -> list[str]:
    refresh_standings(None, TODAY)
    wanted = FirmFilter.from_args({"where": ",".join(terms)} | asked)
    assert wanted.ignored == ()
    page = firm_page(wanted, viewer, TODAY)
    assert count_firms(wanted, viewer, TODAY).number == page.total
    return [row.name for row in page.rows]


@pytest.fixture
def county(app):
    """甲: large, old, visited; 乙: small, new, never visited; 丙: nothing known of it."""
    town = a_township("西塘镇")
    owner = a_user(Role.OFFICER)
    first = a_firm(
        "甲有限公司", township_id=town.id, owner_id=owner.id, founded_on=date(2000, 1, 1), industry_code=None
    )
    second = a_firm("乙有限公司", founded_on=date(2026, 9, 1))
    a_firm("丙有限公司", founded_on=None)
    some_figures(first, 2025, sales_revenue=Decimal(1000 * WAN), rd_spend=Decimal(30 * WAN), staff=Decimal(100))
    some_figures(first, 2024, sales_revenue=Decimal(500 * WAN), rd_spend=None)
    some_figures(second, 2025, sales_revenue=Decimal(100 * WAN), rd_spend=Decimal("29999.99"), staff=Decimal("20.5"))
    some_figures(second, 2024, sales_revenue=Decimal(2000 * WAN), rd_spend=Decimal(1))
    a_recognition(first, Title.HIGH_TECH, date(2025, 1, 1), valid_until=date(2028, 1, 1))
    a_contact(second, name="王师傅")
    db.session.add_all([
        Visit(firm_id=first.id, visited_on=date(2026, 8, 25), by_name="小李"),
        FollowUp(firm_id=second.id, what="补材料", owner_id=owner.id, due_on=date(2026, 12, 1), by_name="小李"),
    ])  # fmt: skip
    db.session.flush()
    tag = Tag(name="专利密集")
    db.session.add(tag)
    db.session.flush()
    db.session.add(FirmTag(firm_id=first.id, tag_id=tag.id))
    db.session.flush()
    return {"town": town.id, "owner": owner.id, "tag": tag.id}


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("rd_ratio@last.at_least.3", "甲"),  # exactly three of a hundred
        ("rd_ratio.at_most.3", "甲乙"),
        ("rd_ratio@2025.between.2.99..3", "甲乙"),
        ("rd_ratio@2024.filled", "乙"),
        ("rd_ratio@2024.empty", "甲丙"),
        ("sales_revenue@last.at_least.1000", "甲"),
        ("sales_revenue@2024.between.500..1999.99", "甲"),
        ("sales_revenue@2019.empty", "甲乙丙"),
        ("sales_revenue@last.equals.100", "乙"),
        ("staff@last.at_most.20.5", "乙"),
        ("name.contains.甲", "甲"),
        ("name.contains.王师傅", "乙"),
        ("name.lacks.有限公司", ""),
        ("township.is.{town}", "甲"),
        ("township.is_not.{town}", "乙丙"),
        ("township.empty", "乙丙"),
        ("owner.is.{owner}", "甲"),
        ("owner.empty", "乙丙"),
        ("tier.is.high_tech", "甲"),
        ("tier.is_not.high_tech", "乙丙"),
        ("status.is.active", "甲乙丙"),
        ("tag.is.{tag}", "甲"),
        ("tag.is_not.{tag}", "乙丙"),
        ("tag.empty", "乙丙"),
        ("tag.filled", "甲"),
        ("founded_on.to.2010-12-31", "甲"),
        ("founded_on.from.2026-09-01", "乙"),
        ("founded_on.older_than.83", "甲"),
        ("founded_on.older_than.82", "甲乙"),
        ("founded_on.empty", "丙"),
        ("founded_on.filled", "甲乙"),
        ("next_expiry_on.between.2027-01-01..2028-01-01", "甲"),
        ("visited_on.older_than.90", "乙丙"),
        ("visited_on.older_than.89", "甲乙丙"),
        ("visited_on.not_since.2026-08-26", "甲乙丙"),
        ("visited_on.not_since.2026-08-25", "乙丙"),
        ("visited_on.empty", "乙丙"),
        ("visited_on.filled", "甲"),
        ("follow_up_on.empty", "甲丙"),
        ("follow_up_on.to.2026-12-01", "乙"),
        ("class_one_ip.at_least.1", ""),
        ("completeness.at_least.0", "甲乙丙"),
    ],
)
def test_term_finds(county, term, found):
    assert sorted(names(term.format(**county))) == sorted(f"{name}有限公司" for name in found)


def test_terms_of_a_group_hold_together_and_one_group_is_enough(county):
    assert names("sales_revenue@last.at_least.50", "founded_on.from.2020-01-01") == ["乙有限公司"]
    either = names("sales_revenue@last.at_least.900", "founded_on.to.2001-01-01", "2:founded_on.empty")
    assert sorted(either) == ["丙有限公司", "甲有限公司"]


def test_either_or_stays_within_the_rest_of_the_list_and_the_area(county):
    officer = a_user(Role.TOWNSHIP_OFFICER, township_id=county["town"])
    terms = ("tier.is.high_tech", "2:founded_on.empty", "3:founded_on.from.2026-09-01")

    assert sorted(names(*terms, tier="prospect")) == ["丙有限公司", "乙有限公司"]
    assert names(*terms, viewer=officer) == ["甲有限公司"]
    assert names("name.lacks.甲", viewer=officer) == []


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("rd_ratio@last.at_least.3", "去年研发占比 ≥ 3 %"),
        ("operating_revenue@2024.between.500..1000", "2024 年营业收入在 500 万元 和 1000 万元 之间"),
        ("founded_on.older_than.365", "成立日期早于 365 天前"),
        ("visited_on.older_than.90", "超过 90 天没有走访"),
        ("visited_on.not_since.2026-01-01", "自 2026-01-01 以来没有走访"),
        ("visited_on.empty", "从未走访"),
        ("township.is.7", "镇街为西塘镇"),
        ("township.is.8", "镇街为8"),  # gone from the list of townships
        ("name.lacks.科技", "名称、曾用名、代码、联系人不含“科技”"),
    ],
)
def test_term_reads(term, words):
    assert term_words(read_term(term), {"township": [(7, "西塘镇")]}, 1) == words


VALUES = {"text": ["科技"], "money": ["5", "9.5"], "count": ["5", "9"], "share": ["3", "4.5"]}
DAYS = ["2024-01-01", "2026-01-01"]


def every_term() -> list[str]:
    terms = []
    for key, field in FIELDS.items():
        for comparison in _BY_KIND[field.kind]:
            given = VALUES.get(field.kind, DAYS)
            if field.read:
                given = {"tier": ["high_tech"], "status": ["moved_away"], "industry": ["39"]}.get(key, ["1"])
            values = ["90"] if comparison == "older_than" else given[: COMPARISONS[comparison][1]]
            terms.append(f"{key}{'@2024' if field.of_year else ''}.{comparison}{'.' * bool(values)}{'..'.join(values)}")
    return terms


@pytest.mark.parametrize("term", every_term())
def test_term_is_written_as_it_was_read(term):
    assert str(read_term(term)) == term


@pytest.mark.parametrize("others", [(), ("2:founded_on.from.2020-01-01",)], ids=["alone", "or another"])
@pytest.mark.parametrize("order", ["name", "-sales_revenue"])
def test_every_term_is_served_by_indexes(app, order, others):
    a_firm()
    refresh_standings(None, TODAY)
    db.session.commit()

    scans = {}
    for term in every_term():
        asked = FirmFilter.from_args({"sort": order, "where": ",".join([term, *others])})
        said = heard(lambda asked=asked: firm_page(asked, None, TODAY))
        if steps := [step for statement, values in said for step in whole_scans(statement, values)]:
            scans[term] = steps

    assert scans == {}


@given(
    st.text(max_size=40)
    | st.sampled_from(every_term()).flatmap(lambda term: st.just(term) | st.text().map(term.__add__))
)
def test_any_text_is_a_term_or_says_nothing(text):
    try:
        term = read_term(text)
    except SenselessError:
        return
    assert read_term(str(term)) == term


@pytest.mark.parametrize(
    "senseless",
    [
        "rd_ratio", "rd_ratio.at_least", "rd_ratio.at_least.abc", "rd_ratio.at_least.-3", "rd_ratio@1999.at_least.3",
        "township.contains.1", "nonsense.is.1", "0:name.contains.a", "name.contains.", "sales_revenue.between.5",
        "founded_on.from.2026-02-30", "founded_on.older_than.99999999", "township.is.99999999999", "tier.is.king",
        "visited_on.not_since.", "rd_ratio.at_least.3..4",
    ],
)  # fmt: skip
def test_what_says_nothing_is_told_and_the_others_hold(senseless):
    asked = FirmFilter.from_args({"where": f"tier.is.high_tech,{senseless}"})

    assert [str(term) for term in asked.where] == ["tier.is.high_tech"]
    assert asked.ignored == (f"where={senseless[:20]}",)
