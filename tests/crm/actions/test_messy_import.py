from crm.actions.demo import DEMO, load_demo
from crm.actions.import_plans import plan_of
from crm.actions.imports import preview_import
from pipelines.vocabulary import RowOutcome
from seeds import DEFAULT_SEED
from seeds.messy_workbook import write_messy_workbook
from tests.seeds.counties import TODAY


def test_messy_workbook_is_planned_as_it_promises(app, tmp_path):
    load_demo(200, DEFAULT_SEED, TODAY)
    messy = write_messy_workbook(tmp_path / "摸底表.xlsx", TODAY)

    batch = preview_import(messy.path, "摸底表.xlsx", DEMO)

    plan = plan_of(batch)
    assert plan.counts == {
        RowOutcome.CREATE: messy.created,
        RowOutcome.UPDATE: messy.updated,
        RowOutcome.UNCHANGED: messy.unchanged,
        RowOutcome.FAULTY: 2,
    }
    assert {row.row for row in plan.rows if row.errors} == {fault.row for fault in messy.faulty}
    assert [doubt.value for row in plan.rows for doubt in row.doubts] == ["约1200"]
