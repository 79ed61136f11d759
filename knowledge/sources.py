"""Parsed knowledge files that still know where each entry stands, for the cross-checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from knowledge.models import (
    DisputeType,
    Division,
    FaqEntry,
    LegalityRule,
    Organisation,
    OrganisationKind,
    Question,
    RiskBook,
    RouteInfo,
    RoutingBook,
    Statute,
)
from knowledge.yamlmarks import Document, Place, YamlMistake, read

T = TypeVar("T")
Phrases = dict[str, str | list[str]]


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A validated value and its place in a file."""

    value: T
    document: Document
    place: Place = ()

    def problem(self, sub: Place, reason: str) -> str:
        """``knowledge/<file>:<line>: <reason>`` for a place inside this entry."""
        return self.document.problem((*self.place, *sub), reason)


@dataclass(frozen=True)
class Loaded:
    """Everything that could be read."""

    types: list[Entry[DisputeType]]
    routes: list[Entry[RouteInfo]]
    kinds: list[Entry[OrganisationKind]]
    divisions: list[Entry[Division]]
    organisations: list[Entry[Organisation]]
    routing: Entry[RoutingBook]
    questions: list[Entry[Question]]
    risk: Entry[RiskBook]
    legality: list[Entry[LegalityRule]]
    statutes: list[Entry[Statute]]
    phrases: Entry[Phrases]
    faq: list[Entry[FaqEntry]]


class Reader:
    """Reads files of one folder; mistakes are collected in ``problems``, and the faulty file counts as empty."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []

    def folder(self, name: str) -> list[str]:
        """YAML files of a sub-folder, sorted, relative to the root."""
        return sorted(f"{name}/{path.name}" for path in (self.root / name).glob("*.yml"))

    def one(self, file: str, shape: Any) -> Iterator[Entry[Any]]:
        """The file's single value, or nothing when it has a mistake."""
        document = self._read(file)
        if document is None:
            return
        try:
            yield Entry(TypeAdapter(shape).validate_python(document.data), document)
        except ValidationError as error:
            self.problems += [_explain(document, detail) for detail in error.errors(include_url=False)]

    def many(self, file: str, shape: Any) -> Iterator[Entry[Any]]:
        """The entries of a file that holds a list."""
        for whole in self.one(file, list[shape]):
            for index, value in enumerate(whole.value):
                yield Entry(value, whole.document, (index,))

    def _read(self, file: str) -> Document | None:
        name = f"knowledge/{file}"
        try:
            return read(self.root / file, name)
        except YamlMistake as mistake:
            self.problems.append(f"{name}:{mistake.line}: {mistake.reason}")
            return None


def read_all(root: Path) -> tuple[Loaded | None, list[str]]:
    """Read every file; ``None`` when at least one has a mistake of syntax or shape."""
    reader = Reader(root)
    single = {
        name: list(reader.one(f"{name}.yml", shape))
        for name, shape in (("routing", RoutingBook), ("risk_cues", RiskBook), ("phrases", Phrases))
    }
    lists = {
        name: list(reader.many(f"{name}.yml", shape))
        for name, shape in (
            ("routes", RouteInfo),
            ("organisation_kinds", OrganisationKind),
            ("divisions", Division),
            ("questions", Question),
            ("legality", LegalityRule),
            ("statutes", Statute),
        )
    }
    types = [entry for file in reader.folder("taxonomy") for entry in reader.one(file, DisputeType)]
    organisations = [entry for file in reader.folder("organisations") for entry in reader.many(file, Organisation)]
    faq = [entry for file in reader.folder("faq") for entry in reader.many(file, FaqEntry)]
    if reader.problems:
        return None, reader.problems
    loaded = Loaded(
        types=types,
        routes=lists["routes"],
        kinds=lists["organisation_kinds"],
        divisions=lists["divisions"],
        organisations=organisations,
        routing=single["routing"][0],
        questions=lists["questions"],
        risk=single["risk_cues"][0],
        legality=lists["legality"],
        statutes=lists["statutes"],
        phrases=single["phrases"][0],
        faq=faq,
    )
    return loaded, []


_REASONS = {
    "missing": "缺少必填的字段“{field}”",
    "extra_forbidden": "不认识的字段“{field}”",
    "string_type": "“{field}”应当是文字（数字和日期请加引号）",
    "bool_parsing": "“{field}”应当是 true 或 false",
    "bool_type": "“{field}”应当是 true 或 false",
    "list_type": "“{field}”应当是列表，每项以 - 开头",
    "dict_type": "“{field}”应当是“名称: 内容”的形式",
    "model_type": "“{field}”应当是“名称: 内容”的形式",
    "too_short": "“{field}”不能是空的",
    "enum": "“{field}”的值“{input}”不在允许的范围：{expected}",
    "literal_error": "“{field}”的值“{input}”不在允许的范围：{expected}",
}
_KINDS = {"int": "整数", "float": "数字", "date": "日期，写成 2026-11-23"}


def _explain(document: Document, detail: ErrorDetails) -> str:
    place: Place = tuple(detail["loc"])
    field = next((str(part) for part in reversed(place) if isinstance(part, str)), "内容")
    kind = detail["type"]
    template = _REASONS.get(kind)
    expected = detail.get("ctx", {}).get("expected", "")
    if template is None:
        wanted = _KINDS.get(kind.split("_")[0])
        template = f"“{{field}}”应当是{wanted}" if wanted else f"“{{field}}”：{detail['msg']}".replace("{", "(").replace("}", ")")
        template = template.replace("(field)", "{field}")
    shown = str(detail["input"])[:40]
    return document.problem(place, template.format(field=field, input=shown, expected=expected))
