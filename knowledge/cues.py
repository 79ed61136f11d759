"""Matching of risk cues: the one meaning of ``risk_cues.yml``, used by the loader's self-check and by the safety screen.

Text handed in is already normalised (half-width, simplified, without blanks); offsets returned count in that text.
A cue's ``unless`` cancels a hit only when it is found near it: in the same clause, at most ``BEFORE`` characters ahead and
``AFTER`` behind. Residents often write without punctuation, so a clause alone would reach across the whole story.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from common.enums import RiskLevel
from knowledge.models import RiskBook, RiskCuePattern

BEFORE = 12
AFTER = 10
MASK = "\u3013"  # 〓 stands for words that were only a figure of speech; keeps the offsets
_BOUNDARY = re.compile(r"[。！？!?；;\n]")
_BLANK = re.compile(r"\s+")
_PAUSES = str.maketrans({",": "，", "、": "，", ":": "，", "!": "。", "?": "。", ";": "。", "\n": "。"})


@dataclass(frozen=True)
class CueHit:
    """A cue found at ``start:end`` of the normalised text."""

    cue_id: str
    category: str
    level: RiskLevel
    start: int
    end: int


def squeeze(text: str) -> str:
    """The least normalisation cues rely on: NFKC, lower case, no blanks, only ， and 。 as pauses. The screen uses ``intake.normalise``."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text).translate(_PAUSES)).lower()


class CueMatcher:
    """Compiled risk book.

    Raises:
        re.error: a pattern does not compile (the loader reports it with its line first).
    """

    def __init__(self, book: RiskBook) -> None:
        self._figures = [re.compile(pattern) for pattern in book.figures_of_speech]
        self._cues = [(cue, [re.compile(p) for p in cue.patterns], [re.compile(p) for p in cue.unless]) for cue in book.cues]

    def mask(self, text: str) -> str:
        """Blank out figures of speech (热得要死), keeping the length."""
        for figure in self._figures:
            text = figure.sub(lambda found: MASK * len(found.group()), text)
        return text

    def find(self, text: str) -> list[CueHit]:
        """All cues in a normalised text, in order of place; the same words may carry several cues."""
        masked = self.mask(text)
        hits = [hit for cue, patterns, unless in self._cues for hit in _hits(cue, patterns, unless, masked)]
        return sorted(hits, key=lambda hit: (hit.start, -hit.level.rank, hit.end))

    def level(self, text: str) -> RiskLevel:
        """Highest level of any cue; R0 when there is none."""
        return max((hit.level for hit in self.find(text)), key=lambda level: level.rank, default=RiskLevel.R0)


def _hits(cue: RiskCuePattern, patterns: Iterable[re.Pattern[str]], unless: list[re.Pattern[str]], text: str) -> Iterator[CueHit]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            if found.start() == found.end():
                continue
            near = _near(text, found.start(), found.end()) if unless else ""
            if not any(exception.search(near) for exception in unless):
                yield CueHit(cue.id, cue.category, cue.level, found.start(), found.end())


def _near(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    before = _BOUNDARY.split(before)[-1]
    after = _BOUNDARY.split(after)[0]
    return before + text[start:end] + after
