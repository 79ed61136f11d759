"""What all extractors share: a candidate, clauses, corrections (“不是两万是三万”)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

CLAUSE_END = ",，。;；!！?？\n\r\t 、:：…"
SENTENCE_END = "。!！?？;；\n\r"


@dataclass(frozen=True)
class Mention:
    """A candidate value at ``start``–``end`` of the folded text. ``score`` ranks candidates of one kind, ``confidence`` is 0–1."""

    start: int
    end: int
    value: Any
    confidence: float = 0.9
    score: float = 0.0
    kind: str = ""

    def scored(self, extra: float) -> Mention:
        return replace(self, score=self.score + extra)


_CORRECTION = re.compile(
    r"(?:不算|重新说|重说|不对不对|不对|说错了|记错了|写错了|打错了|搞错了|弄错了|错了|口误|哦不是|哦不|噢不|啊不是|不不|更正一下|更正|改一下|改成|改为|应该是|"
    r"准确地?说|确切地?说|准确来说)"
)
_INSTEAD = re.compile(r"[,，。;；、 !！:：…]*(?:而|应该|其实|实际|好像)?(?:应该)?就?(?:是|叫|改成|改为)")
_NOT = re.compile(r"(?:不是|并不是|并非|不叫|不姓|别写|没有)$")
_GAP = 14


def without_corrected(text: str, mentions: list[Mention]) -> list[Mention]:
    """Drop what the speaker took back: “两万,不对,三万”, “不是两万是三万”.

    A mention is taken back when a later mention of the same kind follows a correction word close behind it, or when
    “不是” stands right before it and “是 + another mention” right after.
    """
    ordered = sorted(mentions, key=lambda m: (m.start, m.end))
    taken_back: set[int] = set()
    for index, mention in enumerate(ordered):
        following = next((m for m in ordered[index + 1 :] if m.start >= mention.end), None)
        if following is None:
            continue
        between = text[mention.end : following.start]
        instead = (
            _NOT.search(text[: mention.start])
            and len(between) <= _GAP
            and (_INSTEAD.search(between) or re.fullmatch("[,，。 ]{1,2}", between))
        )
        if instead or (len(between) <= _GAP + 6 and _CORRECTION.search(between)):
            taken_back.add(index)
    return [m for index, m in enumerate(ordered) if index not in taken_back]


def clauses(text: str, ends: str = CLAUSE_END) -> Iterator[tuple[int, int]]:
    """Spans of text between pauses; a comma between digits (12,800) is no pause."""
    start = 0
    for index, character in enumerate(text):
        if character not in ends or (character == "," and _inside_number(text, index)):
            continue
        if index > start:
            yield start, index
        start = index + 1
    if start < len(text):
        yield start, len(text)


def clause_of(text: str, start: int, end: int, ends: str = CLAUSE_END) -> tuple[int, int]:
    """The stretch between pauses around ``start``–``end``."""
    low = start
    while low > 0 and (text[low - 1] not in ends or (text[low - 1] == "," and _inside_number(text, low - 1))):
        low -= 1
    high = end
    while high < len(text) and (text[high] not in ends or (text[high] == "," and _inside_number(text, high))):
        high += 1
    return low, high


def _inside_number(text: str, index: int) -> bool:
    return 0 < index < len(text) - 3 and text[index - 1].isdigit() and text[index + 1 : index + 4].isdigit()


def strip_span(text: str, start: int, end: int, characters: str = CLAUSE_END + "“”\"'‘’()（）【】[]的了呢啊吧呀嘛") -> tuple[int, int]:
    """Shrink a span by leading and trailing ``characters``."""
    while start < end and text[start] in characters:
        start += 1
    while end > start and text[end - 1] in characters:
        end -= 1
    return start, end


def overlaps(start: int, end: int, taken: Iterable[Mention]) -> bool:
    return any(start < m.end and m.start < end for m in taken)


def longest(mentions: list[Mention]) -> list[Mention]:
    """Of overlapping mentions keep the longest."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start)):
        if not overlaps(mention.start, mention.end, kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
