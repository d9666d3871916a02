"""The thread from research through rights to products, as a reviewer pulls at it."""

from decimal import Decimal

from pipelines.funnel.evidence import Dossier, Product, Project, Right, loose_ends

INVENTION = Right(1, "发明甲", is_granted=True)
SPENT = Right(2, "实用新型乙", is_granted=True, used_in_year=2021)
PENDING = Right(3, "发明丙", is_granted=False)


def a_dossier(projects=(), products=(), rights=(INVENTION,), **known) -> Dossier:
    return Dossier(2026, projects, products, rights, **known)


def tied(**known) -> Dossier:
    project = Project("RD01", Decimal(2_000_000), frozenset({1}))
    product = Product("PS01", Decimal(9_000_000), frozenset({1}), frozenset({"RD01"}))
    return a_dossier([project], [product], **known)


def test_nothing_noted_asks_nothing():
    assert loose_ends(a_dossier()) == ()


def test_a_dossier_whose_threads_are_all_tied_asks_nothing():
    assert loose_ends(tied(rd_spend=Decimal(2_000_000), high_tech_revenue=Decimal(9_000_000))) == ()


def test_amounts_that_do_not_add_up_are_told_in_wan_yuan():
    assert loose_ends(tied(rd_spend=Decimal(2_500_000), high_tech_revenue=Decimal(9_000_050))) == (
        "研发活动经费合计 200 万元，比登记的近三年研发费用合计少 50 万元。",
        "产品收入合计 900 万元，比登记的上年高品收入少 0.005 万元。",
    )


def test_amounts_nobody_knows_are_not_compared():
    half_known = a_dossier([Project("RD01", None, frozenset({1}))], tied().products, rd_spend=Decimal(1))

    assert not any("合计" in sentence for sentence in loose_ends(half_known))


def test_a_product_without_rights_or_research_is_asked_about():
    found = loose_ends(a_dossier([Project("RD01", None, frozenset({1}))], [Product("PS01", None)]))

    assert found == (
        "PS01 没有知识产权支持：核心技术的知识产权要落到主要产品上。",
        "PS01 没有对应的研发活动。",
    )


def test_research_that_led_nowhere_is_asked_about():
    found = loose_ends(a_dossier([Project("RD01", None), Project("RD02", None)], tied().products))

    assert "RD02 既没有知识产权，也没有用到产品上：成果是什么？" in found
    assert not any(sentence.startswith("RD01") for sentence in found)


def test_a_right_that_is_spent_or_pending_cannot_carry_this_application():
    project = Project("RD01", None, frozenset({2, 3}))
    found = loose_ends(a_dossier([project], [], [SPENT, PENDING]))

    assert "“实用新型乙”是Ⅱ类，已用于 2021 年申报，这次不能再计。" in found
    assert "“发明丙”还没有授权，不能作为有效知识产权。" in found


def test_rights_that_lie_idle_are_counted_and_named():
    idle = [Right(number, f"专利{number}", is_granted=True) for number in range(10, 15)]
    found = loose_ends(a_dossier(tied().projects, tied().products, [INVENTION, SPENT, *idle]))

    assert found == ("有 5 件可用的知识产权没有对应研发活动或产品：专利10、专利11、专利12等。",)
