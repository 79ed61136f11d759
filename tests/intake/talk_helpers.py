"""Predictions and receipts for tests of the dialogue that must not depend on the model."""

from __future__ import annotations

from typing import Any

from common.payloads import LabelScore, Prediction

RECEIPT: dict[str, Any] = {
    "number": "KLMY-20261127-000001",
    "tracking_code": "ABCD2345",
    "status": "submitted",
    "organisation": {"name": "天山路街道人民调解委员会", "phone": "", "address": "天山路街道办事处二楼", "placeholder": False},
    "admin_level": "street",
    "handling_mode": "appointment",
    "contact_by_text": "3个工作日内联系您",
    "finish_by_text": "一般一个月内办完",
    "bring": ["身份证", "劳动合同"],
    "reasons": ["双方在同一个街道"],
    "advice": [],
    "exits": [],
}


def prediction(*types: tuple[str, float], subtype: str | None = None, route: str = "RM", abstained: bool = False) -> Prediction:
    """``prediction(("LD", 0.9), subtype="LD01", route="LW")``."""

    def scores(pairs: list[tuple[str, float]]) -> tuple[LabelScore, ...]:
        return tuple(LabelScore(code, code, p) for code, p in pairs)

    return Prediction(
        dispute_types=scores(list(types)),
        subtypes=scores([(subtype, 0.9)] if subtype else []),
        routes=scores([(route, 0.9)]),
        risk=scores([("R0", 0.99)]),
        abstained=abstained,
        model_version="test",
    )


WAGES = prediction(("LD", 0.95), ("HT", 0.03), subtype="LD01", route="LW")
LEAK = prediction(("LL", 0.9), ("WY", 0.05), subtype="LL02")
LOAN = prediction(("JD", 0.97), subtype="JD01")
UNSURE = prediction(("LL", 0.3), ("WY", 0.25), ("XF", 0.2), abstained=True)
PENALTY = prediction(("XZ", 0.95), subtype="XZ02", route="XJ")
ENQUIRY = prediction(("XZ", 0.9), subtype="XZ05", route="ZX")
