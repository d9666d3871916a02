"""flask model train|evaluate|score|use: each says what it did in counts, and refuses with a code."""

import pytest
from click.testing import Result

from tests.crm.actions.test_models import decided


@pytest.fixture
def flask(app):
    return lambda *words: app.test_cli_runner().invoke(args=["model", *words])


def said(result: Result) -> tuple[int, str]:
    return result.exit_code, result.output


def test_a_version_is_trained_told_put_to_use_and_scores(flask):
    decided(60, 50, years=(2023, 2024, 2025))

    trained, evaluated, used, scored = flask("train"), flask("evaluate"), flask("use", "1"), flask("score")

    assert (trained.exit_code, evaluated.exit_code, used.exit_code, scored.exit_code) == (0, 0, 0, 0)
    assert "已训练模型 1（样本少，向演示模型收缩）：首次申报的结果 110 项，其中未通过 50 项。" in trained.output
    assert "2025  本模型" in evaluated.output
    assert used.output == scored.output == "已为 110 家企业排序。\n"


def test_too_little_is_told_and_still_makes_an_honest_version(flask):
    decided(3, 2)

    code, told = said(flask("train"))

    assert code == 0
    assert "首次申报有结果的只有 5 项，少于 30 项：只按规则分层，不给百分比。" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("evaluate",), "还没有模型，请先执行 flask model train。"), (("use", "7"), "没有这个模型版本")],
)
def test_what_is_not_there_is_refused_with_a_code(flask, words, sentence):
    code, told = said(flask(*words))

    assert (code, sentence in told) == (1, True)


def test_without_a_version_in_use_nobody_is_scored(flask):
    assert said(flask("score")) == (0, "还没有启用的模型。\n")
