"""模型: the comparison is seen before a version goes live, and there is a way back."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.models import train_model, use_model
from crm.extensions import db
from crm.models import ModelVersion, Scoring
from pipelines.vocabulary import Role
from tests.builders import a_scoring
from tests.crm.actions.test_models import decided

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-11-24 10:00+08:00", tick=False):
        yield


@pytest.fixture
def version(app) -> ModelVersion:
    decided(60, 50, years=(2023, 2024, 2025))
    return train_model(TODAY, COMMAND)


def test_a_version_shows_its_card_its_tests_and_its_weights(signed_in, version):
    page = signed_in(Role.DIRECTOR).get(f"/candidates/models/{version.id}").text

    assert "2025 年：用之前" in page
    assert all(order in page for order in ("本模型", "规则得分", "研发强度", "随机", "对照模型"))
    assert "拒绝、推迟或压低任何服务" in page
    assert "只升不降" in page


def test_putting_to_use_is_signed_scores_the_county_and_offers_the_way_back(signed_in, version):
    second = train_model(TODAY, COMMAND)
    chief = signed_in(Role.SECTION_CHIEF)

    for each in (version, second):
        chief.post(f"/candidates/models/{each.id}/use")

    page = chief.get("/candidates/models").text
    assert f"换回模型 {version.id}" in page
    assert db.session.scalars(sa.select(Scoring.version_id).order_by(Scoring.id)).all() == [version.id, second.id]
    chief.post(f"/candidates/models/{version.id}/use")
    db.session.expire_all()
    assert (db.session.get(ModelVersion, version.id).is_live, second.is_live) == (True, False)


def test_training_makes_a_version_and_opens_it(signed_in, version):
    answer = signed_in(Role.SECTION_CHIEF).post("/candidates/models")

    assert answer.location in (f"/candidates/models/{version.id + 1}", "/tasks/1")


def test_scoring_anew_keeps_the_former_scoring(signed_in, version):
    use_model(version.id, COMMAND)
    chief = signed_in(Role.SECTION_CHIEF)

    chief.post("/candidates/models/scorings")
    chief.post("/candidates/models/scorings")

    assert len(db.session.scalars(sa.select(Scoring)).all()) == 2


def test_only_the_chief_and_the_administrator_put_a_model_to_use(signed_in, version):
    for path in ("/candidates/models", f"/candidates/models/{version.id}/use", "/candidates/models/scorings"):
        assert signed_in(Role.OFFICER).post(path).status_code == 403


def test_a_touched_version_is_refused_and_says_so(signed_in):
    scoring = a_scoring(is_live=False)

    page = signed_in(Role.SECTION_CHIEF).get(f"/candidates/models/{scoring.version_id}").text
    refused = signed_in(Role.SECTION_CHIEF).post(f"/candidates/models/{scoring.version_id}/use", follow_redirects=True)

    assert "指纹不一致" in page
    assert "看过检验，启用" not in page
    assert "指纹不一致" in refused.text


def test_an_unknown_version_is_not_found(signed_in, version):
    officer = signed_in(Role.OFFICER)

    assert [officer.get(f"/candidates/models/{number}").status_code for number in (99, 2**40)] == [404, 404]


def test_without_versions_the_page_says_what_to_do_first(signed_in):
    page = signed_in(Role.OFFICER).get("/candidates/models").text

    assert "先导入往年的申报结果" in page
    assert "还没有申报结果" in page
