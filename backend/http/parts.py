"""The parts the routes lean on, as protocols: what is used of them, no more. Tests hand in small fakes of what is not theirs to test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from backend.services.answering import LawAnswer
from common.payloads import ExtractedField, IntentScore, Prediction, Reply, RiskAssessment
from intake.safety import ModelRisk


class ClassifierPort(Protocol):
    """``classifier.runtime.Classifier``: blocking, thread-safe, milliseconds a call."""

    @property
    def version(self) -> str: ...

    def predict(self, text: str) -> Prediction: ...

    def intent(self, text: str, context: str = "free") -> Sequence[IntentScore]: ...

    def embed(self, texts: Sequence[str]) -> Any: ...


class ScreenPort(Protocol):
    """``intake.safety.Screen``."""

    def assess(self, text: str, model: ModelRisk | None = None) -> RiskAssessment: ...

    def text_for(self, assessment: RiskAssessment) -> tuple[str, list[str]]: ...


class IntakePort(Protocol):
    """``intake.engine.IntakeEngine``, the part the backend calls itself."""

    def opening(self, channel: str) -> Reply: ...


class ExtractPort(Protocol):
    """``intake.extract.extract`` with the knowledge bound."""

    def __call__(self, text: str, *, expecting: str | None, today: date) -> Sequence[ExtractedField]: ...


class AskPort(Protocol):
    """Answers a legal question; ``history`` holds earlier questions of the same person, oldest first."""

    def __call__(self, question: str, history: Sequence[str] = ()) -> LawAnswer: ...
