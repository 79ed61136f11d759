"""Fit the weights of the signs for the other side: ``python -m tests.intake.fit_parties [--write]``.

A softmax over the candidates of a text and “none”, L2-regularised, plain gradient steps: a minute on one core. Reads the two written
sets only; prints ten-fold precision and recall, so that the figure is not one of texts the weights have seen.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from intake.extract import counterparties
from intake.normalise import fold
from tests.intake.score import CASES, load, same

DEV = Path(__file__).parent / "data" / "extract_dev.jsonl"
WEIGHTS = Path(counterparties.__file__).with_name("party_weights.json")
RARE = 3  # signs that hold less often are left out
DECAY = 1.0


Item = tuple[list[list[str]], list[bool], bool, list[str]]


def items() -> list[Item]:
    """Of each text: the signs of its candidates, which of them are right, whether a party is expected."""
    found: list[Item] = []
    for case in [*load(CASES), *load(DEV)]:
        if case.get("expecting") not in (None, "narrative"):
            continue
        text = fold(case["text"])
        candidates = counterparties.candidates(text)
        gold: Any = case["fields"].get("counterparty")
        right = [gold is not None and same("counterparty", gold, case["text"][m.start : m.end]) for m in candidates]
        found.append((counterparties.all_signs(text, candidates), right, gold is not None, [text[m.start : m.end] for m in candidates]))
    return found


def fit(train: list[Item]) -> dict[str, float]:
    counts = Counter(sign for candidates, _, _, _ in train for found in candidates for sign in set(found))
    names = sorted(sign for sign, count in counts.items() if count >= RARE)
    index = {name: i for i, name in enumerate(names)}
    rows, owner, target = [], [], []
    for number, (candidates, right, _, _) in enumerate(train):
        for found, good in zip(candidates, right, strict=True):
            rows.append([index[s] for s in found if s in index])
            owner.append(number)
            target.append(good)
    matrix = np.zeros((len(rows), len(names)), dtype=np.float32)
    for i, row in enumerate(rows):
        matrix[i, row] = 1
    owners, good = np.array(owner), np.array(target, dtype=bool)
    any_right = np.zeros(len(train), dtype=bool)
    np.logical_or.at(any_right, owners[good], True)
    weights = np.zeros(len(names))
    decay = np.array([DECAY * 4 if " & " in name else DECAY for name in names])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, 401):
        energy = np.exp(np.clip(matrix @ weights, -20, 20))
        total = np.ones(len(train))
        np.add.at(total, owners, energy)
        share = energy / total[owners]
        mass = np.zeros(len(train))
        np.add.at(mass, owners[good], energy[good])
        wanted = np.where(good, energy / np.maximum(mass[owners], 1e-12), 0.0)
        slope = matrix.T @ (share - wanted) + decay * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        weights -= 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if abs(weight) >= 0.02}


def judge(weights: dict[str, float], test: list[Item], least: float) -> Counter[str]:
    tally: Counter[str] = Counter()
    for candidates, right, expected, spans in test:
        scores = [sum(weights.get(sign, 0.0) for sign in found) for found in candidates]
        shared = counterparties.shared(spans, scores)
        best = max(range(len(scores)), key=lambda i: (round(shared[i], 6), scores[i], -i), default=None)
        given = best is not None and shared[best] > least
        tally["gold"] += expected
        tally["given"] += given
        tally["right"] += bool(given and best is not None and right[best])
    return tally


def main() -> None:
    data = items()
    order = np.random.default_rng(7).permutation(len(data))
    tallies = {least: Counter[str]() for least in (-0.8, -0.4, 0.0, 0.4, 0.8, 1.2)}
    for part in range(10):
        test = [data[i] for i in order[part::10]]
        weights = fit([data[i] for k, i in enumerate(order) if k % 10 != part])
        for least, tally in tallies.items():
            tally += judge(weights, test, least)
    reach = sum(any(right) for _, right, expected, _ in data if expected) / sum(expected for _, _, expected, _ in data)
    print(f"{len(data)} texts; a candidate is right for {reach:.3f} of those that name one")
    for least, tally in tallies.items():
        print(f"least {least:+.1f}: precision {tally['right'] / tally['given']:.3f} recall {tally['right'] / tally['gold']:.3f}")
    if "--write" in sys.argv:
        WEIGHTS.write_text(json.dumps(fit(data), ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
