"""Finds the same cues as :class:`knowledge.cues.CueMatcher`, but tries only those expressions that the text can match at all.

The risk book holds long alternations. Each is cut at its top level, and each part is filed under characters of which it needs at
least one; a message of 600 characters then runs a few dozen expressions instead of over a thousand (3 ms budget on the slow path of
every inbound message).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from knowledge.cues import CueHit, CueMatcher
from knowledge.models import RiskBook, RiskCuePattern

# The parser of the standard library says what an expression needs; it has no typed public name.
sre: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")
_MOST = 24
"""A set with more characters than this tells too little to file a part under."""


class IndexedMatcher(CueMatcher):
    """A :class:`CueMatcher` with an index from characters to expression parts."""

    def __init__(self, book: RiskBook) -> None:
        super().__init__(book)
        self._always: list[int] = []
        self._by_character: dict[str, list[int]] = defaultdict(list)
        self._parts: list[tuple[RiskCuePattern, re.Pattern[str], list[re.Pattern[str]], list[frozenset[str]]]] = []
        for cue, patterns, unless in self._cues:
            for pattern in patterns:
                for part in split(pattern.pattern):
                    self._file(cue, re.compile(part, pattern.flags), unless)

    def _file(self, cue: RiskCuePattern, part: re.Pattern[str], unless: list[re.Pattern[str]]) -> None:
        number = len(self._parts)
        needs = sorted(needed(_parser.parse(part.pattern, part.flags)), key=len)
        self._parts.append((cue, part, unless, needs))
        if not needs or len(needs[0]) > _MOST:
            self._always.append(number)
            return
        for character in needs[0]:
            self._by_character[character].append(number)

    def find(self, text: str) -> list[CueHit]:
        masked = self.mask(text)
        characters = set(masked)
        numbers = {*self._always, *(n for c in characters for n in self._by_character.get(c, ()))}
        hits: list[CueHit] = []
        for number in sorted(numbers):
            cue, part, unless, needs = self._parts[number]
            if not any(characters.isdisjoint(need) for need in needs):
                hits.extend(self._hits(cue, [part], unless, masked))
        return sorted(set(hits), key=lambda hit: (hit.start, -hit.level.rank, hit.end))


def split(pattern: str) -> list[str]:
    """Alternatives at the top level of an expression; a pattern that opens with global flags stays whole."""
    if pattern.startswith("(?") and re.match(r"\(\?[aiLmsux]+\)", pattern):
        return [pattern]
    parts, depth, start, index, in_class = [], 0, 0, 0, False
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            index += 2
            continue
        if in_class:
            in_class = character != "]" or pattern[index - 1] == "["
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            parts.append(pattern[start:index])
            start = index + 1
        index += 1
    return [*parts, pattern[start:]] if parts else [pattern]


def needed(parsed: Any) -> list[frozenset[str]]:
    """Sets of characters, of each of which a match needs one; an empty list when nothing can be said."""
    return [need for item in parsed for need in _needs_of(*item)]


def _needs_of(operation: Any, argument: Any) -> Iterator[frozenset[str]]:
    if operation is sre.LITERAL:
        yield frozenset(chr(argument))
    elif operation is sre.IN:
        characters = _members(argument)
        if characters:
            yield characters
    elif operation is sre.SUBPATTERN:
        yield from needed(argument[3])
    elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] >= 1:
        yield from needed(argument[2])
    elif operation is sre.BRANCH:
        yield from _one_of(argument[1])


def _one_of(branches: Any) -> Iterator[frozenset[str]]:
    """One of the branches matches, so one of their narrowest needs is met."""
    narrowest = [min(needed(branch), key=len, default=None) for branch in branches]
    if all(need is not None for need in narrowest):
        yield frozenset().union(*(need for need in narrowest if need is not None))


def _members(items: Any) -> frozenset[str]:
    found: set[str] = set()
    for operation, argument in items:
        if operation is sre.LITERAL:
            found.add(chr(argument))
        elif operation is sre.RANGE and argument[1] - argument[0] <= _MOST:
            found.update(chr(code) for code in range(argument[0], argument[1] + 1))
        else:
            return frozenset()  # negated, \d, wide ranges: no telling
    return frozenset(found)
