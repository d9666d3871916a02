"""The frame of every page, with and without a script."""

import sqlite3
from datetime import UTC, datetime

import pytest

from crm.actions.demo import DEMO_PASSWORD


def test_slash_goes_to_the_search_box(open_page):
    page = open_page("/firms")

    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "search"


@pytest.mark.parametrize(("choice", "ground"), [("深色", "rgb(18, 22, 29)"), ("浅色", "rgb(245, 246, 248)")])
def test_chosen_colours_stay_from_page_to_page(open_page, choice, ground):
    page = open_page("/firms", dark=choice == "浅色")

    page.click("summary:has-text('章科长')")
    page.click(f".user-card button:has-text('{choice}')")
    page.goto("/firms/new")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_colours_follow_the_system_without_a_script(open_page):
    page = open_page("/firms", dark=True, scripts=False)

    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(18, 22, 29)"


def test_drawer_of_the_phone_opens_without_a_script_and_leads_on(open_page):
    page = open_page("/firms", width=390, scripts=False)

    page.click(".drawer summary")
    page.click(".drawer-menu a:has-text('走访跟进')")

    assert page.url.endswith("/visits")


def test_menu_offers_what_the_role_may_open(open_page):
    page = open_page("/", account="shenji")

    assert page.locator(".menu a").all_inner_texts() == ["系统管理"]
    page.click(".menu a")
    assert page.locator("main a").all_inner_texts() == ["操作记录", "修改口令", "登录中的地方", "两步验证"]


def test_skip_link_leads_past_the_menu(open_page):
    page = open_page("/firms")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_end_of_the_session_is_told_before_it_comes_and_a_typed_form_outlives_it(open_page, server):
    page = open_page("/firms/20/edit", account="keyuan2")
    page.clock.install()
    page.reload()
    page.fill("#address", "嘉善县午休路3号")

    page.clock.run_for("24:30")
    page.get_by_role("button", name="继续").click()
    page.wait_for_selector("dialog", state="detached")
    page.clock.run_for("23:00")
    assert page.locator("dialog").count() == 0
    page.clock.run_for("07:00")
    assert "登录已超时。填写的内容还在这一页上" in page.locator("dialog").inner_text()
    page.get_by_role("button", name="知道了").click()
    _set_seen(server, "2020-01-01 00:00:00.000000")
    page.click("button:has-text('保存'):not([aria-hidden])")
    page.fill("[name=account]", "keyuan2")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("button:has-text('登录')")
    page.click("button:has-text('继续提交')")

    page.wait_for_url("**/firms/20")
    assert "嘉善县午休路3号" in page.locator("#overview").inner_text()
    _set_seen(server, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}")  # other tests come by the same pass


def test_what_was_typed_in_the_list_outlives_the_session_too(open_page, server):
    page = open_page("/firms?cols=owner,next_step,next_on", account="keyuan2")
    page.locator("a[data-cell=next_step]").first.click()
    page.fill("td [name=what]", "补研发费用专审报告")
    page.fill("td [name=due_on]", "2027-11-20")
    _set_seen(server, "2020-01-01 00:00:00.000000")
    page.keyboard.press("Enter")

    page.wait_for_selector("text=刚才提交的内容还没有保存")
    page.fill("[name=account]", "keyuan2")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("button:has-text('登录')")
    page.click("button:has-text('继续提交')")

    page.wait_for_selector("main:has-text('补研发费用专审报告')")
    _set_seen(server, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}")


def _set_seen(server, moment):
    with sqlite3.connect(server.instance / "crm.db", timeout=30) as county:
        county.execute(
            "UPDATE sessions SET seen_at = ? WHERE user_id = (SELECT id FROM users WHERE account = 'keyuan2')", [moment]
        )
