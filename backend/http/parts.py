"""The parts the routes lean on, as protocols: what is used of them, no more. Tests may hand in small fakes of what is not ours to test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from common.enums import RiskLevel
from common.payloads import IntentScore, Prediction, Reply, RiskAssessment


class ClassifierPort(Protocol):
    """``classifier.runtime.Classifier``: blocking, thread-safe, milliseconds a call."""

    def predict(self, text: str) -> Prediction: ...

    def predict_many(self, texts: Sequence[str]) -> Sequence[Prediction]: ...

    def intent(self, text: str, context: str = "free") -> Sequence[IntentScore]: ...

    def embed(self, texts: Sequence[str]) -> Any: ...


class ScreenPort(Protocol):
    """``intake.safety.Screen``."""

    def assess(self, text: str, model_level: RiskLevel | None = None) -> RiskAssessment: ...

    def text_for(self, assessment: RiskAssessment) -> tuple[str, list[str]]: ...


class IntakePort(Protocol):
    """``intake.engine.IntakeEngine``, the part the backend calls itself."""

    def opening(self, channel: str) -> Reply: ...
