"""The list of firms as it is used: in place, by keyboard, and without a script."""


def test_choosing_a_township_replaces_the_list_in_place_and_the_address_says_so(open_page):
    page = open_page("/firms")
    page.evaluate("window.untouched = true")

    page.select_option("[name=tier]", "high_tech")
    page.wait_for_url("**/firms?*tier=high_tech*")
    page.wait_for_selector(".chip:has-text('高企')")

    assert page.evaluate("window.untouched")


def test_export_repeats_the_conditions_of_the_list_that_is_shown(open_page):
    page = open_page("/firms")

    page.select_option("[name=tier]", "high_tech")
    page.wait_for_selector(".chip:has-text('高企')")

    assert page.input_value("form[action='/exports'] [name=tier]") == "high_tech"


def test_back_brings_the_list_of_before(open_page):
    page = open_page("/firms")
    page.click(".page-numbers a[rel=next]")
    page.wait_for_url("**page=2*")

    page.go_back()

    page.wait_for_selector(".page-numbers [aria-current]:has-text('1')")


def test_keys_walk_the_rows_and_enter_opens_one(open_page):
    page = open_page("/firms")
    second = page.locator("tbody th a").nth(1).get_attribute("href")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/firms/*")

    assert page.url.endswith(second)


def test_row_opens_its_firm(open_page):
    page = open_page("/firms")
    first = page.locator("tbody a").first.get_attribute("href")

    page.locator("tbody tr").first.locator("td").nth(1).click()
    page.wait_for_url("**/firms/*")

    assert page.url.endswith(first)


def test_list_is_filtered_sorted_and_turned_without_a_script(open_page):
    page = open_page("/firms", scripts=False)

    page.select_option("[name=tier]", "high_tech")
    page.click(".filters button")
    page.click("th:has-text('销售收入') a")
    page.click(".page-numbers a[rel=next]")

    assert page.locator(".chip").all_inner_texts() == ["层级：高企"]
    assert page.locator("th[aria-sort]").inner_text() == "销售收入"
    assert page.locator(".page-numbers [aria-current]").inner_text() == "2"


def test_table_scrolls_in_itself_and_its_first_column_stays(open_page):
    page = open_page("/firms", width=390)
    name = page.locator("tbody th").first

    before = name.bounding_box()["x"]
    page.locator(".table-wrap").evaluate("wrap => { wrap.scrollLeft = 400; }")

    assert name.bounding_box()["x"] == before
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_signed_out_meanwhile_leads_to_the_door_and_not_to_an_empty_list(open_page):
    page = open_page("/firms", account="keyuan3")

    page.context.clear_cookies()
    page.select_option("[name=tier]", "high_tech")

    page.wait_for_url("**/sign-in**")


def test_enter_in_a_filter_asks_the_server_once(open_page):
    page = open_page("/firms")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/firms" in request.url else None)

    page.fill(".filters [name=q]", "模拟")
    page.press(".filters [name=q]", "Enter")
    page.wait_for_selector(".chip:has-text('模拟')")
    page.wait_for_timeout(500)

    assert asked == [page.url]


def test_what_was_left_empty_stays_out_of_the_address(open_page):
    page = open_page("/firms")

    page.select_option("[name=tier]", "high_tech")
    page.wait_for_selector(".chip:has-text('高企')")

    assert page.url.endswith("/firms?view=all&tier=high_tech")


def test_error_answered_to_a_link_is_shown_and_not_swallowed(open_page):
    page = open_page("/firms")

    page.route(
        "**/firms?*page=2*",
        lambda route: route.fulfill(status=404, body="<h1>没有这个页面</h1>", content_type="text/html; charset=utf-8"),
    )
    page.click(".page-numbers a[rel=next]")

    page.wait_for_selector("h1:has-text('没有这个页面')")
