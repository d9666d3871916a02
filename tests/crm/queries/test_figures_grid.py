from datetime import date
from decimal import Decimal

import pytest

from crm.extensions import db
from crm.models import ImportBatch
from crm.queries.figures_grid import FIGURE_FIELDS, figures_grid
from pipelines.vocabulary import FiguresSource, ImportStatus
from tests.builders import WAN, a_firm, some_figures

TODAY = date(2026, 11, 23)


def rows(firm, years=None) -> dict:
    return {row.field: row for _, group in figures_grid(firm, TODAY, {"years": years}).groups for row in group}


def test_every_figure_of_the_ledger_stands_in_the_grid_once(app):
    fields = [row.field for _, group in figures_grid(a_firm(), TODAY).groups for row in group if not row.is_derived]

    assert sorted(fields) == sorted(FIGURE_FIELDS)


@pytest.mark.parametrize(
    ("known", "wanted", "years"),
    [
        ([], {}, range(2020, 2026)),
        ([2026], {}, range(2021, 2027)),
        ([2030], {}, range(2020, 2026)),
        ([], {"years": "3"}, range(2023, 2026)),
        ([], {"years": "0"}, range(2020, 2026)),
        ([], {"years": "-4"}, range(2020, 2026)),
        ([], {"years": "9999"}, range(1996, 2026)),
        ([], {"years": "x"}, range(2020, 2026)),
        ([], {"year": "2023"}, [2023]),
        ([], {"year": "2026"}, [2026]),
        ([], {"year": "2027"}, range(2020, 2026)),
        ([], {"year": "1066"}, range(2020, 2026)),
    ],
)
def test_last_six_years_are_shown_unless_others_are_asked_for(app, known, wanted, years):
    firm = a_firm()
    for year in known:
        some_figures(firm, year)

    assert figures_grid(firm, TODAY, wanted).years == tuple(years)


def test_shares_are_computed_year_by_year_and_marked(app):
    firm = a_firm(founded_on=date(2010, 1, 1))
    some_figures(
        firm, 2025, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(200 * WAN), staff=Decimal(50),
        tech_staff=Decimal(10), total_income=Decimal(5000 * WAN), non_taxable_income=Decimal(1000 * WAN),
        high_tech_revenue=Decimal(3000 * WAN), net_assets=Decimal(150 * WAN),
    )  # fmt: skip
    some_figures(
        firm, 2024, total_income=Decimal(4000 * WAN), high_tech_revenue=Decimal(3000 * WAN), net_assets=Decimal(100)
    )
    some_figures(firm, 2023, net_assets=Decimal(100))

    grid = rows(firm, "3")

    assert [cell.value for cell in grid["rd_ratio"].cells] == [0.055, 0.055, 0.05]
    assert [cell.value for cell in grid["tech_staff_ratio"].cells] == [None, None, 0.2]
    assert [cell.value for cell in grid["high_tech_ratio"].cells] == [None, 0.75, 0.75]
    assert [cell.value for cell in grid["net_assets_growth"].cells] == [None, None, 7499.5]
    assert {row.field for row in grid.values() if row.is_derived} == {
        "rd_ratio", "tech_staff_ratio", "high_tech_ratio", "net_assets_growth",
    }  # fmt: skip


def test_unknown_is_not_zero(app):
    firm = a_firm()
    some_figures(firm, 2025, sales_revenue=Decimal(0), rd_spend=None)

    grid = rows(firm, "1")

    assert [grid[field].cells[0].value for field in ("sales_revenue", "rd_spend", "rd_ratio")] == [0, None, None]


def test_source_is_told_for_what_is_known(app):
    firm = a_firm()
    some_figures(
        firm, 2025, rd_spend=None, staff=Decimal(1), tech_staff=Decimal(1), cost=Decimal(1),
        sources={"sales_revenue": "import:12", "rd_spend": "form", "staff": "form", "tech_staff": "demo"},
    )  # fmt: skip

    grid = rows(firm, "1")

    sources = [grid[field].cells[0].source for field in ("sales_revenue", "rd_spend", "staff", "tech_staff", "cost")]
    assert sources == ["导入 #12", None, "手工", "演示", None]


def test_file_is_told_with_where_its_figures_came_from(app):
    batch = ImportBatch(
        sha256="0" * 64, file_name="汇算清缴.xlsx", size=1, status=ImportStatus.APPLIED, source=FiguresSource.TAX_RETURN
    )
    db.session.add(batch)
    db.session.flush()
    firm = a_firm()
    some_figures(firm, 2025, sources={"sales_revenue": f"import:{batch.id}", "rd_spend": "form"})

    grid = rows(firm, "1")

    assert grid["sales_revenue"].cells[0].source == f"导入 #{batch.id}（汇算清缴）"
    assert grid["rd_spend"].cells[0].source == "手工"


def test_contradictions_are_told(app):
    firm = a_firm()
    some_figures(firm, 2025, staff=Decimal(5), tech_staff=Decimal(6))

    assert figures_grid(firm, TODAY).doubts == ("2025 年科技人员多于职工总数",)


def test_years_before_those_shown_are_counted(app):
    firm = a_firm()
    for year in (2015, 2016, 2025):
        some_figures(firm, year)

    assert figures_grid(firm, TODAY).earlier == 2
