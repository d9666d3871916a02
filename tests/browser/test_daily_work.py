"""The daily work in the browser: a candidacy to its certificate, a visit from a workshop, a colleague who leaves."""

import sqlite3
from datetime import date

import pytest

from crm import clock


@pytest.fixture
def prospect(server) -> int:
    """A firm nobody works on, of the officer whose account is keyuan1; another one each time it is asked for."""
    with sqlite3.connect(server.instance / "crm.db") as county:
        (firm_id,) = county.execute(
            "SELECT f.id FROM firms f JOIN users u ON u.id = f.owner_id WHERE u.account = 'keyuan1'"
            " AND f.archived_at IS NULL AND f.id NOT IN (SELECT firm_id FROM candidacies)"
            " AND f.id NOT IN (SELECT firm_id FROM recognitions WHERE title = 'high_tech')"
            " AND f.id NOT IN (SELECT firm_id FROM visits WHERE visited_on = ?) ORDER BY f.id DESC",
            (clock.today().isoformat(),),
        ).fetchone()
    return firm_id


def test_a_candidacy_goes_from_the_pool_to_the_certificate_with_a_refusal_on_the_way(open_page, prospect):
    page = open_page(f"/candidacies/new?firm={prospect}", account="keyuan1")
    page.select_option("[name=campaign_id]", label=f"{clock.today().year + 1} 年高新技术企业第一批")
    page.click("main [type=submit]")
    page.click("main a[href^='/candidacies/']:not([href*=new]):visible")

    for stage in ("拟申报", "辅导中", "材料准备"):
        move(page, stage)
    move(page, "已提交")
    assert "还有必交材料没有核过" in page.locator(".notice-bad").inner_text()
    page.click(".form-actions a:has-text('取消')")
    assert now(page) == "材料准备"

    for paper in page.locator("select[name^=state-]").all():
        paper.select_option(label="已核")
    page.click("button:has-text('保存材料')")
    for stage in ("已提交", "县初审", "市推荐", "省评审", "公示"):
        move(page, stage)
    move(page, "认定", recognized_on=clock.today(), certificate_no="GR202733009999")

    assert now(page) == "认定"
    assert page.locator("main tbody tr").count() == 24  # fourteen papers, ten moves: the refused one left no trace
    page.goto(f"/firms/{prospect}?tab=recognitions")
    assert "GR202733009999" in page.locator("main").inner_text()


def move(page, stage: str, **fields: date | str) -> None:
    page.select_option("[name=to]", label=stage)
    for name, value in fields.items():
        page.fill(f"[name={name}]", str(value))
    page.click("button:has-text('移动')")


def now(page) -> str:
    return page.locator(".steps .now").inner_text().split("\n")[-1].strip()


def test_a_visit_noted_on_a_phone_brings_a_need_that_is_owed_and_answered(open_page, prospect):
    page = open_page(f"/firms/{prospect}?tab=visits", account="keyuan1", width=390)
    page.click("a:has-text('记走访')")
    page.fill("[name=found]", "新上一条产线，研发人员十二人")
    page.fill("[name=need]", "想了解研发费用怎么归集")
    page.fill("[name=next_on]", clock.today().isoformat())
    page.click("main [type=submit]")

    assert "想了解研发费用怎么归集" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/")
    owed = page.locator(".todo li", has_text="想了解研发费用怎么归集").first
    owed.locator("[name=outcome]").fill("已约税务局同事上门辅导")
    owed.locator("button:has-text('办结')").click()
    assert page.locator(".todo li", has_text="想了解研发费用怎么归集").count() == 0

    page.click(".notice button:has-text('撤销')")
    assert page.locator(".todo li", has_text="想了解研发费用怎么归集").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_leaving_colleague_hands_everything_over_and_back(open_page):
    page = open_page("/system/reassignments", account="kezhang")
    giver, taker = "顾科员（演示）", "陆科员（演示）"
    page.select_option("[name=from_id]", label=giver)
    page.select_option("[name=to_id]", label=taker)
    page.click("button:has-text('全部移交')")
    page.click("dialog .btn-primary, dialog button:has-text('确定')")

    row = page.locator("main tbody tr").first
    assert (row.locator("td").nth(0).inner_text(), row.locator("td").nth(1).inner_text()) == (giver, taker)
    assert int(row.locator("td.num").first.inner_text()) > 0
    row.locator("button:has-text('撤销')").click()
    page.click("dialog .btn-primary, dialog button:has-text('确定')")
    assert page.locator("main tbody tr").first.locator("text=已撤销").count() == 1
