"""Word papers out of templates that the office may edit: double braces are filled in, rows of tables repeated.

A template is run in Jinja's sandbox and every value is escaped: a firm called {{ 1 }} or <w:p> stays a name. The
shipped templates have the look of official papers (GB/T 9704: A4, 上 37、左 28 mm, 标题二号小标宋, 正文三号仿宋).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.refusals import Refusal

_TITLE_FONT, _HEADING_FONT, _BODY_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"
_TITLE_POINTS, _BODY_POINTS, _CELL_POINTS, _LINE_POINTS = 22, 16, 10.5, 28.8  # 22 lines a page


@dataclass(frozen=True)
class Title:
    text: str


@dataclass(frozen=True)
class Heading:
    """一、…"""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """text: one paragraph; lines: the name of a list, each entry of it a paragraph. points: the size of the type."""

    text: str = ""
    lines: str = ""
    points: float = _BODY_POINTS
    is_indented: bool = True


@dataclass(frozen=True)
class Table:
    """rows: the name of the list; columns: heading, field of a row, width in cm."""

    rows: str
    columns: Sequence[tuple[str, str, float]]


Block = Title | Heading | Paragraph | Table


def write_template(target: Path | IO[bytes], blocks: Sequence[Block], *, across: bool = False) -> None:
    """The template of these blocks; across: A4 on its side, for wide tables."""
    from docx import Document  # slow import
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    margins = (28, 26, 26, 26) if across else (37, 28, 35, 26)
    section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = map(Mm, margins)
    for block in blocks:
        _write(paper, block)
    _number_pages(section)
    paper.save(str(target) if isinstance(target, Path) else target)


def _write(paper: Any, block: Block) -> None:
    match block:
        case Title(text):
            _say(_centred(paper.add_paragraph()), text, _TITLE_FONT, _TITLE_POINTS)
        case Heading(text):
            _say(_spaced(paper.add_paragraph(), _BODY_POINTS, True), text, _HEADING_FONT, _BODY_POINTS)
        case Paragraph(text, lines, points, is_indented):
            for words in [f"{{%p for line in {lines} %}}", "{{ line }}", "{%p endfor %}"] if lines else [text]:
                _say(_spaced(paper.add_paragraph(), points, is_indented), words, _BODY_FONT, points)
        case Table(rows, columns):
            _write_table(paper, rows, columns)


def _write_table(paper: Any, rows: str, columns: Sequence[tuple[str, str, float]]) -> None:
    from docx.shared import Mm

    table = paper.add_table(rows=4, cols=len(columns), style="Table Grid")
    for place, (heading, field, _) in enumerate(columns):
        _say(table.cell(0, place).paragraphs[0], heading, _HEADING_FONT, _CELL_POINTS)
        _say(table.cell(2, place).paragraphs[0], "{{ row." + field + " }}", _BODY_FONT, _CELL_POINTS)
    _say(table.cell(1, 0).paragraphs[0], f"{{%tr for row in {rows} %}}", _BODY_FONT, _CELL_POINTS)
    _say(table.cell(3, 0).paragraphs[0], "{%tr endfor %}", _BODY_FONT, _CELL_POINTS)
    table.autofit = False
    for place, (_, _, width) in enumerate(columns):  # Word reads the cells, others the grid
        table.columns[place].width = Mm(width * 10)
        for row in table.rows:
            row.cells[place].width = Mm(width * 10)
            _breathe(row.cells[place].paragraphs[0], is_name=place == 0)
    _keep_whole(table)


def _breathe(paragraph: Any, *, is_name: bool) -> None:
    """A little room above and below; what is no name stands in the middle."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.alignment = None if is_name else WD_ALIGN_PARAGRAPH.CENTER


def _number_pages(section: Any) -> None:
    """— 1 —, in the middle below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    page = OxmlElement("w:fldSimple")
    page.set(qn("w:instr"), "PAGE")
    foot._p.append(page)
    foot.add_run(" —")


def _centred(paragraph: Any) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(_BODY_POINTS)
    return paragraph


def _spaced(paragraph: Any, points: float, is_indented: bool) -> Any:
    """Two characters in, lines of one height."""
    from docx.shared import Pt

    form = paragraph.paragraph_format
    form.first_line_indent = Pt(2 * points) if is_indented else None
    form.line_spacing = Pt(_LINE_POINTS * points / _BODY_POINTS)
    form.space_before = form.space_after = Pt(0)
    return paragraph


def _say(paragraph: Any, text: str, font: str, points: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(points)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _keep_whole(table: Any) -> None:
    """The first row again on every page, and no row torn by the end of one."""
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def fill_template(template: Path | IO[bytes], values: Mapping[str, Any], target: IO[bytes]) -> None:
    """Raises Refusal for a template that somebody has broken while editing it, naming the field that is none."""
    from docx.opc.exceptions import OpcError  # slow import
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        paper = DocxTemplate(str(template) if isinstance(template, Path) else template)
        environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)  # noqa: S701 - autoescape is on
        paper.render(dict(values), environment)
        paper.save(target)
    except (TemplateError, OpcError, ValueError, KeyError, OSError) as fault:
        raise Refusal(f"Word 模板不能用：{_words(fault)}。请改好模板，或把它移走，系统会重新放一份默认的。") from fault


def _words(fault: Exception) -> str:
    from jinja2 import UndefinedError

    if isinstance(fault, UndefinedError) and (named := re.search(r"'(\w+)'(?: is undefined|$)", str(fault))):
        return f"没有名为“{named[1]}”的内容"
    line = getattr(fault, "lineno", None)
    return f"第 {line} 处占位符写法有误" if line else "文件不是可以打开的 Word 文档，或占位符写法有误"
