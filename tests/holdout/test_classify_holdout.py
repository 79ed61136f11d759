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
    assert found.accuracy >= 0.945
    assert found.hits2 >= 0.98
    assert found.macro_f1 >= 0.945


def test_routes_and_calibration(found: Figures) -> None:
    assert found.route_acceptable >= 0.955
    assert found.calibration_error <= 0.05
    assert found.subtype >= 0.905
    assert found.route_of_surest >= 0.975


def test_recognition_and_typing_errors_cost_little(found: Figures) -> None:
    """The same texts as speech recognition and thumbs would give them (classifier/training/make_noisy.py): at most three points lost."""
    rows = [json.loads(line) for line in TEXTS.with_name("classify_t2_noisy.jsonl").read_text(encoding="utf-8").splitlines()]
    noisy = evaluate(runtime.load(), rows, "T2, noisy")
    print(table([noisy]))
    assert noisy.texts == found.texts
    assert found.accuracy - noisy.accuracy <= 0.03
