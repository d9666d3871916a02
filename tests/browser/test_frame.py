"""The frame of every page, with and without a script."""

import pytest


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
    assert page.locator("main a").all_inner_texts() == ["操作记录", "修改口令", "两步验证"]


def test_skip_link_leads_past_the_menu(open_page):
    page = open_page("/firms")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
