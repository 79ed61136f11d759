"""Evaluation, calibration and the equality of what was trained and what is shipped."""

from __future__ import annotations

import json

import numpy as np
import pytest

from classifier.evaluate import Figures, calibration_error, evaluate, held_out_sets, interval, macro_f1, report, table
from classifier.runtime import SECONDARY_AT_LEAST, Classifier
from common.settings import ROOT

MODEL = ROOT / "classifier/model"
QUESTIONS = ROOT.parent / "shared/data/labelled_questions/questions.jsonl"
REFERENCE = ROOT / "tests/classifier/float_reference.json"
MOST_APART = 0.08  # stated tolerance: int8 against float, probability of any dispute type
MEAN_APART = 0.01
SAME_LABEL = 0.98


@pytest.fixture(scope="module")
def judged(classifier: Classifier) -> dict[str, Figures]:
    sets = held_out_sets(QUESTIONS, ROOT / "classifier/corpus/authored")
    return {name: evaluate(classifier, rows, name) for name, rows in sets.items()}


def test_the_shipped_model_is_good_on_texts_it_never_saw(judged: dict[str, Figures]) -> None:
    authored = judged["authored (held-out 6 %)"]
    assert authored.texts > 300
    assert authored.accuracy > 0.72
    assert authored.hits2 > 0.87
    assert authored.route_acceptable > 0.84
    if "real questions (dev)" in judged:
        dev = judged["real questions (dev)"]
        assert dev.accuracy > 0.74
        assert dev.hits2 > 0.87
        assert dev.route_acceptable > 0.82


def test_it_is_better_calibrated_than_chance_and_knows_when_to_abstain(judged: dict[str, Figures]) -> None:
    for row in judged.values():
        assert row.calibration_error < 0.10, row.name
        assert row.coverage > 0.6, row.name
        assert row.covered_accuracy > row.accuracy, row.name


def test_the_table_says_it_all(classifier: Classifier) -> None:
    sets = held_out_sets(None, ROOT / "classifier/corpus/authored")
    text = report(classifier, MODEL, sets)
    assert classifier.version in text
    assert "authored (held-out 6 %)" in text
    assert "n-gram linear" in text


def test_int8_says_what_the_trained_network_said(classifier: Classifier) -> None:
    """500 texts; the float probabilities were written down when the model was exported."""
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    assert reference["version"] == classifier.version, "export anew: the reference belongs to another model"
    texts = {
        row["id"]: row["text"]
        for path in (ROOT / "classifier/corpus/authored").glob("*.jsonl")
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    chosen = [identity for identity in reference["type"] if len(texts[identity]) < classifier.meta.window]
    assert len(chosen) >= 450
    wanted = np.array([reference["type"][identity] for identity in chosen])
    found = classifier.heads([classifier.tokenizer.clean(texts[identity]) for identity in chosen])["type"]
    assert np.abs(found - wanted).mean() <= MEAN_APART
    assert np.quantile(np.abs(found - wanted).max(axis=1), 0.99) <= MOST_APART
    assert (found.argmax(1) == wanted.argmax(1)).mean() >= SAME_LABEL


@pytest.mark.parametrize(
    ("text", "codes"),
    [("老板欠我工资，前几天去要钱的时候还把我打伤了，住了五天院", {"LD", "SH"}), ("楼上漏水把我家泡了，物业收了钱也不管", {"LL", "WY"})],
)
def test_two_disputes_in_one_story_are_both_seen(classifier: Classifier, text: str, codes: set[str]) -> None:
    prediction = classifier.predict(text)
    assert codes <= {score.code for score in prediction.dispute_types}
    assert 0.05 <= SECONDARY_AT_LEAST <= 0.5
    assert len(classifier.secondary(prediction)) <= 2


def test_macro_f1_and_interval_and_calibration_by_hand() -> None:
    truth, found = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, found) == pytest.approx((2 / 3 + 4 / 5) / 2)
    low, high = interval(90, 100)
    assert (low, high) == (pytest.approx(0.8256, abs=1e-3), pytest.approx(0.9448, abs=1e-3))
    top = np.array([0.9] * 10, dtype=np.float32)
    assert calibration_error(top, np.array([True] * 9 + [False])) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(top, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.4, abs=1e-6)


def test_a_figure_that_is_not_known_is_a_dash() -> None:
    nan = float("nan")
    row = Figures("x", 10, 0.5, 0.2, 0.8, 0.6, 0.5, nan, nan, nan, 0.0, nan, 0.5, 0.7)
    assert "| 50.0 | – | – | – |" in table([row])
