import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Township


def test_seed_says_how_much_changed_and_then_that_nothing_did(app):
    runner = app.test_cli_runner()

    first, second = (runner.invoke(args=["seed"]) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output == "基础数据已是最新，本次新增或更新 354 条。\n"
    assert second.output == "基础数据已是最新，本次新增或更新 0 条。\n"
    assert db.session.scalar(sa.select(sa.func.count(Township.id))) == 9


def test_demo_county_of_a_size_and_a_day_is_loaded_and_told_in_counts(app):
    result = app.test_cli_runner().invoke(args=["load-demo", "--firms", "30", "--seed", "5", "--today", "2027-06-30"])

    assert result.exit_code == 0
    assert "企业 30、" in result.output
    assert "zhenjie1" in result.output
    assert db.session.scalar(sa.select(sa.func.count(Firm.id))) == 30


def test_second_demo_county_is_refused_with_a_sentence_and_a_code(app):
    runner = app.test_cli_runner()
    runner.invoke(args=["load-demo", "--firms", "1"])

    result = runner.invoke(args=["load-demo", "--firms", "1"])

    assert result.exit_code == 1
    assert "演示数据只能载入空的企业库" in result.output
    assert db.session.scalar(sa.select(sa.func.count(Firm.id))) == 1


def test_demo_county_beyond_a_million_firms_is_refused(app):
    result = app.test_cli_runner().invoke(args=["load-demo", "--firms", "1000001"])

    assert result.exit_code == 2
