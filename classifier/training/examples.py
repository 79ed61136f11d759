"""Rows and utterances as one table of texts with a target distribution for each head (hard, softened, or a teacher's)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.tokenizer import CharTokenizer
from classifier.training.data import RISKS, ROUTES, TYPES, Row
from classifier.training.intents import Utterance
from classifier.training.network import DISPUTE_HEADS, INTENT_HEAD, Labels

Array = NDArray[np.float32]
SECONDARY_SHARE = 0.15  # of the probability goes to the secondary types together
ACCEPTABLE_SHARE = 0.30  # of the probability goes to the other acceptable routes together
SEVERE_WEIGHT = 2.5  # R2 and R3 are rare and must not be missed


@dataclass
class Examples:
    """``targets[head]`` is (texts, classes); ``weights[head]`` (texts,), 0 where a text says nothing of that head.

    ``offsets[head]`` (texts, classes) is what the n-gram half says of a text it was not trained on, as logits: the transformer
    learns what is left to say.
    """

    texts: list[str]
    contexts: list[str]
    targets: dict[str, Array]
    weights: dict[str, Array]
    offsets: dict[str, Array]

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Examples) -> Examples:
        return Examples(
            self.texts + other.texts,
            self.contexts + other.contexts,
            {head: np.concatenate((self.targets[head], other.targets[head])) for head in self.targets},
            {head: np.concatenate((self.weights[head], other.weights[head])) for head in self.weights},
            {head: np.concatenate((self.offsets[head], other.offsets[head])) for head in self.offsets},
        )


def labels_from(subtypes: Sequence[str], intents: Sequence[str], contexts: Sequence[str]) -> Labels:
    """The label lists in the order the heads use."""
    heads = {"type": TYPES, "subtype": tuple(subtypes), "route": ROUTES, "risk": RISKS}
    if intents:
        heads[INTENT_HEAD] = tuple(intents)
    return Labels(heads, tuple(contexts))


def _empty(labels: Labels, texts: list[str], contexts: list[str]) -> Examples:
    targets = {head: np.zeros((len(texts), len(names)), dtype=np.float32) for head, names in labels.heads.items()}
    weights = {head: np.zeros(len(texts), dtype=np.float32) for head in labels.heads}
    return Examples(texts, contexts, targets, weights, {head: np.zeros_like(values) for head, values in targets.items()})


def from_rows(rows: Sequence[Row], labels: Labels, tokenizer: CharTokenizer) -> Examples:
    """Soft targets: secondary types and acceptable routes share a part of the probability."""
    made = _empty(labels, [tokenizer.clean(row.text) for row in rows], [""] * len(rows))
    index = labels.index
    for i, row in enumerate(rows):
        others = [index["type"][code] for code in row.secondary if code in index["type"] and code != row.dispute_type]
        if row.dispute_type:
            _share(made.targets["type"][i], index["type"][row.dispute_type], others, SECONDARY_SHARE)
        if row.subtype:
            made.targets["subtype"][i, index["subtype"][row.subtype]] = 1.0
        if row.route:
            routes = [index["route"][code] for code in row.acceptable if code != row.route]
            _share(made.targets["route"][i], index["route"][row.route], routes, ACCEPTABLE_SHARE)
        if row.risk:
            made.targets["risk"][i, index["risk"][row.risk]] = 1.0
        for head in DISPUTE_HEADS:
            made.weights[head][i] = row.weight if made.targets[head][i].any() else 0.0
        if row.risk in ("R2", "R3"):
            made.weights["risk"][i] *= SEVERE_WEIGHT
    return made


def _share(target: Array, primary: int, others: list[int], share: float) -> None:
    target[primary] = 1.0 - (share if others else 0.0)
    for other in others:
        target[other] += share / len(others)


def from_utterances(utterances: Sequence[Utterance], labels: Labels, tokenizer: CharTokenizer) -> Examples:
    made = _empty(labels, [tokenizer.clean(u.text) for u in utterances], [u.context for u in utterances])
    for i, utterance in enumerate(utterances):
        made.targets[INTENT_HEAD][i, labels.index[INTENT_HEAD][utterance.intent]] = 1.0
        made.weights[INTENT_HEAD][i] = 1.0
    return made


def from_teacher(texts: list[str], probabilities: dict[str, Array], labels: Labels, weight: float) -> Examples:
    """Unlabelled (already normalised) texts with a teacher's probabilities."""
    made = _empty(labels, texts, [""] * len(texts))
    for head, values in probabilities.items():
        made.targets[head] = values.astype(np.float32)
        made.weights[head][:] = weight
    return made
