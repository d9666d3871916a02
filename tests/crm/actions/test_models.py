"""The model on whole invented counties: better than the rules alone, and honest when there is too little."""

from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa

from crm.actions.demo import load_demo
from crm.actions.events import COMMAND
from crm.actions.models import score_firms, train_model, use_model
from crm.extensions import db
from crm.models import AnnualFigures, Application, Firm, ModelVersion, Prediction
from crm.queries.model_rows import rows_of_years
from pipelines.refusals import Refusal
from pipelines.vocabulary import ApplicationKind, ApplicationResult, Title
from tests.builders import a_firm, some_figures

TODAY = date(2026, 11, 24)


def an_application(year: int, result: ApplicationResult, firm=None) -> Application:
    application = Application(
        firm_id=(firm or a_firm()).id, programme=Title.HIGH_TECH, year=year, kind=ApplicationKind.FIRST, result=result
    )
    db.session.add(application)
    return application


def decided(passed: int, failed: int, years: tuple[int, ...] = (2024, 2025)) -> None:
    for number in range(passed + failed):
        firm = a_firm()
        some_figures(firm, years[number % len(years)] - 1, rd_spend=100_000 * (number % 40 + 1))
        result = ApplicationResult.PASSED if number < passed else ApplicationResult.FAILED
        an_application(years[number % len(years)], result, firm)
    db.session.commit()


# The marks of the study on the last year with results. Of county 7 that year was a strict one: 24 fewer passed than the
# years before let expect, for every firm alike. No model can know a year's strictness beforehand; its order is as good
# as in the others, but its Brier score (0.210) and log loss (0.606) miss their marks. The planner's shock is for this.
@pytest.mark.parametrize(("seed", "missed"), [(2016, []), (7, ["brier", "log_loss"]), (42, [])])
def test_on_an_invented_county_the_model_beats_the_rules_and_is_calibrated(app, seed, missed):
    load_demo(2500, seed, TODAY)

    version = train_model(TODAY, COMMAND)

    last = {row["name"]: row for row in version.card["evaluation"] if row["year"] == 2025}
    model, rules = last["模型"], last["规则评分"]
    marks = {
        "auc": model["auc"] - rules["auc"] >= 0.08,
        "brier": model["brier"] <= 0.205,
        "log_loss": model["log_loss"] <= 0.60,
        "surplus": abs(model["surplus"]) <= 25,
    }
    assert [name for name, reached in marks.items() if not reached] == missed


@pytest.mark.parametrize(
    ("passed", "failed", "years", "sentence"),
    [
        (0, 0, (2024, 2025), "首次申报有结果的只有 0 件"),
        (20, 9, (2024, 2025), "首次申报有结果的只有 29 件"),
        (40, 9, (2024, 2025), "未通过的只有 9 件"),
        (40, 0, (2024, 2025), "只有通过名单学不出差别"),
        (30, 20, (2025,), "只有一个年度的申报结果"),
    ],
)
def test_too_little_is_told_with_counts_and_no_model_is_made(app, passed, failed, years, sentence):
    decided(passed, failed, years)

    with pytest.raises(Refusal, match=sentence):
        train_model(TODAY, COMMAND)
    assert db.session.scalars(sa.select(ModelVersion)).all() == []


def test_a_model_goes_live_by_a_person_scores_the_county_once_a_day_and_hands_over(app):
    decided(40, 30)
    assert score_firms(TODAY) == "还没有启用的模型。"
    first, second = train_model(TODAY, COMMAND).id, train_model(TODAY, COMMAND).id

    use_model(first, COMMAND)
    score_firms(TODAY)
    score_firms(TODAY)
    use_model(second, COMMAND)

    versions = {each.id: each for each in db.session.scalars(sa.select(ModelVersion))}
    assert (versions[first].is_live, versions[second].is_live, versions[second].live_by) == (False, True, "命令行")
    rows = db.session.scalars(sa.select(Prediction)).all()
    assert len({row.firm_id for row in rows}) == len(rows) > 0
    assert all(0 <= row.low <= row.p_pass <= row.high <= 1 for row in rows)


def test_the_same_data_give_the_same_model(app):
    decided(40, 30)

    assert train_model(TODAY, COMMAND).sha256 == train_model(TODAY, COMMAND).sha256


def test_a_touched_model_is_refused(app):
    decided(40, 30)
    version = train_model(TODAY, COMMAND)
    version.model = version.model.replace('"gamma": 0.5', '"gamma": 0.9')
    db.session.commit()

    with pytest.raises(Refusal, match="与保存时不一致"):
        use_model(version.id, COMMAND)


def test_what_came_later_changes_no_row_of_a_past_year(app):
    decided(20, 20)
    (before,) = rows_of_years([2024])
    for firm_id in db.session.scalars(sa.select(Application.firm_id).filter_by(year=2024)).all():
        db.session.add(AnnualFigures(firm_id=firm_id, year=2024, sales_revenue=99, rd_spend=99))
        an_application(2025, ApplicationResult.FAILED, db.session.get(Firm, firm_id))
    db.session.commit()

    (after,) = rows_of_years([2024])
    assert after.firm_ids == before.firm_ids
    assert np.array_equal(after.rows, before.rows, equal_nan=True)
