"""The safety screen 风险筛查: every inbound message passes here before the dialogue (intake.md section 7).

Cues come from ``risk_cues.yml`` and are matched on normalised text, so that spaces, full-width characters and recognition errors do
not hide them; what another person said counts. The model may raise the level, never lower it, and by one step at most: without any
cue it can make a message R1 (a calm sentence, one safety question, a human offered), but R2 and R3, which stop the intake, need
words that a person can read and check.
"""

from __future__ import annotations

from common.enums import RiskLevel
from common.payloads import RiskAssessment, RiskCue
from intake.cue_index import IndexedMatcher
from intake.normalise import normalise, original_span
from knowledge.cues import CueHit
from knowledge.models import RiskBook, SafetyText

_LEVELS = (RiskLevel.R0, RiskLevel.R1, RiskLevel.R2, RiskLevel.R3)
MODEL_STEPS = 1
"""How many levels the model may add to what the cues say."""


class Screen:
    """Compiled once, then asked for every message; holds no text.

    Args:
        risk_book: the checked content of ``risk_cues.yml``.
    """

    def __init__(self, risk_book: RiskBook) -> None:
        self._matcher = IndexedMatcher(risk_book)
        self._texts = risk_book.texts

    def assess(self, text: str, model_level: RiskLevel | None = None) -> RiskAssessment:
        """Level and cues of one message; cue offsets point into ``text`` as it was typed."""
        plain, offsets = normalise(text)
        hits = self._matcher.find(plain)
        floor = max((hit.level.rank for hit in hits), default=0)
        level = max(floor, min(model_level.rank, floor + MODEL_STEPS)) if model_level is not None else floor
        return RiskAssessment(_LEVELS[level], tuple(_cue(text, offsets, hit) for hit in _distinct(hits)))

    def text_for(self, assessment: RiskAssessment) -> tuple[str, list[str]]:
        """The fixed text and its numbers for the highest level, by the category of its gravest cue.

        Returns:
            ``("", [])`` for R0, and for R1 when the book has no text for it.
        """
        chosen = self._choose(assessment)
        return (chosen.text, list(chosen.numbers)) if chosen is not None else ("", [])

    def _choose(self, assessment: RiskAssessment) -> SafetyText | None:
        if assessment.level is RiskLevel.R0:
            return None
        here = [text for text in self._texts if text.level is assessment.level]
        by_gravity = sorted(assessment.cues, key=lambda cue: -cue.level.rank)  # stable: of equal gravity the first said
        for cue in by_gravity:
            for text in here:
                if cue.category in text.categories:
                    return text
        if here or assessment.level is RiskLevel.R1:
            return here[0] if here else None
        return max(self._texts, key=lambda text: text.level.rank, default=None)


def _distinct(hits: list[CueHit]) -> list[CueHit]:
    """Hits without those that lie within a graver or equal one of the same category."""
    kept: list[CueHit] = []
    for hit in sorted(hits, key=lambda h: (-h.level.rank, h.start - h.end, h.start)):
        if not any(k.category == hit.category and k.start <= hit.start and hit.end <= k.end for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: (h.start, h.end))


def _cue(text: str, offsets: list[int], hit: CueHit) -> RiskCue:
    start, end = original_span(offsets, hit.start, hit.end)
    return RiskCue(text[start:end], start, end, hit.category, hit.level)
