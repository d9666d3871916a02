"""What becomes of one row: new, changed, unchanged, faulty."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.sheets.known import KnownContact, KnownRecognition
from pipelines.sheets.plan import Candidate, Difference, PlannedContact, PlannedRecognition, RowError
from pipelines.vocabulary import FirmStatus, RowOutcome, Title
from tests.pipelines.sheets.workbooks import CODES, HEAD, a_known_firm, a_plan, applied, knowing, one_row, only_row

WAN = 10_000
NAME = "嘉善甲科技有限公司"


def test_row_of_an_unknown_code_is_a_new_firm_with_its_money_in_fen():
    row = one_row(
        ("镇街", "魏塘"),
        ("成立日期", "2015.3.15"),
        ("注册资本(万元)", 500.0),
        ("是否规上", "是"),
        ("行业", "C391"),
        ("技术领域", "软件"),
        ("责任人", "李科员"),
        ("曾用名", "嘉善甲厂"),
        ("2025年营业收入(万元)", "1,234.56"),
        ("2025年职工总数", 50.0),
        ("2025年科技成果转化数", "无"),
        ("联系人", "张三"),
        ("手机", 13800138000.0),
        ("高企证书编号", "GR202333000001"),
        ("高企有效期", "2023.12.08至2026.12.08"),
    )

    assert (row.outcome, row.firm_id, row.name, row.uscc, row.key) == (
        RowOutcome.CREATE,
        None,
        NAME,
        CODES[0],
        "台账!2",
    )
    assert row.firm == {
        "township_id": 1,
        "founded_on": date(2015, 3, 15),
        "registered_capital": 500_00 * WAN,
        "above_scale": True,
        "industry_code": "C391",
        "tech_field_code": "1.1",
        "owner_id": 7,
    }
    assert row.figures == {2025: {"operating_revenue": 12345600_00, "staff": 50_00, "conversions": 0}}
    assert row.contact == PlannedContact(None, {"name": "张三", "phone": "13800138000"})
    assert row.recognitions == (
        PlannedRecognition(None, Title.HIGH_TECH, date(2023, 12, 8), date(2026, 12, 8), "GR202333000001"),
    )
    assert row.former_names == ("嘉善甲厂",)
    assert (row.differences, row.errors, row.doubts) == ((), (), ())


def test_row_that_says_what_is_known_changes_nothing():
    firm = a_known_firm(values={"township_id": 1, "status": FirmStatus.ACTIVE}, figures={2025: {"staff": Decimal(50)}})

    row = one_row(("镇街", "魏塘街道"), ("经营状态", "存续"), ("2025年职工总数", 50.0), known=knowing(firm))

    assert (row.outcome, row.firm_id, row.differences) == (RowOutcome.UNCHANGED, 1, ())


@pytest.mark.parametrize("as_kept", [Decimal, lambda yuan: yuan * 100], ids=["Decimal yuan", "whole fen"])
def test_known_money_may_come_as_yuan_or_as_the_database_keeps_it(as_kept):
    firm = a_known_firm(
        figures={2025: {"operating_revenue": as_kept(12 * WAN)}, 2024: {"operating_revenue": as_kept(7 * WAN)}}
    )

    row = one_row(("2025年营业收入(万元)", 12.0), ("2024年营业收入(万元)", 8.0), known=knowing(firm))

    assert row.differences == (Difference("operating_revenue", 2024, Decimal(7 * WAN), Decimal(8 * WAN)),)
    assert row.figures == {2024: {"operating_revenue": 8_00 * WAN}}


def test_row_that_says_something_else_is_an_update_field_by_field():
    firm = a_known_firm(
        values={"township_id": 1, "park": None, "founded_on": date(2015, 3, 15)},
        contacts=[KnownContact(4, "张三", "经理", "13800138000", None)],
    )

    row = one_row(
        ("镇街", "大云镇"),
        ("园区", "归谷"),
        ("成立日期", "2015-03-15"),
        ("联系人", "张三"),
        ("手机", "13900139000"),
        known=knowing(firm),
    )

    assert row.outcome is RowOutcome.UPDATE
    assert row.firm == {"township_id": 3, "park": "归谷"}
    assert row.contact == PlannedContact(4, {"phone": "13900139000"})
    assert row.differences == (
        Difference("township_id", None, "魏塘街道", "大云镇"),
        Difference("park", None, None, "归谷"),
        Difference("contact.phone", None, "13800138000", "13900139000"),
    )


@pytest.mark.parametrize("blank", ["", "—", "无", "暂无", "约1200", "#DIV/0!"])
def test_blank_never_erases(blank):
    firm = a_known_firm(figures={2025: {"operating_revenue": Decimal(1)}})

    row = one_row(("2025年营业收入(万元)", blank), known=knowing(firm))

    assert (row.outcome, row.figures) == (RowOutcome.UNCHANGED, {})


def test_zero_is_a_value():
    firm = a_known_firm(figures={2025: {"operating_revenue": Decimal(1)}})

    row = one_row(("2025年营业收入(万元)", 0.0), known=knowing(firm))

    assert row.figures == {2025: {"operating_revenue": 0}}


@pytest.mark.parametrize(
    ("title", "cell", "message"),
    [
        (
            "统一社会信用代码",
            9.13304e17,
            "信用代码以数字存放，Excel 只保留前15位，后面的已丢失：请把该列设为文本格式后重新填写",
        ),
        ("统一社会信用代码", CODES[0][:-1], "统一社会信用代码应为18位，现为17位"),
        ("成立日期", "2020.13", "没有这一天"),
        ("镇街", "大芸镇", "没有名为“大芸镇”的镇街，是否为：大云镇？"),
        ("行业", "计算机制照", "没有名为“计算机制照”的行业，是否为：计算机制造？"),
        ("2025年职工总数", 3.7, "人数应为整数（平均数请在标题中写明“年平均”）"),
        ("2025年职工总数", -5.0, "人数不能为负"),
        ("2025年营业收入(万元)", float("nan"), "不是有效的数字"),
        ("2025年营业收入(万元)", float("inf"), "不是有效的数字"),
        ("2025年营业收入(万元)", "1e309", "数值大得不合理，请核对数值和单位"),
        ("手机", "12345", "应为11位手机号或带区号的电话"),
        ("邮箱", "a@example.com\nBcc: b@example.com", "邮箱中有换行"),
        ("备注", "长" * 32_767, "超过 2000 个字，请缩短"),
    ],
)
def test_faulty_cell_makes_its_row_faulty_and_is_told_with_row_title_and_text(title, cell, message):
    row = one_row((title, cell))

    assert row.outcome is RowOutcome.FAULTY
    assert [(error.row, error.column, error.message) for error in row.errors][0] == (2, title, message)
    assert len(row.errors[0].value) <= 100


def test_all_faults_of_a_row_are_told_at_once():
    row = one_row(("成立日期", "昨天"), ("手机", "1"), ("镇街", "天上"))

    assert [error.column for error in row.errors] == ["成立日期", "手机", "镇街"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((("统一社会信用代码", ""),), "库中没有这家企业，新增企业请填写统一社会信用代码"),
        ((("企业名称", ""),), f"库中没有代码为 {CODES[0]} 的企业，新增企业请填写企业名称"),
    ],
)
def test_new_firm_needs_a_code_and_a_name(cells, message):
    row = one_row(*cells, ("镇街", "大云镇"), ("备注", "x"))

    assert (row.outcome, row.errors[0].message) == (RowOutcome.FAULTY, message)


def test_figures_in_a_row_without_a_year_belong_nowhere():
    row = one_row(("年度", ""), ("营业收入(万元)", 5.0))

    assert row.errors == (RowError(2, "年度", "", "请填写年度"),)


def test_year_of_a_column_of_its_own_places_the_figures_of_its_row():
    plan = a_plan(
        ["企业名称", "信用代码", "年度", "营业收入(万元)"],
        [NAME, CODES[0], 2024.0, 1.0],
        [NAME, CODES[0], "2025年", 2.0],
    )

    assert [(row.outcome, dict(row.figures)) for row in plan.rows] == [
        (RowOutcome.CREATE, {2024: {"operating_revenue": 1_00 * WAN}}),
        (RowOutcome.UPDATE, {2025: {"operating_revenue": 2_00 * WAN}}),
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            (("2025年职工总数", 10.0), ("2025年科技人员", 11.0)),
            ("2025年科技人员(年平均)", "大于同年职工总数(年平均)，请核对"),
        ),
        (
            (("2025年销售收入(万元)", 10.0), ("2025年研发费用(万元)", 11.0)),
            ("2025年研发费用", "大于同年销售收入，请核对"),
        ),
        (
            (("2024年营业收入(万元)", 5.0), ("2025年营业收入(万元)", 60_000.0)),
            ("2025年营业收入", "与2024年相差上千倍，请核对单位是元还是万元"),
        ),
        (
            (("2025年销售收入(万元)", 100.0), ("2025年研发费用(万元)", 6.0), ("2025年研发费用占比(%)", 9.0)),
            ("2025年研发费用", "按数据算得占比 6.0%，与表中所写 9.0% 不符"),
        ),
    ],
)
def test_figures_that_contradict_one_another_are_doubted_and_taken(cells, told):
    row = one_row(*cells)

    assert row.outcome is RowOutcome.CREATE
    assert [(doubt.column, doubt.message) for doubt in row.doubts] == [told]


def test_figures_are_also_held_against_known_years():
    firm = a_known_firm(figures={2024: {"operating_revenue": Decimal(3000 * WAN)}, 2025: {"staff": Decimal(5)}})

    row = one_row(("2025年营业收入(元)", 30.0), ("2025年科技人员", 9.0), known=knowing(firm))

    assert sorted(doubt.column for doubt in row.doubts) == ["2025年科技人员(年平均)", "2025年营业收入"]


def test_contact_of_another_name_is_added_and_the_known_one_stays():
    firm = a_known_firm(contacts=[KnownContact(4, "张三", None, "13800138000", None)])

    row = one_row(("联系人", "李四"), ("手机", "13900139000"), known=knowing(firm))

    assert row.contact == PlannedContact(None, {"name": "李四", "phone": "13900139000"})


def test_contact_without_a_name_is_the_only_one_known_or_is_told():
    firm = a_known_firm(contacts=[KnownContact(4, "张三", None, "13800138000", None)])

    known, unknown = one_row(("手机", "13900139000"), known=knowing(firm)), one_row(("手机", "13900139000"))

    assert known.contact == PlannedContact(4, {"phone": "13900139000"})
    assert unknown.contact is None
    assert unknown.doubts[0].message == "没有联系人姓名，职务、电话和邮箱没有登记"


def test_second_contact_that_is_known_is_no_change():
    firm = a_known_firm(
        contacts=[KnownContact(4, "张三", None, None, None), KnownContact(5, "李四", None, "13900139000", None)]
    )

    assert one_row(("联系人", "李四"), ("手机", "13900139000"), known=knowing(firm)).outcome is RowOutcome.UNCHANGED


@pytest.mark.parametrize(
    ("cells", "planned"),
    [
        ((("省科小认定年份", 2021.0),), (Title.TECH_SME, date(2021, 1, 1), None, None)),
        ((("高企认定年份", "2023"),), (Title.HIGH_TECH, date(2023, 1, 1), date(2026, 1, 1), None)),
        (
            (("高企证书编号", "GR202233000009"),),
            (Title.HIGH_TECH, date(2022, 1, 1), date(2025, 1, 1), "GR202233000009"),
        ),
        (
            (("国科小入库编号", "202533042108000001"),),
            (Title.NATIONAL_TECH_SME, date(2025, 1, 1), date(2026, 3, 31), "202533042108000001"),
        ),
        ((("发证日期", "2024.2.29"),), (Title.HIGH_TECH, date(2024, 2, 29), date(2027, 2, 28), None)),
        ((("专精特新", "2022年第一批"),), (Title.SRDI, date(2022, 1, 1), None, None)),
    ],
)
def test_recognition_is_made_out_of_what_a_ledger_says(cells, planned):
    assert [each[1:] for each in one_row(*cells).recognitions] == [planned]


@pytest.mark.parametrize("cell", ["否", "—", "", "无"])
def test_recognition_a_firm_has_not_is_none(cell):
    assert one_row(("省科小认定年份", cell)).recognitions == ()


def test_recognition_without_any_year_is_told_and_not_entered():
    row = one_row(("科技小巨人", "是"))

    assert row.recognitions == ()
    assert row.doubts == (RowError(2, "科技小巨人", "是", "没有写认定年份，未登记该资质"),)


GIVEN = KnownRecognition(8, Title.HIGH_TECH, date(2023, 12, 8), None, None)


@pytest.mark.parametrize("cells", [(("高企认定年份", "2023"),), (("发证日期", "2023-12-08"),), (("高企有效期至", ""),)])
def test_recognition_that_is_known_is_no_change(cells):
    assert one_row(*cells, known=knowing(a_known_firm(recognitions=[GIVEN]))).outcome is RowOutcome.UNCHANGED


def test_recognition_that_is_known_gets_its_number_and_end():
    firm = a_known_firm(recognitions=[GIVEN])

    row = one_row(("高企认定年份", "2023"), ("高企证书编号", "GR1"), ("有效期至", "2026.12.08"), known=knowing(firm))

    assert row.recognitions == (PlannedRecognition(8, Title.HIGH_TECH, date(2023, 12, 8), date(2026, 12, 8), "GR1"),)
    assert row.differences == (
        Difference("high_tech.valid_until", None, None, date(2026, 12, 8)),
        Difference("high_tech.certificate_no", None, None, "GR1"),
    )


def test_later_recognition_of_the_same_title_is_another_one():
    row = one_row(("发证日期", "2026-12-01"), known=knowing(a_known_firm(recognitions=[GIVEN])))

    assert [(each.id, each.recognized_on) for each in row.recognitions] == [(None, date(2026, 12, 1))]


def test_former_name_that_is_new_is_added():
    firm = a_known_firm(former_names=["嘉善甲厂"])

    row = one_row(("曾用名", "嘉善甲厂、甲作坊"), known=knowing(firm))

    assert row.former_names == ("甲作坊",)
    assert row.differences == (Difference("former_names", None, ("嘉善甲厂",), ("甲作坊",)),)


def test_content_meant_to_do_harm_is_only_text():
    row = one_row(
        ("企业名称", "=cmd|'/C calc'!A0公司"),
        ("备注", "<script>alert(1)</script>"),
        ("园区", "'; DROP TABLE firms; --"),
    )

    assert row.outcome is RowOutcome.CREATE
    assert row.name == "=cmd|'/C calc'!A0公司"
    assert row.firm == {"remark": "<script>alert(1)</script>", "park": "'; DROP TABLE firms; --"}


def test_masked_phone_of_our_own_export_changes_nothing():
    firm = a_known_firm(contacts=[KnownContact(4, "张三", None, "13800138000", None)])

    row = one_row(("联系人", "张三"), ("手机", "138****8000"), known=knowing(firm))

    assert (row.outcome, row.doubts[0].message) == (RowOutcome.UNCHANGED, "号码中间被遮盖，未读取")


def test_counts_and_digest_follow_the_rows():
    rows = [HEAD, [NAME, CODES[0], "大云镇"], ["乙公司", "1", "大云镇"]]

    plan, again = a_plan(*rows), a_plan(*rows)
    afterwards = a_plan(*rows, known=applied(plan))

    assert plan.counts == {RowOutcome.CREATE: 1, RowOutcome.FAULTY: 1}
    assert plan.digest == again.digest
    assert afterwards.counts == {RowOutcome.UNCHANGED: 1, RowOutcome.FAULTY: 1}
    assert afterwards.digest != plan.digest


def test_digest_changes_when_somebody_edited_what_the_row_would_overwrite():
    before = a_plan(HEAD, [NAME, CODES[0], "大云镇"], known=knowing(a_known_firm(values={"township_id": 1})))
    after = a_plan(HEAD, [NAME, CODES[0], "大云镇"], known=knowing(a_known_firm(values={"township_id": 2})))

    assert only_row(before).outcome is only_row(after).outcome is RowOutcome.UPDATE
    assert before.digest != after.digest


def test_candidate_is_what_an_officer_chooses_from():
    row = only_row(a_plan(["企业名称", "镇街", "备注"], [NAME, "大云镇", "x"], known=knowing(a_known_firm())))

    assert (row.outcome, row.candidates) == (RowOutcome.QUESTION, (Candidate(1, NAME, CODES[0]),))


def test_column_of_bare_years_is_told_once():
    plan = a_plan(["企业名称", "信用代码", "省科小认定年份"], [NAME, CODES[0], 2021.0], ["乙公司", CODES[1], 2022.0])

    assert plan.notes == ("“省科小认定年份”列中只写了年份的，按当年1月1日登记",)
    assert [row.doubts for row in plan.rows] == [(), ()]


def test_ledger_with_operating_revenue_alone_is_told_that_sales_stay_unknown():
    titles = ["企业名称", "信用代码", "2025年营业收入(万元)"]

    (told,) = a_plan(titles, [NAME, CODES[0], 900.0]).notes
    both = a_plan([*titles, "2025年销售收入(万元)"], [NAME, CODES[0], 900.0, 880.0])

    assert "表中有“营业收入”，没有“销售收入”" in told
    assert both.notes == ()
