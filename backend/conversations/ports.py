"""What conversations lean on, as protocols: the safety screen, the classifier's risk head, the greeting, the phrases."""

from __future__ import annotations

from typing import Protocol

from common.payloads import Prediction, Reply, RiskAssessment
from intake.safety import ModelRisk


class ScreenPort(Protocol):
    """``intake.safety.Screen``."""

    def assess(self, text: str, model: ModelRisk | None = None) -> RiskAssessment: ...

    def text_for(self, assessment: RiskAssessment) -> tuple[str, list[str]]: ...


class RiskModelPort(Protocol):
    """``classifier.runtime.Classifier``, the part used here."""

    def predict(self, text: str) -> Prediction: ...


class OpeningPort(Protocol):
    """``intake.engine.IntakeEngine``, the part used here."""

    def opening(self, channel: str) -> Reply: ...


class PhrasesPort(Protocol):
    """``knowledge.Knowledge``, the part used here."""

    def phrase(self, key: str, /, *, variant: int = 0, **values: object) -> str: ...
