"""The benchmark by author T2 (700 texts, five for every subtype), never trained or tuned on. Floors lie a little under what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifier import runtime
from classifier.evaluate import Figures, evaluate, table

TEXTS = Path(__file__).parent / "classify_t2.jsonl"


@pytest.fixture(scope="module")
def found() -> Figures:
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    figures = evaluate(runtime.load(), rows, "T2")
    print(table([figures]))
    return figures


def test_types_of_an_unseen_author(found: Figures) -> None:
    assert found.texts == 700
    assert found.accuracy >= 0.915
    assert found.hits2 >= 0.97
    assert found.macro_f1 >= 0.915


def test_routes_and_calibration(found: Figures) -> None:
    assert found.route_acceptable >= 0.945
    assert found.calibration_error <= 0.05
    assert found.subtype >= 0.88
