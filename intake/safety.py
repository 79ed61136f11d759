"""The safety screen 风险筛查: every inbound message passes here before the dialogue (intake.md section 7).

Two ears. Cues from ``risk_cues.yml`` hear danger that is said outright; they are matched on normalised text, so that spaces,
full-width characters and recognition errors do not hide them, and what another person said counts. The classifier's risk head hears
what is said sideways (羊都分给侄子了，就跟你说一声). The louder one counts: the model may raise the level, never lower it. Sure enough, it
makes a message R2 or R3 without any cue; half sure, it makes it R1 and asks one calm question. How sure is data: ``model`` in the book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.enums import RiskLevel
from common.payloads import UNNAMED_RISK, LabelScore, RiskAssessment, RiskCue
from intake.cue_index import IndexedMatcher
from intake.normalise import normalise, original_span
from knowledge.cues import CueHit
from knowledge.models import ModelThresholds, RiskBook, SafetyText

_LEVELS = (RiskLevel.R0, RiskLevel.R1, RiskLevel.R2, RiskLevel.R3)


@dataclass(frozen=True)
class ModelRisk:
    """Probabilities (0–1) of the classifier's risk head for one message.

    Attributes:
        heated: p(R1) + p(R2) + p(R3).
        severe: p(R2) + p(R3).
        now: p(R3).
    """

    heated: float = 0.0
    severe: float = 0.0
    now: float = 0.0

    @classmethod
    def of(cls, scores: Sequence[LabelScore]) -> ModelRisk:
        """Out of ``Prediction.risk``; a level that is not among the scores counts as impossible."""
        mass = {RiskLevel(score.code): score.probability for score in scores}
        r1, r2, r3 = (mass.get(level, 0.0) for level in _LEVELS[1:])
        return cls(r1 + r2 + r3, r2 + r3, r3)


class Screen:
    """Compiled once, then asked for every message; holds no text.

    Args:
        risk_book: the checked content of ``risk_cues.yml``.
    """

    def __init__(self, risk_book: RiskBook) -> None:
        self._matcher = IndexedMatcher(risk_book)
        self._texts = risk_book.texts
        self._thresholds = risk_book.model

    def assess(self, text: str, model: ModelRisk | None = None) -> RiskAssessment:
        """Level and cues of one message; cue offsets point into ``text`` as it was typed.

        Args:
            model: what the classifier makes of the same message; None: the cues decide alone.

        Returns:
            Where the model hears more than the cues do, also a cue of category :data:`UNNAMED_RISK` over the whole message.
        """
        plain, offsets = normalise(text)
        cues = [_cue(text, offsets, hit) for hit in _distinct(self._matcher.find(plain))]
        floor = max((cue.level.rank for cue in cues), default=0)
        if model is None or not _chinese(plain):
            return RiskAssessment(_LEVELS[floor], tuple(cues))
        level = max(floor, _heard(model, self._thresholds, len(plain)).rank)
        if level >= 2 > floor or (level <= 1 and model.severe >= self._thresholds.ask_at):
            said = text.strip()
            start = text.index(said)
            cues.append(RiskCue(said, start, start + len(said), UNNAMED_RISK, _LEVELS[level]))
        return RiskAssessment(_LEVELS[level], tuple(cues))

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


def _chinese(plain: str) -> bool:
    """The model has read Chinese only: of other scripts, numbers and signs it knows nothing."""
    return 2 * sum("\u4e00" <= character <= "\u9fff" for character in plain) > len(plain)


def _heard(model: ModelRisk, thresholds: ModelThresholds, length: int) -> RiskLevel:
    """The level for which the model alone is sure enough."""
    if model.severe >= (thresholds.stop_at if length >= thresholds.short else thresholds.short_stop_at):
        return RiskLevel.R3 if model.now >= thresholds.now_at else RiskLevel.R2
    return RiskLevel.R1 if model.severe >= thresholds.ask_at or model.heated >= thresholds.heated_at else RiskLevel.R0


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
