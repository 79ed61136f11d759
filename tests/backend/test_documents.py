"""Pages as Word and PDF: every word is in them, whatever was typed, with and without a font file."""

from __future__ import annotations

import io
import logging
import re
import zlib
from pathlib import Path

import pytest
from docx import Document

from backend.documents import pdf, word
from backend.documents.page import Page, Row, Section

STORY = "老板欠我三万二，阿依古丽·买买提也没拿到。\n后来他说：“再等等”。<b>&amp;</b>"


def page(story: str = STORY, **more: object) -> Page:
    sections = (
        Section("当事人和基本情况", rows=(Row("姓名", "王建国"), Row("对方", ""))),
        Section("事情经过", paragraphs=tuple(story.split("\n"))),
        Section("手里的材料", items=("考勤表.jpg",)),
    )
    return Page("情况说明", sections, sign="签名：", date="日期：2026年11月27日", notes=("没有经过核实。",), **more)  # type: ignore[arg-type]


def docx_text(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def pdf_text(content: bytes) -> str:
    """The words of a page in the standard font: UTF-16 in the content streams (reportlab writes ASCII85 over deflate)."""
    import base64

    found = []
    for stream in re.findall(rb"/Filter \[ /ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)endstream", content, re.DOTALL):
        drawn = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        for shown in re.findall(rb"\((.*?)(?<!\\)\) Tj", drawn, re.DOTALL):
            raw = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), shown)
            raw = re.sub(rb"\\(.)", lambda m: {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(m[1], m[1]), raw)
            found.append(raw.decode("utf-16-be", "replace"))
    return "".join(found)


def test_word_holds_every_word_as_it_was_typed() -> None:
    text = docx_text(word.render(page(number="登记编号：KLMY-20261127-000001")))
    for words in ("情况说明", "KLMY-20261127-000001", "王建国", *STORY.split("\n"), "· 考勤表.jpg", "签名：", "没有经过核实。"):
        assert words in text


def test_word_names_chinese_fonts_for_chinese_signs() -> None:
    document = Document(io.BytesIO(word.render(page())))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            fonts = run._element.rPr.rFonts
            assert fonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia") in ("宋体", "黑体")


def test_pdf_holds_every_word_in_the_readers_own_chinese_font() -> None:
    content = pdf.render(page())
    assert content.startswith(b"%PDF-")
    assert b"STSong-Light" in content
    assert b"/FontFile" not in content
    text = pdf_text(content)
    for words in ("情况说明", "王建国", "老板欠我三万二，阿依古丽・买买提也没拿到。", "后来他说：“再等等”。<b>&amp;</b>", "2026年11月27日"):
        assert words in text


@pytest.mark.parametrize(
    "odd",
    ["😭😭欠我钱", "\x00\x07\ufffe坏\ud800字", "𠮷野家", "</para><para>", "a" * 5000, "很长" * 2500, "\u202e反过来", "مرحبا", ""],
    ids=["emoji", "controls", "beyond-bmp", "markup", "one-word", "long", "direction", "arabic", "empty"],
)
def test_whatever_was_typed_both_files_are_made(odd: str) -> None:
    sections = (Section("甲", rows=(Row("一", odd),)), Section("乙", paragraphs=(odd,)), Section("丙", items=(odd, odd)))
    strange = Page("情况说明", sections, sign="签名：", date="日期")
    assert pdf.render(strange).startswith(b"%PDF-")
    assert docx_text(word.render(strange)).startswith("情况说明")


def test_a_sign_the_font_lacks_is_seen_to_be_missing() -> None:
    assert "欠我□钱" in pdf_text(pdf.render(page("欠我😭钱")))


@pytest.mark.parametrize("broken", ["no such file", "no font", "no TrueType"])
def test_a_font_that_cannot_be_used_is_said_and_breaks_nothing(broken: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    font = tmp_path / f"{broken}.ttf"
    if broken != "no such file":
        font.write_bytes(b"OTTO" + b"\0" * 200 if broken == "no TrueType" else b"not a font at all")
    with caplog.at_level(logging.WARNING):
        content = pdf.render(page(), font)
    assert b"STSong-Light" in content
    assert "JIEFEN_PDF_FONT" in caplog.text


@pytest.mark.skipif(not Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists(), reason="no TrueType font on this machine")
def test_a_truetype_font_is_embedded() -> None:
    content = pdf.render(page("abc 老板"), Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"))
    assert b"/FontFile2" in content
    assert b"STSong-Light" not in content
