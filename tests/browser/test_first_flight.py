"""The first flight: a messy workbook flies through the house, by page."""

import re
from pathlib import Path

import openpyxl

from crm import clock
from seeds.messy_workbook import MessyWorkbook, write_messy_workbook


def corrected(leftovers: Path, workbook: MessyWorkbook) -> Path:
    """The rows that came back, with the wrong cells written as they should have been."""
    book = openpyxl.load_workbook(leftovers)
    right = {fault.wrong: fault.right for fault in workbook.faulty}
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value in right:
                cell.value = right[cell.value]
    target = leftovers.with_name("改好的行.xlsx")
    book.save(target)
    return target


def upload(page, file: Path) -> None:
    page.goto("/imports/new")
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('上传并预览')")
    page.wait_for_url(re.compile(r"/imports/\d+$"))


def shown_counts(page) -> dict[str, str]:
    figures = page.locator(".key-figures > div")
    return {each.locator("dt").inner_text(): each.locator("dd").inner_text() for each in figures.all()}


def confirm(page) -> None:
    page.click("button:has-text('确认导入')")
    page.wait_for_selector("text=已全部写入")


def saved(page, button: str, target: Path) -> Path:
    with page.expect_download() as download:
        page.click(button)
    download.value.save_as(target)
    return target


def test_messy_workbook_flies_through_the_house(open_page, tmp_path):
    workbook = write_messy_workbook(tmp_path / "研发情况.xlsx", clock.today())
    page = open_page("/imports/new", account="keyuan1")

    upload(page, workbook.path)
    assert shown_counts(page) | {"待确认": "0"} == {
        "新增": str(workbook.created),
        "更新": str(workbook.updated),
        "不变": str(workbook.unchanged),
        "重复": "0",
        "待确认": "0",
        "有误": "2",
    }
    leftovers = saved(page, "a:has-text('下载未导入行')", tmp_path / "未导入行.xlsx")
    confirm(page)

    upload(page, corrected(leftovers, workbook))
    assert (shown_counts(page)["新增"], shown_counts(page)["更新"], shown_counts(page)["有误"]) == ("1", "1", "0")
    confirm(page)

    upload(page, workbook.path)
    assert page.locator(".notice:has-text('同一个文件已由')").count() == 1
    assert (shown_counts(page)["新增"], shown_counts(page)["更新"]) == ("0", "0")


def test_firm_is_found_by_initials_corrected_and_handed_over_as_a_list(open_page, tmp_path):
    page = open_page("/firms?sort=-sales_revenue", account="keyuan1")
    name = page.locator("table.data tbody th a, table.data tbody td a").first.inner_text()

    page.goto(f"/firms?q={initials(name)}")
    page.click(f"text={name}")
    page.goto(f"{page.url.partition('?')[0]}?tab=figures")
    page.click("text=填年度数据")
    page.fill("[name^='staff-'] >> nth=-1", "321.25")
    page.click("button:has-text('保存'):not([aria-hidden])")
    page.wait_for_selector(".notice-good")
    page.goto(f"/firms?q={initials(name)}")
    listed = saved(page, "button:has-text('导出')", tmp_path / "名单.xlsx")

    upload(page, listed)
    counts = shown_counts(page)
    assert {"新增": counts["新增"], "更新": counts["更新"], "有误": counts["有误"]} == {
        "新增": "0",
        "更新": "0",
        "有误": "0",
    }
    assert int(counts["不变"]) >= 1


def initials(name: str) -> str:
    from pipelines.names import pinyin

    return pinyin(name.partition("（")[0])[1]
