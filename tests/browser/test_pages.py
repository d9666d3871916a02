"""Every page of the house, wide and narrow, light and dark, on paper and without a script."""

import re
import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import a_uscc

# endpoint, or what is special about it → address; {preview} and {task} come from the fixture `places`
PAGES = {
    "sessions.new": "/sign-in",
    "firms.index": "/firms?tier=high_tech&revenue_min=500&sort=-sales_revenue",
    "firms.show": "/firms/1",
    "annual_figures.index": "/firms/1?tab=figures",
    "judgements of a firm": "/firms/1?tab=qualification",
    "a programme nobody confirmed": "/firms/1?tab=qualification&programme=leading",
    "answers.edit": "/firms/1/answers/high_tech",
    "evaluations.show": "/firms/1/evaluations/1",
    "exports.new": "/exports/new?tier=high_tech",
    "export_requests.index": "/export-requests",
    "export_templates.index": "/export-templates",
    "export_templates.new": "/export-templates/new",
    "export_templates.edit": "{template}",
    "import_mappings.index": "/import-mappings",
    "gaps.index": "/gaps",
    "gaps of another programme": "/gaps?programme=srdi&page=2&nonsense=1",
    "bulk_deeds.new": "/bulk-deeds/new?deed=assign&all=yes&tier=high_tech",
    "bulk_deeds.index": "/bulk-deeds",
    "bulk_deeds.show": "{bulk}",
    "bulk_deed_undoings.new": "{bulk}/undoing",
    "firm_cells.edit": "/firms/1/cells/owner",
    "palettes.show": "/palette?q=科",
    "palettes.keys": "/palette/keys",
    "tags.index": "/system/tags",
    "tags.edit": "/system/tags/1/edit",
    "missing_figures.index": "/gaps/missing-figures",
    "colours.index": "/gaps/colours",
    "decisions.new": "/firms/1/decisions/tri_color",
    "colours of a firm": "/firms/1?tab=qualification&programme=tri_color",
    "what_ifs.show": "/firms/1/what-if/high_tech?tech_staff=20",
    "editions.new": "/editions/new",
    "editions.show": "{edition}",
    "editions.edit": "/editions/filling/little_giant",
    "deductions.index": "/gaps/deductions",
    "alliances.index": "/institutions/alliances",
    "alliances.new": "/institutions/alliances/new",
    "alliances.show": "/institutions/alliances/1",
    "alliances.edit": "/institutions/alliances/1/edit",
    "deductions.cover": "/gaps/deductions/coverage?by=industry",
    "doubts.index": "/gaps/doubts",
    "readings.edit": "/policies/readings",
    "policies.index": "/policies",
    "policies.show": "/policies/high_tech/2016-01-01",
    "an edition nobody confirmed": "/policies/leading/2022-01-01",
    "ip_rights.index": "/firms/1?tab=ip-rights",
    "recognitions.index": "/firms/1?tab=recognitions",
    "contacts.index": "/firms/1?tab=contacts",
    "events of a firm": "/firms/1?tab=timeline",
    "restorings.new": "{restoring}",
    "nothing found": "/firms?q=zzzz",
    "a view that was changed": "/firms?view={view}&q=科技",
    "saved_views.index": "/firms/views",
    "saved_views.edit": "/firms/views/{view}/edit",
    "firms.new": "/firms/new",
    "firms.edit": "/firms/1/edit",
    "archivings.new": "/firms/1/archiving",
    "annual_figures.edit": "/firms/1/figures/edit",
    "contacts.new": "/firms/1/contacts/new",
    "contacts.edit": "/firms/1/contacts/1/edit",
    "flags.edit": "{flag}",
    "flags.new": "/firms/1/flags/new",
    "ip_rights.new": "/firms/1/ip-rights/new",
    "ip_rights.edit": "/firms/1/ip-rights/1/edit",
    "recognitions.new": "/firms/1/recognitions/new",
    "recognitions.edit": "/firms/1/recognitions/1/edit",
    "recognition_endings.new": "/firms/1/recognitions/1/ending",
    "imports.index": "/imports",
    "imports.new": "/imports/new",
    "imports.show": "{preview}",
    "faulty rows": "{preview}?outcome=faulty",
    "import_columns.index": "{preview}/columns",
    "import_undoings.new": "{applied}/undoing",
    "an import that was done": "{applied}",
    "suspected_pairs.index": "/firms/suspected-pairs",
    "pairs that are two": "/firms/suspected-pairs?which=settled",
    "merges.index": "/merges",
    "merges.new": "/merges/new?kept=1&gone=2",
    "the other of a merge": "/merges/new?kept=1",
    "candidacies.index": "/candidacies",
    "candidacies as a list": "/candidacies?face=list&state=all",
    "candidacies.new": "/candidacies/new?firm=2",
    "candidacies.show": "/candidacies/1",
    "candidacies.edit": "/candidacies/1/edit",
    "application_parts.index": "/candidacies/{parts}/parts",
    "application_parts.new": "/candidacies/{parts}/parts/new?kind=product",
    "application_parts.edit": "/candidacies/{parts}/parts/1/edit",
    "candidacies of a firm": "/firms/1?tab=candidacies",
    "stage_moves.new": "/candidacies/1/stage-moves/new?to=abandoned",
    "campaigns.index": "/candidacies/campaigns",
    "campaigns.new": "/candidacies/campaigns/new",
    "campaigns.show": "/candidacies/campaigns/1",
    "campaigns.edit": "/candidacies/campaigns/1/edit",
    "institutions.index": "/institutions?state=all&review=year&sort=-equipment",
    "institutions.cultivation": "/institutions/cultivation?near=judged",
    "institutions.new": "/firms/1/institutions/new",
    "institutions.edit": "{institution}/edit",
    "institution_archivings.new": "{institution}/archiving",
    "institutions of a firm": "/firms/1?tab=institutions",
    "projects.index": "/projects?phase=running&sort=-budget",
    "projects.new": "/firms/1/projects/new",
    "projects.show": "/projects/1",
    "projects.edit": "/projects/1/edit",
    "project_archivings.new": "/projects/1/archiving",
    "projects of a firm": "/firms/1?tab=projects",
    "home.index": "/",
    "visits.index": "/visits?q=研发",
    "visits.behind": "/visits/behind",
    "visits.load": "/visits/load",
    "visits.new": "/firms/1/visits/new",
    "visits.show": "{visit}",
    "visits.edit": "{visit}/edit",
    "visits of a firm": "/firms/1?tab=visits",
    "follow_ups.index": "/visits/follow-ups",
    "follow_ups.new": "/firms/1/follow-ups/new",
    "trainings.index": "/visits/trainings",
    "trainings.new": "/visits/trainings/new",
    "trainings.show": "/visits/trainings/1",
    "trainings.edit": "/visits/trainings/1/edit",
    "reassignments.index": "/system/reassignments",
    "reminders.index": "/reminders",
    "reminders.ahead": "/reminders/ahead",
    "reminders.preview": "/reminders/preview",
    "reminder_rules.index": "/reminders/rules",
    "reminder_rules.edit": "/reminders/rules/application_deadline",
    "reminder_stops.new": "/firms/2/reminder-stop",
    "reminder_reasons.index": "/reminders/why?firm=2",
    "calendars.index": "/reminders/calendar",
    "calendars.calls": "/reminders/calendar/calls",
    "calendars.edit": "/reminders/calendar/calls/annual_report",
    "calendars.edit_audience": "/reminders/calendar/calls/annual_report/audience",
    "call_offsets.edit": "/reminders/calendar/calls/little_giant/offsets",
    "calendars.mine": "/reminders/calendar/mine",
    "candidates.index": "/candidates?shortlist=c",
    "overrides.index": "/candidates/feedbacks",
    "potential of a firm": "/firms/2?tab=potential",
    "model_versions.index": "/candidates/models",
    "model_versions.show": "/candidates/models/1",
    "feedbacks.new": "/firms/2/feedbacks/new",
    "pre_scores.new": "/firms/2/pre-scores/new",
    "questionnaires.new": "/firms/2/questionnaires/new",
    "potential_what_ifs.show": "/firms/2/potential/what-if?rd_spend=500",
    "dashboards.index": "/dashboard",
    "the county of a past day": "/dashboard?on=2025-10-20",
    "news.index": "/news",
    "targets.index": "/targets",
    "targets of a year without": "/targets?year=2031",
    "targets.new": "/targets/new",
    "targets.show": "/targets/20",
    "targets.edit": "/targets/20/edit",
    "reports.index": "/reports",
    "reports.draft": "/reports/drafts?period=2025-Q4",
    "reports.show": "{report}",
    "funnel.index": "/funnel?by=month",
    "funnel.show": "/funnel/firms?part=closing",
    "system.index": "/system",
    "tasks.index": "/tasks",
    "tasks.show": "{task}",
    "events.index": "/events",
    "checks.index": "/system/checks",
    "backups.index": "/system/backups",
    "users.index": "/users",
    "first_steps.index": "/system/first-steps",
    "townships.index": "/system/townships",
    "townships.new": "/system/townships/new",
    "townships.edit": "/system/townships/1/edit",
    "industries.index": "/system/industries?q=39",
    "industries.new": "/system/industries/new",
    "industries.edit": "/system/industries/39/edit",
    "users.new": "/users/new",
    "users.edit": "/users/3/edit",
    "passwords.edit": "/password",
    "open_sessions.index": "/account/sessions",
    "second_factors.index": "/account/codes",
    "second_factors.new": "/account/codes/set-up",
    "no such page": "/nowhere",
}
# Answered with a file, a piece of a page, a redirect to a page above, or nothing to look at.
NO_PAGES = {
    "assets.show", "duplicates.index", "export_files.show", "faulty_rows.index", "flags.index", "health.show",
    "attachments.show", "attachments.small", "calendars.feed", "calendars.matter", "mail_links.show",
    "import_templates.show", "import_templates.show_list",
    "candidates.template", "reports.template", "reports.paper", "reports.workbook",  # files
    "exports.show",  # only for lists of more than 20,000 firms
}  # fmt: skip
WIDE, PHONE = 1366, 390
OF_THE_WIDTH = (
    "color-contrast",
    "scrollable-region-focusable",
    "aria-hidden-focus",
    "link-in-text-block",
)
# A long list says the same of every row. Axe, which looks at each, is shown those that bring an element (tag and
# classes) which the rows before them had not twice.
TWO_OF_EACH_KIND = """() => {
  for (const list of document.querySelectorAll("tbody, ul, ol, .board-column")) {
    const seen = {};
    for (const row of [...list.children]) {
      const kinds = new Set([row, ...row.querySelectorAll("*")].map(part => part.tagName + part.getAttribute("class")));
      if ([...kinds].every(kind => seen[kind] >= 2)) row.remove();
      else kinds.forEach(kind => { seen[kind] = (seen[kind] || 0) + 1; });
    }
  }
}"""
WITH_THE_PHONES_FRAME = ("firms.index", "candidacies.index", "visits.new")  # its bars are the same on every page
ADMINISTRATORS = {"checks.index", "backups.index", "users.index", "users.new", "users.edit"} | {
    f"{noun}.{deed}" for noun in ("townships", "industries", "first_steps") for deed in ("index", "new", "edit")
}


@pytest.fixture(scope="module")
def places(browser, server, passes, tmp_path_factory) -> dict[str, str]:
    """Addresses with a number that only this county knows: an import in preview, its task, a standing flag."""
    with sqlite3.connect(server.instance / "crm.db") as county:
        known = county.execute("SELECT name, uscc FROM firms WHERE id = 1").fetchone()
        visit = county.execute("SELECT firm_id, id FROM visits ORDER BY id").fetchone()
        institution = county.execute("SELECT firm_id, id FROM institutions ORDER BY id").fetchone()
        parts = county.execute("SELECT candidacy_id FROM application_parts WHERE id = 1").fetchone()
        flag = county.execute("SELECT firm_id, id FROM flags WHERE lifted_on IS NULL").fetchone()
    places = {"flag": "/firms/{}/flags/{}/lifting".format(*flag), "visit": "/firms/{}/visits/{}".format(*visit)}
    places["institution"] = "/firms/{}/institutions/{}".format(*institution)
    places["parts"] = str(parts[0])
    folder = tmp_path_factory.mktemp("ledger")
    done = folder / "已导入.csv"
    done.write_text("企业名称,统一社会信用代码,园区\n{},{},科技园".format(*known), encoding="utf-8")
    return places | _previewed(browser, server, passes, _small_ledger(folder / "台账.csv", *known), done)


def _small_ledger(file: Path, name: str, uscc: str) -> Path:
    """One firm changes, one is new, one has a day that is none."""
    rows = [
        "企业名称,统一社会信用代码,成立日期,2025年销售收入(万元),备考",
        f"{name},{uscc},2018-09-17,1234.5,",
        f"嘉善新来科技有限公司,{a_uscc(70001)},2020-01-02,88,",
        f"嘉善有误科技有限公司,{a_uscc(70002)},2020.13,99,",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def _previewed(browser, server, passes, file: Path, done: Path) -> dict[str, str]:
    context = browser.new_context(base_url=server.url, storage_state=passes("kezhang"))
    page = context.new_page()
    applied = _uploaded(page, server, done)
    page.click("text=确认导入")
    page.wait_for_selector("text=已全部写入", timeout=60_000)
    preview = _uploaded(page, server, file)
    page.goto("/tasks")
    task = page.locator("main tbody a").first.get_attribute("href")
    edition, report, view = _drafted(page, server), _issued(page, server), _saved(page)
    bulk, template = _tagged(page, server), _designed(page)
    page.goto("/firms/1?tab=timeline")  # the import has changed it
    restoring = page.locator("#timeline a:text-is('恢复')").first.get_attribute("href")
    context.close()
    return {
        "preview": preview, "applied": applied, "task": task, "edition": edition, "report": report,
        "restoring": restoring, "view": view, "bulk": bulk, "template": template,
    }  # fmt: skip


def _saved(page) -> str:
    page.goto("/firms?tier=high_tech")
    page.click("text=＋存为视图")
    page.fill(".view-save [name=name]", "全县高企")
    page.check(".view-save [name=is_shared]")
    page.click(".view-save button")
    page.wait_for_url("**view=*")
    return page.url.rpartition("=")[2]


def _tagged(page, server) -> str:
    page.goto("/system/tags")
    page.fill("[name=name]", "重点培育")
    page.click("main [type=submit]")
    page.goto("/bulk-deeds/new?deed=tag&all=yes&tier=leading")
    page.select_option("[name=tagged]", label="重点培育")
    page.click("main [type=submit]")
    page.wait_for_url(re.compile(r"/bulk-deeds/\d+"))
    return page.url.removeprefix(server.url).partition("?")[0]


def _designed(page) -> str:
    page.goto("/export-templates/new")
    page.fill("[name=name]", "高企申报汇总表")
    page.fill(".order >> nth=0", "1")
    page.click("main .form-actions [type=submit]")
    page.wait_for_url("**/export-templates")
    return page.locator("main a[href$='/edit']").first.get_attribute("href")


def _uploaded(page, server, file: Path) -> str:
    page.goto("/imports/new")
    page.set_input_files("[type=file]", file)
    page.click("main [type=submit]")
    page.wait_for_url(re.compile(r"/imports/\d+$"), timeout=60_000)
    return page.url.removeprefix(server.url)


def _drafted(page, server) -> str:
    """An edition that waits for its confirmation: it changes nothing for the other pages."""
    page.goto("/editions/filling/little_giant")
    page.fill("[name=document_number]", "试验〔2026〕1号")
    page.fill("[name=in_force_from]", "2026-01-01")
    page.fill("[name=blank-sales_revenue]", "20000")
    page.click("main [type=submit]")
    page.wait_for_url(re.compile(r"/editions/\d+$"), timeout=60_000)
    return page.url.removeprefix(server.url)


def _issued(page, server) -> str:
    page.goto("/reports/drafts?period=2025-12")
    page.click("main .page-head [type=submit]")
    page.click("dialog .btn-primary")
    page.wait_for_url(re.compile(r"/reports/\d+$"), timeout=60_000)
    return page.url.removeprefix(server.url)


def account_of(name: str) -> str | None:
    if name == "sessions.new":
        return None
    return "admin" if name in ADMINISTRATORS else "kezhang"


def test_no_page_of_the_house_is_forgotten(application: Flask):
    readable = {rule.endpoint for rule in application.url_map.iter_rules() if "GET" in rule.methods}

    assert readable - NO_PAGES - set(PAGES) == set()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_to_everybody_and_fits_every_screen(open_page, places, violations, name):
    """All rules wide; in the dark the colours, which are all that changes; on a phone what its width may change."""
    page = open_page(PAGES[name].format(**places), account_of(name), width=WIDE)
    widths = page.evaluate("document.documentElement.scrollWidth"), _width_on_a_phone(page)
    page.evaluate(TWO_OF_EACH_KIND)

    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += violations(page, "color-contrast")
    page.set_viewport_size({"width": PHONE, "height": 844})
    if name in WITH_THE_PHONES_FRAME:
        found += violations(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    found += violations(page, *(() if name in WITH_THE_PHONES_FRAME else OF_THE_WIDTH))

    assert found == []
    assert widths[0] <= WIDE
    assert widths[1] <= PHONE


def _width_on_a_phone(page) -> int:
    page.set_viewport_size({"width": PHONE, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": WIDE, "height": 768})
    return width


@pytest.mark.parametrize("name", PAGES)
def test_page_says_what_it_is_without_a_script(open_page, places, name):
    page = open_page(PAGES[name].format(**places), account_of(name), width=PHONE, scripts=False)

    assert page.locator("h1").is_visible()
    assert page.locator(".js-only:visible").count() == 0


@pytest.mark.parametrize("name", ["firms.index", "firms.show"])
def test_page_on_paper_is_without_the_menu_and_says_who_printed_it(open_page, places, name):
    page = open_page(PAGES[name], "kezhang")

    page.emulate_media(media="print")

    assert not page.locator(".sidebar, .topbar, .bottombar, .page-head .actions").locator("visible=true").count()
    assert page.locator(".print-foot").inner_text().startswith("雁阵 · 章科长（演示） 打印于 ")


def test_list_on_paper_lies_across(open_page, tmp_path):
    page = open_page("/firms")

    page.pdf(path=tmp_path / "list.pdf", prefer_css_page_size=True)

    assert b"/MediaBox [0 0 841.9" in (tmp_path / "list.pdf").read_bytes()


def test_firm_on_paper_shows_every_section(open_page):
    page = open_page("/firms/1")

    page.emulate_media(media="print")

    assert page.locator("section h2:visible").all_inner_texts()[:4] == [
        "概况",
        "负面清单",
        "文件",
        "年度数据 单位：万元（另注者除外）",
    ]
