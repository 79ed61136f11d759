"""A page as PDF (reportlab).

Chinese needs no font file: STSong-Light is one of the standard CID fonts that PDF readers supply themselves (Adobe's Asian fonts, or the
nearest Chinese font of the device). With ``JIEFEN_PDF_FONT`` a TrueType font is embedded instead, as the subset of signs that are used; one
that cannot be read is said in the log and the page is made all the same.
"""

from __future__ import annotations

import io
import logging
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from backend.documents.page import Page, Row, Section

log = logging.getLogger("jiefen.documents")

MEDIA_TYPE = "application/pdf"
STANDARD, EMBEDDED = "STSong-Light", "JiefenPage"
UNPRINTABLE = "□"
_BLANK = "＿" * 8 + "　　"
# Middle dots of names (阿依古丽·买买提) and of lists: of all of them only this one is in every reader's Chinese font.
_DOTS = str.maketrans("·•‧∙⋅", "・・・・・")
_WIDTH = A4[0] - 5.2 * cm
_LEFT = 3.4 * cm
LONGEST = 400  # characters of a paragraph; reportlab breaks pages between lines, but a table cell must fit on one
_RULE = colors.HexColor("#999999")


def render(page: Page, font: Path | None = None) -> bytes:
    """The bytes of the .pdf. ``font``: TrueType file to embed."""
    name = _font(font)
    styles = _Styles(name)
    story: list[Flowable] = [Paragraph(styles.text(page.title), styles.title)]
    if page.number:
        story.append(Paragraph(styles.text(page.number), styles.number))
    for section in page.sections:
        story += _section(section, styles)
    story += [Spacer(1, 0.8 * cm), Paragraph(styles.text(f"{page.sign}{_BLANK}{page.date}"), styles.sign), Spacer(1, 0.5 * cm)]
    story += [Paragraph(styles.text(note), styles.note) for note in page.notes]
    out = io.BytesIO()
    SimpleDocTemplate(
        out, pagesize=A4, leftMargin=2.6 * cm, rightMargin=2.6 * cm, topMargin=2.2 * cm, bottomMargin=2 * cm,
        title=page.title, author="", lang="zh-CN",
    ).build(story)  # fmt: skip
    return out.getvalue()


class _Styles:
    def __init__(self, font: str) -> None:
        base = ParagraphStyle("base", fontName=font, fontSize=12, leading=20, wordWrap="CJK")
        self.font = font
        self.body = ParagraphStyle("body", base, firstLineIndent=24, spaceAfter=3)
        self.item = ParagraphStyle("item", base, leftIndent=14, firstLineIndent=-14, spaceAfter=2)
        self.cell = ParagraphStyle("cell", base, fontSize=11.5, leading=17)
        self.title = ParagraphStyle("title", base, fontSize=20, leading=30, alignment=TA_CENTER, spaceAfter=6)
        self.number = ParagraphStyle("number", base, fontSize=10.5, leading=16, alignment=TA_CENTER)
        self.heading = ParagraphStyle("heading", base, fontSize=13.5, leading=22, spaceBefore=10, spaceAfter=4)
        self.sign = ParagraphStyle("sign", base, alignment=TA_RIGHT)
        self.note = ParagraphStyle("note", base, fontSize=9, leading=13, textColor=colors.HexColor("#444444"))
        widths = getattr(pdfmetrics.getFont(font).face, "charWidths", None) if font == EMBEDDED else None
        self._known = frozenset(widths) if widths else None

    def text(self, words: str) -> str:
        """Escaped; signs that the font cannot show become □, so that a reader sees that something stood there."""
        words = words if self._known is not None else words.translate(_DOTS)
        return escape("".join(sign if self._shows(ord(sign)) else UNPRINTABLE for sign in words if sign == "\n" or sign.isprintable()))

    def _shows(self, code: int) -> bool:
        if code == 0x0A:
            return True
        return code in self._known if self._known is not None else code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF


def _section(section: Section, styles: _Styles) -> list[Flowable]:
    body: list[Flowable] = [_table(section.rows, styles)] if section.rows else []
    body += [Paragraph(styles.text(part), styles.body) for text in section.paragraphs for part in text.split("\n") if part.strip()]
    body += [Paragraph(styles.text(f"· {item}"), styles.item) for item in section.items]
    if not section.heading:
        return body
    return [KeepTogether([Paragraph(styles.text(section.heading), styles.heading), *body[:1]]), *body[1:]]


def _table(rows: tuple[Row, ...], styles: _Styles) -> Flowable:
    cells = [[Paragraph(styles.text(label), styles.cell), Paragraph(styles.text(value), styles.cell)] for label, value in _split(rows)]
    table = Table(cells, colWidths=[_LEFT, _WIDTH - _LEFT], hAlign="LEFT")
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.6, _RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _split(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    """A value longer than LONGEST goes on in the next row."""
    found: list[tuple[str, str]] = []
    for row in rows:
        parts = [row.value[start : start + LONGEST] for start in range(0, len(row.value), LONGEST)] or [""]
        found += [(row.label if part is parts[0] else "", part) for part in parts]
    return found


@cache
def _font(path: Path | None) -> str:
    """Register what the page is set in; the standard font when the wanted one cannot be used."""
    if path is not None:
        try:
            pdfmetrics.registerFont(TTFont(EMBEDDED, str(path)))
        except (TTFError, OSError) as error:
            log.warning("JIEFEN_PDF_FONT cannot be used (%s); the reader's own Chinese font is named instead", type(error).__name__)
        else:
            return EMBEDDED
    pdfmetrics.registerFont(UnicodeCIDFont(STANDARD))
    return STANDARD
