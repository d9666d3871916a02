import pytest

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import FormerName
from crm.queries.duplicates import Duplicates, duplicates
from pipelines.names import normalised_name
from pipelines.vocabulary import Role
from tests.builders import a_firm, a_township, a_uscc, a_user


def a_known_firm(name: str, **values):
    firm = a_firm(name, **values)
    refresh_standings([firm.id], clock.today())
    return firm


def why(name: str) -> list[str]:
    return [likeness.why for likeness in duplicates(None, name, None).similar]


@pytest.mark.parametrize(
    ("known", "typed", "reasons"),
    [
        ("嘉善兰钧新能源科技有限公司", "嘉善兰钧新能源科技有限公司", ["名称相同"]),
        ("嘉善兰钧（浙江）有限责任公司", "嘉善兰钧(浙江)有限公司", ["名称相同"]),
        ("嘉善兰钧新能源科技有限公司", "兰钧新能源科技（嘉善）有限公司", ["名称相近"]),
        ("浙江兰钧新能源科技有限公司", "嘉善兰钧新能源科技股份有限公司", ["名称相近"]),
        ("嘉善兰钧新能源有限公司", "嘉善兰钧新能源科技有限公司", ["名称相近"]),
        ("嘉善兰钧新能源科技有限公司", "嘉善兰均新能源科技有限公司", ["名称相近"]),
        ("嘉善兰钧新能源科技有限公司", "浙江蓝军新能源科技有限公司", ["名称相近"]),
        ("嘉善立讯智造有限公司", "嘉善立讯精密有限公司", []),
        ("嘉善华盛电子科技有限公司", "嘉善华信电子科技有限公司", []),
        ("嘉善兰钧有限公司", "平湖恒力机械有限公司", []),
    ],
)
def test_likely_duplicates_are_found_by_name(app, known, typed, reasons):
    a_known_firm(known)

    assert why(typed) == reasons


def test_former_name_is_found_as_written_in_either_way(app):
    firm = a_known_firm("嘉善新名有限公司")
    firm.former_names.append(FormerName(name="嘉善旧名有限公司", normalised_name=normalised_name("嘉善旧名有限公司")))
    db.session.flush()

    assert why("嘉善旧名有限责任公司") == ["曾用名“嘉善旧名有限公司”"]


def test_same_code_is_found_and_not_listed_twice(app):
    firm = a_known_firm("嘉善兰钧新能源有限公司")

    found = duplicates(firm.uscc, firm.name, None)

    assert (found.same_code.firm_id, found.similar) == (firm.id, ())


def test_firm_is_not_its_own_duplicate(app):
    firm = a_known_firm("嘉善兰钧新能源有限公司")

    assert duplicates(firm.uscc, firm.name, None, leave_out=firm.id) == Duplicates()


def test_archived_firm_is_found_and_marked(app):
    a_known_firm("嘉善兰钧新能源有限公司", archived_at=clock.now())

    assert [each.is_archived for each in duplicates(None, "嘉善兰钧新能源有限公司", None).similar] == [True]


def test_firms_outside_the_area_are_counted_and_not_named(app):
    own = a_township()
    viewer = a_user(Role.TOWNSHIP_OFFICER, township=own)
    db.session.flush()
    inside = a_known_firm("嘉善兰钧新能源有限公司", township=own)
    outside = a_known_firm("浙江兰钧新能源有限公司", township=a_township())

    by_name = duplicates(None, "兰钧新能源有限公司", viewer)
    by_code = duplicates(outside.uscc, None, viewer)

    assert ([each.firm_id for each in by_name.similar], by_name.hidden) == ([inside.id], 1)
    assert (by_code.same_code, by_code.code_is_hidden) == (None, True)


def test_closest_come_first_and_only_a_few_are_shown(app):
    for number in range(12):
        a_known_firm(f"嘉善兰钧新能源科技{number}号有限公司")
    same = a_known_firm("嘉善兰钧新能源科技有限公司")

    found = duplicates(a_uscc(), same.name, None)

    assert (found.similar[0].firm_id, len(found.similar)) == (same.id, 8)


def test_search_for_duplicates_goes_by_indexes(app, queries):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the plan is SQLite's")
    a_known_firm("嘉善兰钧新能源科技有限公司")

    with queries() as statements:
        duplicates(a_uscc(), "兰均新能源科技有限公司", None)

    plans = [
        step.detail
        for statement in statements
        for step in db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?")
        )
    ]
    assert [step for step in plans if step.startswith("SCAN")] == []
