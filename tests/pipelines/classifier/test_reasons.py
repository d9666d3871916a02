import numpy as np
import pytest

from pipelines.classifier.card import DEMO_WORDS, card
from pipelines.classifier.drift import alarms, reference
from pipelines.classifier.examples import candidates, decided_years, seasons
from pipelines.classifier.features import NAMES, PLACE
from pipelines.classifier.potential import trained
from pipelines.classifier.reasons import contributions, reasons, reference_firm


@pytest.fixture(scope="module")
def lived():
    from tests.pipelines.classifier.counties import a_ledger

    ledger = a_ledger()
    return seasons(ledger, decided_years(ledger))


@pytest.fixture(scope="module")
def model(lived):
    return trained(lived, refits=1)


def with_changes(row, changes):
    changed = row.copy()
    for name, value in changes.items():
        changed[PLACE[name]] = value
    return changed


def test_contributions_add_up_to_the_difference_from_the_reference_firm(model, lived):
    values = lived[-1].measured.values

    apart = model.passing.logits(values) - model.passing.logits(reference_firm(model.passing)[None, :])

    assert contributions(model.passing, values).sum(axis=1) == pytest.approx(apart)


def test_firm_that_stands_on_every_line_has_no_reason(model):
    assert reasons(model.passing, reference_firm(model.passing)) == []


def test_staff_share_above_the_rule_is_never_told_as_a_weakness(model):
    """12.2 % of technical staff is below the average applicant, and above the rule."""
    row = with_changes(reference_firm(model.passing), {"staff_surplus": float(np.log(1.22))})

    assert [(reason.label, reason.helps) for reason in reasons(model.passing, row)] == [("科技人员", True)]


def test_shortfall_is_told_as_what_holds_the_firm_back(model):
    row = with_changes(reference_firm(model.passing), {"ps_short": -0.2, "rd_short": -0.1})

    assert [(reason.group, reason.helps) for reason in reasons(model.passing, row)] == [("ps", False), ("rd", False)]


def test_blank_is_no_reason(model):
    row = with_changes(reference_firm(model.passing), {"org_items": np.nan, "ln_conv": np.nan})

    assert reasons(model.passing, row) == []


def test_card_tells_data_method_and_limits_and_warns_of_the_demo(model):
    lines = {line.title: line.words for line in card(model, is_demo=True)}

    assert lines["注意"] == DEMO_WORDS
    assert f"{model.decisions} 项" in lines["数据"]
    assert "注意" not in {line.title for line in card(model, is_demo=False)}
    assert "不足以训练" in {line.title: line.words for line in card(trained([]), False)}["数据"]


def test_same_county_raises_no_alarm(model, lived):
    values = candidates(lived).values

    assert alarms(model.passing, reference(values), values) == []


def test_moved_feature_raises_an_alarm(model, lived):
    values = candidates(lived).values
    moved = values.copy()
    moved[:, PLACE["ps_surplus"]] = 0.0

    told = alarms(model.passing, reference(values), moved)

    assert [line.split("”")[0] for line in told] == ["“高新收入占比高于 60% 的幅度"]


def test_more_missing_figures_raise_an_alarm(model, lived):
    values = candidates(lived).values
    moved = values.copy()
    moved[:, PLACE["na_rd"]] = 1.0

    assert any("缺研发费用数据的企业比训练时多" in line for line in alarms(model.passing, reference(values), moved))


def test_changed_rules_and_bad_results_raise_alarms(model, lived):
    values = candidates(lived).values
    labels, chances = np.zeros(120), np.full(120, 0.6)

    told = alarms(
        model.passing, reference(values), values, rules_changed=True, labels=labels, chances=chances
    )  # fmt: skip

    assert told[0].startswith("政策条件已有变化")
    assert told[1] == "今年已知结果 120 家：预计通过 72 家，实际 0 家，偏差超出正常波动。"
    assert len(NAMES) == values.shape[1]
