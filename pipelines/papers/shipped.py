"""What the shipped Word templates say; the fields are those that crm/actions fills in."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelines.papers.writing import Block, Heading, Paragraph, Table, Title

_SIGNATURE = Paragraph("制表：{{ maker }}　{{ made_at }}　　　审核：　　　　　批准：", points=12, is_indented=False)


class Shipped(NamedTuple):
    blocks: Sequence[Block]
    across: bool = False


CANDIDATE_LIST, BRIEF, FIRM_FILE, RECOMMENDATION = "候选名单", "简报", "一企一档", "推荐汇总"

TEMPLATES: Mapping[str, Shipped] = {
    CANDIDATE_LIST: Shipped(
        (
            Title("{{ title }}"),
            Paragraph("{{ summary }}", points=14, is_indented=False),
            Paragraph("{{ basis }}", points=14, is_indented=False),
            Table(
                "rows",
                (
                    ("序号", "number", 1.3), ("企业名称", "name", 5.4), ("镇街", "township", 2.4),
                    ("潜力", "tier", 2.6), ("通过概率", "chance", 2.6), ("未达标或待补", "gap", 4.4),
                    ("责任人", "owner", 1.9),
                    ("最近走访", "visited", 2.4), ("签字", "signature", 1.5),
                ),
            ),
            Paragraph("共 {{ rows|length }} 家。{{ remark }}", points=12, is_indented=False),
            _SIGNATURE,
        ),
        across=True,
    ),
    BRIEF: Shipped(
        (
            Title("{{ title }}"),
            Paragraph("（数据截至 {{ as_of }}）", points=14, is_indented=False),
            Heading("一、总体情况"),
            Paragraph(lines="overview"),
            Heading("二、目标进度"),
            Paragraph(lines="progress"),
            Table(
                "targets",
                (
                    ("目标", "label", 4.8), ("完成", "actual", 1.7), ("目标数", "aim", 1.7), ("进度", "bar", 3.8),
                    ("还差", "gap", 1.5), ("去年同日", "year_ago", 1.9),
                ),
            ),
            Heading("三、各镇街"),
            Table(
                "townships",
                (
                    ("镇街", "name", 3.6), ("省科小", "tech_sme", 2.4), ("高企", "high_tech", 2.4),
                    ("今年首次认定", "first", 3.0), ("位次", "rank", 1.6), ("图示", "bar", 2.4),
                ),
            ),
            Heading("四、本期进出"),
            Paragraph(lines="moves"),
            Table(
                "moved",
                (
                    ("企业名称", "name", 6.6), ("镇街", "township", 2.8), ("变化", "change", 2.0),
                    ("期初", "before", 2.0), ("期末", "after", 2.0),
                ),
            ),
            Heading("五、日常工作"),
            Paragraph(lines="work"),
            _SIGNATURE,
        )
    ),
    FIRM_FILE: Shipped(
        (
            Title("{{ name }}"),
            Paragraph("（一企一档，数据截至 {{ as_of }}）", points=12, is_indented=False),
            Table("facts", (("项目", "label", 3.6), ("内容", "value", 12.0))),
            Heading("一、年度数据（万元、人）"),
            Table("figures", (("指标", "label", 5.4), *((f"{{{{ years[{n}] }}}}", f"y{n}", 3.4) for n in range(3)))),
            Heading("二、资质和知识产权"),
            Paragraph(lines="holdings", points=12),
            Heading("三、资格判断"),
            Paragraph(lines="judgements", points=12),
            Heading("四、走访和诉求"),
            Paragraph(lines="visits", points=12),
            _SIGNATURE,
        )
    ),
    RECOMMENDATION: Shipped(
        (
            Title("{{ title }}"),
            Paragraph("{{ opening }}"),
            Table(
                "rows",
                (
                    ("序号", "number", 1.3), ("企业名称", "name", 6.2), ("统一社会信用代码", "uscc", 4.4),
                    ("镇街", "township", 2.2), ("阶段", "stage", 1.8),
                ),
            ),
            Paragraph("共 {{ rows|length }} 家。", points=14),
            _SIGNATURE,
        )
    ),
}  # fmt: skip
