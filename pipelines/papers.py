"""Word papers out of a template that the office may edit: double braces are filled in, rows of tables repeated.

The template is run in Jinja's sandbox and every value is escaped: a firm called {{ 1 }} or <w:p> stays a name.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from pipelines.refusals import Refusal

_COLUMNS = (
    ("序号", "row.number"), ("企业名称", "row.name"), ("镇街", "row.township"), ("潜力", "row.tier"),
    ("通过概率", "row.chance"), ("未达标或待补", "row.gap"), ("责任人", "row.owner"), ("最近走访", "row.visited"),
    ("签字", "row.signature"),
)  # fmt: skip
_WIDTHS_CM = (1.3, 5.4, 2.4, 2.6, 2.6, 4.4, 1.9, 2.4, 1.5)
_HEADING, _BODY = "方正小标宋简体", "仿宋_GB2312"  # GB/T 9704: 标题二号小标宋, 正文三号仿宋


def write_candidate_template(target: Path | IO[bytes]) -> None:
    """The template as it is shipped, in the look of official papers (GB/T 9704: A4, 上 37、左 28 mm)."""
    from docx import Document  # slow import
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    paper = Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = map(Mm, (28, 26, 26, 26))
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(title, "{{ title }}", _HEADING, Pt(22))
    for line in ("{{ summary }}", "{{ basis }}"):
        _say(paper.add_paragraph(), line, _BODY, Pt(14))
    table = paper.add_table(rows=4, cols=len(_COLUMNS), style="Table Grid")
    for place, (heading, value) in enumerate(_COLUMNS):
        _say(table.cell(0, place).paragraphs[0], heading, "黑体", Pt(10.5))
        _say(table.cell(2, place).paragraphs[0], "{{ " + value + " }}", _BODY, Pt(10.5))
    _say(table.cell(1, 0).paragraphs[0], "{%tr for row in rows %}", _BODY, Pt(10.5))
    _say(table.cell(3, 0).paragraphs[0], "{%tr endfor %}", _BODY, Pt(10.5))
    table.autofit = False
    for place, width in enumerate(_WIDTHS_CM):  # Word reads the cells, others the grid
        table.columns[place].width = Mm(width * 10)
        for row in table.rows:
            row.cells[place].width = Mm(width * 10)
    _keep_whole(table)
    for line in (
        "共 {{ rows|length }} 家。{{ remark }}",
        "制表：{{ maker }}　　{{ made_at }}　　　　审核：　　　　　　　　批准：",
    ):
        _say(paper.add_paragraph(), line, _BODY, Pt(12))
    paper.save(str(target) if isinstance(target, Path) else target)


def _say(paragraph: Any, text: str, font: str, size: Any) -> None:
    from docx.oxml.ns import qn

    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, size
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _keep_whole(table: Any) -> None:
    """The first row again on every page, and no row torn by the end of one."""
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def fill_template(template: Path | IO[bytes], values: Mapping[str, Any], target: IO[bytes]) -> None:
    """Raises Refusal for a template that somebody has broken while editing it."""
    from docx.opc.exceptions import OpcError  # slow import
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        paper = DocxTemplate(str(template) if isinstance(template, Path) else template)
        paper.render(dict(values), SandboxedEnvironment(autoescape=True))  # noqa: S701 - autoescape is on
        paper.save(target)
    except (TemplateError, OpcError, ValueError, KeyError, OSError) as fault:
        raise Refusal(f"Word 模板不能用：{_words(fault)}。请改好模板，或把它移走，系统会重新放一份默认的。") from fault


def _words(fault: Exception) -> str:
    line = getattr(fault, "lineno", None)
    return f"第 {line} 处占位符写法有误" if line else "文件不是可以打开的 Word 文档，或占位符写法有误"
