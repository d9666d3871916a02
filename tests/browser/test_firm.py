"""What only a browser shows of a firm's pages: the warning while one types, two people at once, no script at all."""

FIRM = "/firms/20"


def test_likely_duplicate_is_warned_of_while_the_name_is_typed(open_page):
    known = open_page("/firms/12").locator("h1").inner_text().split("（模拟）")[0]
    page = open_page("/firms/new")

    page.fill("#name", f"{known}（模拟）")
    page.press("#name", "Tab")

    page.locator("#duplicates a").first.wait_for()
    assert page.locator("#duplicates a").first.get_attribute("href") == "/firms/12"
    assert page.locator("#name").input_value() == f"{known}（模拟）"


def test_two_people_on_one_field_lose_nothing(open_page):
    early, late = open_page(f"{FIRM}/edit", account="keyuan1"), open_page(f"{FIRM}/edit", account="keyuan2", width=390)
    early.fill("#address", "嘉善县先来路1号")
    early.click("button:has-text('保存'):not([aria-hidden])")
    late.fill("#address", "嘉善县后来路2号")
    late.fill("#liaison", "小王")

    late.click("button:has-text('保存'):not([aria-hidden])")
    late.locator(".conflict").wait_for()
    late.check("input[name=take-address][value=yours]")
    late.click("button:has-text('保存'):not([aria-hidden])")
    late.wait_for_url(f"**{FIRM}")

    assert late.locator(".notice-good").inner_text() == "已保存。"
    late.goto(f"{FIRM}/edit")
    assert [late.input_value(field) for field in ("#address", "#liaison")] == ["嘉善县后来路2号", "小王"]


def test_firm_can_be_read_and_corrected_without_scripts(open_page):
    page = open_page(f"{FIRM}?tab=figures", scripts=False)

    page.click("nav.tabs >> text=动态")
    page.click("text=填年度数据")
    page.fill("[name^='staff-'] >> nth=-1", "约十人")
    page.click("button:has-text('保存'):not([aria-hidden])")

    assert page.locator(".field-error").count() == 1
    assert page.locator("[name^='staff-'] >> nth=-1").input_value() == "约十人"


def test_whole_number_of_a_contact_is_shown_on_request(open_page):
    page = open_page(f"{FIRM}?tab=contacts")
    masked = page.locator("#contacts td:nth-child(4)").first.inner_text()

    page.click("#contacts button:has-text('显示') >> nth=0")
    page.wait_for_url("**/disclosure")

    whole = page.locator("#contacts td:nth-child(4)").first.inner_text().removesuffix("复制").strip()
    assert ("****" in masked, "****" in whole, whole[-4:]) == (True, False, masked[-4:])
