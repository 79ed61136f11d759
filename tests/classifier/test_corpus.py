"""The corpus: labels exist, no near-duplicates, splits are by rule."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from classifier.splits import CALIBRATION_PER_CENT, DEV_PER_CENT, HELD_OUT_AUTHORS, is_calibration_text, is_dev_question, per_cent
from common.enums import RiskLevel, Route
from common.settings import ROOT

FOLDER = ROOT / "classifier/corpus/authored"
ROWS = [json.loads(line) for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
META = json.loads((ROOT / "classifier/model/meta.json").read_text(encoding="utf-8"))
NEAR = 0.5


def trigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(len(text) - 2)) or frozenset({text})


def test_there_is_enough_of_everything() -> None:
    assert len(ROWS) >= 10_000
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({row["dispute_type"] for row in ROWS}) == 22
    by_subtype = Counter(row["subtype"] for row in ROWS)
    assert len(by_subtype) == 140
    assert min(by_subtype.values()) >= 60, by_subtype.most_common()[-3:]
    assert {row["route"] for row in ROWS} == {route.value for route in Route}


def test_labels_belong_together() -> None:
    routes, risks, types = {r.value for r in Route}, {r.value for r in RiskLevel}, set(META["heads"]["type"])
    for row in ROWS:
        assert row["dispute_type"] in types
        assert row["subtype"].startswith(row["dispute_type"]), row["id"]
        assert row["route"] in routes
        assert row["route"] in row["acceptable"]
        assert set(row["acceptable"]) <= routes
        assert row["risk"] in risks
        assert set(row["secondary"]) <= types - {row["dispute_type"]}
        assert len(row["secondary"]) <= 2


def test_labels_exist_in_the_taxonomy() -> None:
    folder = ROOT / "knowledge/taxonomy"
    known: set[str] = set()
    for path in folder.glob("*.yml"):
        known |= {subtype["code"] for subtype in yaml.safe_load(path.read_text(encoding="utf-8"))["subtypes"]}
    written = {code[:2] for code in known}
    assert known, "knowledge/taxonomy is empty"
    assert {row["subtype"] for row in ROWS if row["dispute_type"] in written} == known


def test_no_two_texts_are_nearly_the_same() -> None:
    """Jaccard of character trigrams > 0.5; pairs are found through their rarest trigrams (prefix filter), so none is missed."""
    sets = [trigrams(row["text"]) for row in ROWS]
    frequency = Counter(gram for grams in sets for gram in grams)
    holders: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for i in sorted(range(len(sets)), key=lambda i: len(sets[i])):
        ordered = sorted(sets[i], key=lambda gram: (frequency[gram], gram))
        # two sets with Jaccard > 0.5 share one of the rarest half (plus one) of their trigrams
        prefix = ordered[: len(ordered) - int(len(ordered) * NEAR) + 1]
        seen = {j for gram in prefix for j in holders[gram]}
        pairs += [(ROWS[i]["id"], ROWS[j]["id"]) for j in seen if len(sets[i] & sets[j]) / len(sets[i] | sets[j]) > NEAR]
        for gram in prefix:
            holders[gram].append(i)
    assert pairs == []


def test_authors_do_not_mix() -> None:
    for path in FOLDER.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert {row["author"] for row in rows} == {path.stem}
    assert set(HELD_OUT_AUTHORS) <= {path.stem for path in FOLDER.glob("*.jsonl")}


def test_the_split_rule_is_fixed() -> None:
    """Changing the rule would let a model learn what it is judged by."""
    assert [per_cent(name) for name in ("A1-0001", "A5-0900", "be4c92958a")] == [9, 66, 42]
    share = sum(is_calibration_text(row["id"]) for row in ROWS) / len(ROWS)
    assert share == pytest.approx(CALIBRATION_PER_CENT / 100, abs=0.015)
    assert DEV_PER_CENT == 15


def test_real_questions_stay_out_of_the_repository() -> None:
    questions = ROOT.parent / "shared/data/labelled_questions/questions.jsonl"
    if not questions.exists():
        pytest.skip("the labelled questions are not on this machine")
    real = {json.loads(line)["text"] for line in questions.read_text(encoding="utf-8").splitlines()}
    assert not real & {row["text"] for row in ROWS}
    rows = [json.loads(line) for line in Path(questions).read_text(encoding="utf-8").splitlines()]
    assert 500 < sum(is_dev_question(row["id"]) for row in rows) < 700
