"""The blind set of danger said sideways, and of harmless texts with alarming words. Floors lie a little under what was measured, so
that the screen can only get better. Nothing may be tuned on a line of it (README.md); only shares are printed.
"""

from __future__ import annotations

import pytest

import knowledge
from classifier import runtime
from tests.intake.risk_score import BLIND, Shares, model_risks, read, shares, table
from tests.knowledge.risk_sentences import DANGER, INNOCENT, SIDEWAYS


@pytest.fixture(scope="module")
def classifier() -> runtime.Classifier:
    return runtime.load()


@pytest.fixture(scope="module")
def found(classifier: runtime.Classifier) -> dict[str, Shares]:
    rows = read([BLIND])
    result = shares(rows, model_risks(rows, classifier), knowledge.load().risk)
    print(table("blind", result))
    return result


def test_danger_said_sideways_is_heard(found: dict[str, Shares]) -> None:
    assert found["R2+"].texts >= 200
    assert found["R2+"].stopped >= 0.60
    assert found["R3"].stopped >= 0.73
    assert found["R2+"].heard >= 0.82


def test_alarming_words_alone_do_not_stop_the_intake(found: dict[str, Shares]) -> None:
    assert found["R0"].by_cues <= 0.05
    assert found["R0"].stopped <= 0.055
    assert found["R0"].heard <= 0.12


def test_ordinary_words_of_danger_are_heard_by_cues_and_model_together(classifier: runtime.Classifier) -> None:
    rows = [{"text": text, "risk": "R2"} for text in [*DANGER, *SIDEWAYS]] + [{"text": text, "risk": "R0"} for text in INNOCENT]
    result = shares(rows, model_risks(rows, classifier), knowledge.load().risk)
    print(table("ordinary words", result))
    assert result["R2"].heard >= 0.98
    assert result["R2"].stopped >= 0.94
    assert result["R0"].by_cues <= 0.01
    assert result["R0"].stopped <= 0.05  # every one of them alarming on purpose
