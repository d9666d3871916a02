"""The model on an invented county out of the database, and honest when there is too little."""

from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa

from crm.actions.demo import load_demo
from crm.actions.events import COMMAND
from crm.actions.models import train_model, use_model
from crm.actions.scoring import score_firms
from crm.extensions import db
from crm.models import Application, Event, ModelVersion, Prediction, Scoring
from crm.queries.model_ledger import county_ledger
from crm.queries.target_year import target_year
from pipelines.classifier.examples import decided_years, season
from pipelines.refusals import Refusal
from pipelines.vocabulary import ApplicationKind, ApplicationResult, EventKind, ModelLevel, Title
from tests.builders import a_firm, a_recognition, some_figures
from tests.pipelines.classifier.counties import a_ledger

TODAY = date(2026, 11, 24)


def an_application(year: int, result: ApplicationResult, firm=None, **values) -> Application:
    firm = firm or a_firm()
    decided = {"submitted_on": date(year, 7, 1), "decided_on": date(year, 12, 5)}
    application = Application(
        firm_id=firm.id, programme=Title.HIGH_TECH, year=year, kind=ApplicationKind.FIRST, result=result,
        **decided | values,
    )  # fmt: skip
    db.session.add(application)
    return application


def decided(passed: int, failed: int, years: tuple[int, ...] = (2024, 2025), **values) -> None:
    for number in range(passed + failed):
        firm, year = a_firm(), years[number % len(years)]
        some_figures(firm, year - 2, rd_spend=100_000 * (number % 40 + 1), reported_on=date(year - 1, 2, 1))
        result = ApplicationResult.PASSED if number < passed else ApplicationResult.FAILED
        an_application(year, result, firm, **values)
    db.session.commit()


def trained() -> ModelVersion:
    return train_model(TODAY, COMMAND)


def test_the_database_gives_the_columns_the_model_was_studied_on(app):
    """What the pure tests prove of an invented county holds for the same county in the register."""
    load_demo(2_500, 2016, TODAY)
    studied, read = a_ledger(), county_ledger(TODAY)

    for year in (2022, 2025):
        np.testing.assert_allclose(season(read, year).measured.values, season(studied, year).measured.values)
    assert decided_years(read) == decided_years(studied)


def test_a_county_is_trained_tested_by_year_put_to_use_and_scored(app):
    load_demo(2_500, 7, TODAY)

    version = trained()
    use_model(version.id, COMMAND)
    told = score_firms(TODAY, COMMAND)

    last = version.card["evaluation"]["years"][-1]
    assert (version.level, last["year"], version.is_demo) == (ModelLevel.LOCAL, 2025, True)
    assert last["measures"]["model"]["auc"][0] - last["measures"]["rule"]["auc"][0] >= 0.04
    assert {group["name"] for group in version.card["evaluation"]["groups"]["镇街"]} > {"罗星街道", "西塘镇"}
    scoring = db.session.scalars(sa.select(Scoring)).one()
    rows = db.session.scalars(sa.select(Prediction)).all()
    assert (scoring.year, told) == (2027, f"已为 {len(rows)} 家企业排序。")
    assert all(0 <= row.low <= row.high <= 1 and row.potential <= row.p_pass for row in rows)
    assert sum(row.explores for row in rows) == 24


def test_a_version_goes_live_by_a_person_and_hands_over(app):
    decided(40, 30)
    assert score_firms(TODAY, COMMAND) == "还没有启用的模型。"
    first, second = trained().id, trained().id

    use_model(first, COMMAND)
    use_model(second, COMMAND)
    use_model(first, COMMAND)

    versions = {each.id: each for each in db.session.scalars(sa.select(ModelVersion))}
    assert (versions[first].is_live, versions[second].is_live, versions[first].live_by) == (True, False, "命令行")
    kinds = sa.select(Event.kind).where(Event.kind.in_([EventKind.MODEL_TRAINED, EventKind.MODEL_USED]))
    assert len(db.session.scalars(kinds).all()) == 5


def test_what_was_said_stays_when_it_is_said_again(app):
    decided(40, 30)
    use_model(trained().id, COMMAND)

    score_firms(TODAY, COMMAND)
    before = {(row.firm_id, row.p_pass) for row in db.session.scalars(sa.select(Prediction))}
    score_firms(TODAY, COMMAND)

    first, second = db.session.scalars(sa.select(Scoring).order_by(Scoring.id))
    again = db.session.scalars(sa.select(Prediction).filter_by(scoring_id=second.id))
    assert {(row.firm_id, row.p_pass) for row in again} == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Prediction)) == 2 * len(before)
    assert first.made_at < second.made_at


@pytest.mark.parametrize(
    ("passed", "failed", "years", "sentence"),
    [
        (0, 0, (2024, 2025), "首次申报有结果的只有 0 项，少于 30 项"),
        (20, 9, (2024, 2025), "首次申报有结果的只有 29 项，少于 30 项"),
        (40, 9, (2024, 2025), "未通过的只有 9 项，少于 10 项"),
        (40, 0, (2024, 2025), "2024、2025 年只有通过的结果"),
        (30, 20, (2025,), "只有一个年度的申报结果"),
    ],
)
def test_too_little_is_told_with_counts_and_shows_no_percentages(app, passed, failed, years, sentence):
    decided(passed, failed, years)

    version = trained()

    assert any(note.startswith(sentence) for note in version.card["notes"])
    assert (version.level, version.tells_percentages) == (ModelLevel.RULES, False)


def test_some_results_are_drawn_towards_the_prior_and_told(app):
    decided(40, 30)

    version = trained()

    assert (version.level, version.card["notes"]) == (ModelLevel.SHRUNK, [])


def test_results_dated_before_their_application_are_left_out_and_counted(app):
    decided(40, 30)
    decided(2, 1, submitted_on=date(2025, 7, 1), decided_on=date(2025, 3, 1), years=(2025,))

    version = trained()

    assert version.card["notes"] == ["有 3 项申报的结果日期早于申报，未用于训练，请核对日期。"]
    assert version.card["decisions"] == 70


def test_the_same_data_give_the_same_model(app):
    decided(40, 30)

    assert trained().sha256 == trained().sha256


def test_a_touched_model_is_refused_and_scores_nobody(app):
    decided(40, 30)
    version = trained()
    use_model(version.id, COMMAND)
    version.model = version.model.replace('"gamma": 0.5', '"gamma": 0.9')
    db.session.commit()

    with pytest.raises(Refusal, match="指纹不一致"):
        use_model(version.id, COMMAND)
    with pytest.raises(Refusal, match="指纹不一致"):
        score_firms(TODAY, COMMAND)
    assert db.session.scalars(sa.select(Prediction)).all() == []


def test_results_of_the_year_move_the_level_and_are_told(app):
    decided(60, 40, years=(2023, 2024))
    use_model(trained().id, COMMAND)
    decided(5, 35, years=(2026,), submitted_on=date(2026, 3, 1), decided_on=date(2026, 6, 1))
    day = date(2026, 7, 1)

    score_firms(day, COMMAND)

    told = db.session.scalars(sa.select(Scoring)).one().alarms
    assert told[0] == "已按今年 40 项已公布的结果把概率整体下调，先后不变。"
    assert any(line.startswith("今年已知结果 40 家：预计通过") for line in told[1:])


@pytest.mark.parametrize(("day", "year"), [(date(2026, 9, 30), 2026), (date(2026, 10, 1), 2027)])
def test_after_september_the_next_year_is_prepared(day, year):
    assert target_year(day) == year


def test_holders_and_those_who_wait_for_a_result_are_no_candidates(app):
    decided(20, 15)
    holder, waiting, free = a_firm("有证"), a_firm("待结果"), a_firm("可申报")
    a_recognition(holder, Title.HIGH_TECH, date(2025, 12, 1), valid_until=date(2028, 12, 1))
    an_application(2026, ApplicationResult.PENDING, waiting, decided_on=None)
    db.session.commit()
    use_model(trained().id, COMMAND)

    score_firms(TODAY, COMMAND)

    scored = set(db.session.scalars(sa.select(Prediction.firm_id)))
    assert {holder.id, waiting.id} & scored == set()
    assert free.id in scored
