"""Checks of risk_cues.yml: expressions compile, examples match, counter-examples do not, safety texts are safe."""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.enums import RiskLevel
from knowledge.cues import CueMatcher, expand, squeeze
from knowledge.models import RiskBook, RiskCuePattern, SafetyText
from knowledge.sources import Entry
from knowledge.yamlmarks import Place

EXAMPLES, COUNTER_EXAMPLES = 3, 2  # the least that shows what a cue means
_FORBIDDEN = ("忍一忍", "保密", "一定能")  # never said when someone is in danger (intake.md section 7)


def risk_book(entry: Entry[RiskBook]) -> Iterator[str]:
    """Mistakes of the risk book, each as ``knowledge/risk_cues.yml:<line>: <reason>``."""
    broken = list(_broken(entry))
    yield from broken
    yield from _duplicates(entry)
    yield from _texts(entry)
    if broken:
        return
    matcher = CueMatcher(entry.value)
    for i, cue in enumerate(entry.value.cues):
        yield from _examples(entry, i, cue, matcher)


def _broken(entry: Entry[RiskBook]) -> Iterator[str]:
    for name, pattern in entry.value.words.items():
        yield from _compiles(entry, ("words", name), pattern)
    for part in ("figures_of_speech", "denials", "elsewhere"):
        for i, pattern in enumerate(getattr(entry.value, part)):
            yield from _compiles(entry, (part, i), pattern)
    for i, cue in enumerate(entry.value.cues):
        for part in ("patterns", "unless"):
            for j, pattern in enumerate(getattr(cue, part)):
                yield from _compiles(entry, ("cues", i, part, j), pattern)


def _compiles(entry: Entry[RiskBook], place: Place, pattern: str) -> Iterator[str]:
    try:
        re.compile(expand(pattern, entry.value.words))
    except KeyError as error:
        yield entry.problem(place, f"words 里没有词组“{error.args[0]}”")
    except RecursionError:
        yield entry.problem(place, "词组互相套在一起，解不开")
    except re.error as error:
        yield entry.problem(place, f"正则表达式写错了：{error}")


def _duplicates(entry: Entry[RiskBook]) -> Iterator[str]:
    seen: set[str] = set()
    for i, cue in enumerate(entry.value.cues):
        if cue.id in seen:
            yield entry.problem(("cues", i, "id"), f"线索编号“{cue.id}”重复了")
        seen.add(cue.id)


def _examples(entry: Entry[RiskBook], i: int, cue: RiskCuePattern, matcher: CueMatcher) -> Iterator[str]:
    if len(cue.examples) < EXAMPLES or len(cue.counter_examples) < COUNTER_EXAMPLES:
        yield entry.problem(("cues", i), f"线索“{cue.id}”至少要 {EXAMPLES} 个例子、{COUNTER_EXAMPLES} 个反例")
    for j, example in enumerate(cue.examples):
        if cue.id not in _found(matcher, example):
            yield entry.problem(("cues", i, "examples", j), f"例子“{example}”没有被线索“{cue.id}”认出来")
    for j, example in enumerate(cue.counter_examples):
        if cue.id in _found(matcher, example):
            yield entry.problem(("cues", i, "counter_examples", j), f"反例“{example}”被线索“{cue.id}”误认了")


def _found(matcher: CueMatcher, text: str) -> set[str]:
    return {hit.cue_id for hit in matcher.find(squeeze(text))}


def _texts(entry: Entry[RiskBook]) -> Iterator[str]:
    book = entry.value
    for i, text in enumerate(book.texts):
        yield from _text(entry, i, text)
    for level in (RiskLevel.R2, RiskLevel.R3):
        covered = {category for text in book.texts if text.level is level for category in text.categories}
        for i, cue in enumerate(book.cues):
            if cue.level is level and cue.category not in covered and "general" not in covered:
                yield entry.problem(("cues", i, "category"), f"{level.value} 没有给“{cue.category}”的安全提示")


def _text(entry: Entry[RiskBook], i: int, text: SafetyText) -> Iterator[str]:
    if "110" not in text.text or "110" not in text.numbers:
        yield entry.problem(("texts", i, "text"), "安全提示必须有 110")
    for number in text.numbers:
        if number not in text.text:
            yield entry.problem(("texts", i, "numbers"), f"提示里没有写出号码 {number}")
        if number not in entry.value.numbers:
            yield entry.problem(("texts", i, "numbers"), f"numbers 表里没有号码 {number}")
    for word in _FORBIDDEN:
        if word in text.text:
            yield entry.problem(("texts", i, "text"), f"安全提示里不能说“{word}”")
