"""Work in the list: many rows at a time and their way back, entries edited in place, the palette and the keys."""

import pytest

LIST = "/firms?tier=high_tech&cols=owner,next_step,next_on,tags"


def test_ticked_rows_are_dealt_out_and_the_whole_deed_is_taken_back(open_page):
    page = open_page(LIST, "kezhang")
    owners = page.locator("a[data-cell=owner]").all_inner_texts()
    page.locator("input.pick").nth(0).check()
    page.locator("input.pick").nth(1).check()
    assert page.locator("[data-picked]").inner_text() == "2"

    page.click("#bulk button[value=assign]")
    page.select_option("[name=assignee]", label="章科长（演示）")
    page.click("main [type=submit]")
    page.wait_for_selector("text=成功 2 家，未动 0 家")
    page.click("text=返回名单")
    page.wait_for_selector(".notice a:has-text('撤销')")
    assert page.locator("a[data-cell=owner]").all_inner_texts()[:2] == ["章科长（演示）"] * 2
    page.click(".notice a:has-text('撤销')")
    page.click("main [type=submit]")
    page.wait_for_selector("text=已撤销，恢复 2 家")

    page.goto(LIST)
    assert page.locator("a[data-cell=owner]").all_inner_texts() == owners


def test_all_of_the_list_is_told_by_its_number_and_a_page_is_ticked_at_once(open_page):
    page = open_page(LIST, "kezhang")

    page.check("[data-pick-page]")
    assert page.locator("[data-picked]").inner_text() == "20"
    page.check("[data-pick-all]")
    total = page.locator("[data-picked]").inner_text()
    page.click("#bulk button[value=export]")

    page.wait_for_selector(f".context:has-text('共 {total} 家')")


def test_next_step_is_written_where_it_stands_and_escape_leaves_it(open_page):
    page = open_page(LIST, "kezhang")
    step = page.locator("a[data-cell=next_step]").first
    before = step.inner_text()

    step.focus()
    page.keyboard.press("Enter")
    page.fill("td [name=what]", "不写的")
    page.keyboard.press("Escape")
    assert step.inner_text() == before
    step.click()
    page.fill("td [name=what]", "补专审报告")
    page.fill("td [name=due_on]", "2027-12-20")
    page.keyboard.press("Enter")
    page.wait_for_selector("a.cell-saved[data-cell=next_on]:has-text('2027-12-20')")

    page.reload()
    assert page.locator("a[data-cell=next_step]").first.inner_text() == "补专审报告"


def test_what_a_colleague_saved_meanwhile_is_asked_not_overwritten(open_page):
    page, other = open_page(LIST, "kezhang"), open_page(LIST, "keyuan1")
    for each in (page, other):
        each.locator("a[data-cell=owner]").nth(3).click()
        each.wait_for_selector("td select[name=owner_id]")
    now = page.locator("td select[name=owner_id]").input_value()
    choices = page.locator("td select[name=owner_id] option").evaluate_all("all => all.map(one => one.value)")
    theirs, mine = [each for each in choices if each not in ("", now)][:2]

    other.select_option("td select[name=owner_id]", theirs)
    other.click("td .cell-form [type=submit]")
    other.wait_for_selector("a.cell-saved")
    page.select_option("td select[name=owner_id]", mine)
    page.click("td .cell-form [type=submit]")

    page.wait_for_selector("dialog:has-text('他人也改了')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_palette_finds_a_firm_by_initials_and_is_open_to_everybody(open_page, violations, scheme):
    page = open_page("/firms/1")
    page.emulate_media(color_scheme=scheme)
    name = page.locator("h1").inner_text().split("\n")[0].strip()

    page.keyboard.press("Control+k")
    page.keyboard.type("qiyeku")
    page.wait_for_selector(".palette-results a:text-is('企业库')")
    assert violations(page) == []
    page.fill("#palette-input", name[:6])
    page.wait_for_selector(".palette-results a[href='/firms/1']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/firms/*")


def test_keys_lead_to_pages_and_the_sheet_names_them(open_page):
    page = open_page("/firms")

    page.keyboard.press("?")
    page.wait_for_selector("dialog .keys")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("v")

    page.wait_for_url("**/visits")


def test_everything_is_reached_without_a_script(open_page):
    page = open_page(LIST, "kezhang", scripts=False)

    page.locator("input.pick").first.check()
    page.click("#bulk button[value=assign]")
    page.wait_for_selector("main [type=submit]:has-text('分派 1 家')")
    page.goto(LIST)
    page.locator("a[data-cell=owner]").first.click()
    page.wait_for_selector("h1:has-text('责任人')")
    page.click(".palette-open")
    page.fill("main [name=q]", "企业库")
    page.click("main .filters button")

    page.wait_for_selector(".palette-results a:text-is('企业库')")
