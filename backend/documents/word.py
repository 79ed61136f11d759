"""A page as a Word document (python-docx). Fonts are named, not embedded: Word and WPS bring 宋体 and 黑体 themselves."""

from __future__ import annotations

import io
import re

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from backend.documents.page import Page, Row, Section

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEAD = "宋体", "黑体"
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 cannot hold these at all
_BLANK = "＿" * 8 + "　　"


def render(page: Page) -> bytes:
    """The bytes of the .docx."""
    document = Document()
    _set_up(document, page.title)
    _line(document.add_paragraph(), page.title, 20, HEAD, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if page.number:
        _line(document.add_paragraph(), page.number, 10.5, BODY).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in page.sections:
        _section(document, section)
    signature = _line(document.add_paragraph(), f"{page.sign}{_BLANK}{page.date}", 12, BODY)
    signature.alignment, signature.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.RIGHT, Pt(18)
    for note in page.notes:
        paragraph = _line(document.add_paragraph(), note, 9, BODY, grey=True)
        paragraph.paragraph_format.space_after = Pt(0)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: DocumentObject, title: str) -> None:
    paper = document.sections[0]
    paper.page_width, paper.page_height = Cm(21), Cm(29.7)
    paper.left_margin = paper.right_margin = Cm(2.6)
    paper.top_margin = paper.bottom_margin = Cm(2.2)
    document.core_properties.title = title
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.language = "zh-CN"


def _section(document: DocumentObject, section: Section) -> None:
    if section.heading:
        heading = _line(document.add_paragraph(), section.heading, 13, HEAD, bold=True)
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(4)
        heading.paragraph_format.keep_with_next = True
    if section.rows:
        _table(document, section.rows)
    for text in section.paragraphs:
        paragraph = _line(document.add_paragraph(), text, 12, BODY)
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = 1.5
        paragraph.paragraph_format.space_after = Pt(2)
    for item in section.items:
        paragraph = _line(document.add_paragraph(), f"· {item}", 12, BODY)
        paragraph.paragraph_format.space_after = Pt(2)


def _table(document: DocumentObject, rows: tuple[Row, ...]) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for row in rows:
        cells = table.add_row().cells
        for cell, text, width, font in ((cells[0], row.label, 3.6, HEAD), (cells[1], row.value, 12.2, BODY)):
            cell.width = Cm(width)
            paragraph = _line(cell.paragraphs[0], text, 11.5, font)
            paragraph.paragraph_format.space_after = Pt(3)
            paragraph.paragraph_format.space_before = Pt(3)


def _line(paragraph: Paragraph, text: str, size: float, font: str, *, bold: bool = False, grey: bool = False) -> Paragraph:
    run: Run = paragraph.add_run(_UNWRITABLE.sub("", text))
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # what decides for Chinese
    if grey:
        run.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
    return paragraph
