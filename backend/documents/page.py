"""What stands on a page, free of any file format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A label with its value; an empty value is a line to fill in by hand."""

    label: str
    value: str


@dataclass(frozen=True)
class Section:
    """A heading with rows (drawn as a table), paragraphs, or items of a list."""

    heading: str
    rows: tuple[Row, ...] = ()
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A statement 情况说明.

    Attributes:
        number: line with the case number, empty before filing.
        sign, date: the line to sign on.
        notes: what it is and what it is not, in small type.
    """

    title: str
    sections: tuple[Section, ...]
    sign: str
    date: str
    notes: tuple[str, ...] = ()
    number: str = ""
