"""Matching of risk cues: the one meaning of ``risk_cues.yml``, used by the loader's self-check and by the safety screen.

Text handed in is already normalised (half-width, simplified, without blanks); offsets returned count in that text.

Expressions are regular expressions with three additions, so that staff can read and write them:

* ``{他}`` stands for any word of the group of that name under ``words``;
* ``…`` stands for up to six characters of the same clause that do not say no (他…打我 does not match 他从来没打我);
* ``……`` stands for up to fourteen characters of the same sentence, pauses included.

A cue right after one of the book's ``denials`` (没有, 从来不) does not count; near words of ``elsewhere`` (普法课上, 道具, 气话) it counts
as R1 at most.
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
_NO = "没(?!完|事|钱|用|人管)|不会|不敢|不想|从不|从来不|未"
_GROUP = re.compile(r"\{([^{}\d,][^{}]*)\}")
_DEPTH = 4  # groups within groups within groups
MASK = "\u3013"  # 〓 stands for words that were only a figure of speech; keeps the offsets
_NEAR, _FAR = f"(?:(?!{_NO})[^。，{MASK}]){{0,6}}", f"(?:(?!{_NO})[^。{MASK}]){{0,14}}"
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


def expand(pattern: str, words: dict[str, str]) -> str:
    """A plain regular expression out of the book's notation.

    Raises:
        KeyError: a group that is not under ``words``.
        RecursionError: groups that contain each other.
    """
    for _ in range(_DEPTH):
        pattern = _GROUP.sub(lambda found: f"(?:{words[found.group(1)]})", pattern)
    if _GROUP.search(pattern):
        raise RecursionError(pattern)
    return pattern.replace("……", _FAR).replace("…", _NEAR)


class CueMatcher:
    """Compiled risk book.

    Raises:
        re.error: a pattern does not compile (the loader reports it with its line first).
    """

    def __init__(self, book: RiskBook) -> None:
        def compiled(patterns: Iterable[str]) -> list[re.Pattern[str]]:
            return [re.compile(expand(pattern, book.words)) for pattern in patterns]

        self._figures = compiled(book.figures_of_speech)
        self._denied = re.compile("(?:" + "|".join(expand(d, book.words) for d in book.denials) + ")$") if book.denials else None
        self._elsewhere = compiled(book.elsewhere)
        self._cues = [(cue, compiled(cue.patterns), compiled(cue.unless)) for cue in book.cues]

    def mask(self, text: str) -> str:
        """Blank out figures of speech (热得要死), keeping the length."""
        for figure in self._figures:
            text = figure.sub(lambda found: MASK * len(found.group()), text)
        return text

    def find(self, text: str) -> list[CueHit]:
        """All cues in a normalised text, in order of place; the same words may carry several cues."""
        masked = self.mask(text)
        hits = [hit for cue, patterns, unless in self._cues for hit in self._hits(cue, patterns, unless, masked)]
        return sorted(hits, key=lambda hit: (hit.start, -hit.level.rank, hit.end))

    def _hits(self, cue: RiskCuePattern, patterns: Iterable[re.Pattern[str]], unless: list[re.Pattern[str]], text: str) -> Iterator[CueHit]:
        for pattern in patterns:
            for found in pattern.finditer(text):
                start, end = found.span()
                if start == end or (self._denied and self._denied.search(text, max(0, start - BEFORE), start)):
                    continue
                near = _near(text, start, end)
                if any(exception.search(near) for exception in unless):
                    continue
                told = cue.level.rank > 1 and any(words.search(near) for words in self._elsewhere)
                yield CueHit(cue.id, cue.category, RiskLevel.R1 if told else cue.level, start, end)

    def level(self, text: str) -> RiskLevel:
        """Highest level of any cue; R0 when there is none."""
        return max((hit.level for hit in self.find(text)), key=lambda level: level.rank, default=RiskLevel.R0)


def _near(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    before = _BOUNDARY.split(before)[-1]
    after = _BOUNDARY.split(after)[0]
    return before + text[start:end] + after
