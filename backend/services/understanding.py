"""What a text says, as the public API and the command line show it: labels with risk, fields, law answers. Pure and blocking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.payloads import ExtractedField, LabelScore, Prediction, RiskAssessment
from intake.safety import ModelRisk

FLAT_FIELDS = ("amount", "people", "phone", "name", "counterparty", "place", "date", "claim")


def model_risk(prediction: Prediction | None) -> ModelRisk | None:
    """What the model says of danger, for the safety screen."""
    return ModelRisk.of(prediction.risk) if prediction is not None and prediction.risk else None


def classification(prediction: Prediction, risk: RiskAssessment) -> dict[str, Any]:
    """Answer of ``POST /api/v1/classify``."""
    return {
        "dispute_types": [_label(score) for score in prediction.dispute_types],
        "subtypes": [_label(score) for score in prediction.subtypes],
        "routes": [_label(score) for score in prediction.routes],
        "risk": {
            "level": risk.level.value,
            "cues": [
                {"text": cue.text, "start": cue.start, "end": cue.end, "category": cue.category, "level": cue.level.value}
                for cue in risk.cues
            ],
        },
        "abstained": prediction.abstained,
        "model_version": prediction.model_version,
    }


def extraction(found: Sequence[ExtractedField]) -> dict[str, Any]:
    """All fields with their spans, and one value each for the public ones (the surest, then the earliest); absent ones are None."""
    flat: dict[str, Any] = dict.fromkeys(FLAT_FIELDS)
    for item in sorted(found, key=lambda item: (-item.confidence, item.start)):
        if item.name in flat and flat[item.name] is None:
            flat[item.name] = item.value
    fields = [
        {
            "name": item.name,
            "value": item.value,
            "text": item.text,
            "start": item.start,
            "end": item.end,
            "confidence": round(item.confidence, 4),
        }
        for item in sorted(found, key=lambda item: (item.start, item.name))
    ]
    return {"fields": fields, **flat}


def _label(score: LabelScore) -> dict[str, Any]:
    return {"code": score.code, "name": score.name, "probability": round(score.probability, 4)}
