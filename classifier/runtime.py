"""The shipped classifier: numpy and onnxruntime, no torch. Runs on Python 3.10 (Rasa's side) and later.

Nothing is loaded at import; :func:`load` reads the model folder. One :class:`Classifier` may serve several threads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.ngrams import NgramTable, word_spans
from classifier.tokenizer import CharTokenizer
from common import settings
from common.payloads import IntentScore, LabelScore, Prediction

if TYPE_CHECKING:
    from classifier.parts import DisputePart

DISPUTE_HEADS = ("type", "subtype", "route", "risk")
INTENT_HEAD = "intent"
TOP = 3
# Secondary dispute types (at most two): the second and third label count when they hold at least this share of the
# probability; training gives a stated secondary type 0.15 of it.
SECONDARY_AT_LEAST = 0.12

NO_DISPUTE = ("XZ", "QT")  # exit matters and the rest: what an empty passage looks like
SEVERE = 2  # index of R2 in the risk head; R3 follows
PASSAGE = 90  # characters of a passage in which danger is looked for, so that a long calm story cannot hide it

Array = NDArray[np.float32]
_Windows = tuple[list[int], list[list[int]], list[tuple[NDArray[np.int64], Array]], list[bool]]


class ModelError(RuntimeError):
    """The model folder is missing, incomplete or of another layout."""


@dataclass(frozen=True)
class Meta:
    """``meta.json``: labels in head order, their Chinese names, the abstention threshold, the window.

    ``subtype_vote`` and ``route_vote`` are the subtype head's shares in the type and the route; ``route_by_subtype`` (subtypes,
    routes) says which routes the training texts of a subtype took.
    """

    version: str
    heads: dict[str, tuple[str, ...]]
    names: dict[str, str]
    abstain_below: float
    window: int
    risk_caution: float
    subtype_vote: float
    route_vote: float
    route_by_subtype: Array
    type_sharpness: float
    public_intents: dict[str, str]

    @classmethod
    def load(cls, path: Path) -> Meta:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            version=raw["version"],
            heads={head: tuple(labels) for head, labels in raw["heads"].items()},
            names=raw["names"],
            abstain_below=float(raw["abstain_below"]),
            window=int(raw["window"]),
            risk_caution=float(raw.get("risk_caution", 0.0)),
            subtype_vote=float(raw.get("subtype_vote", 0.0)),
            route_vote=float(raw.get("route_vote", 0.0)),
            route_by_subtype=np.asarray(raw.get("route_by_subtype", []), dtype=np.float32),
            type_sharpness=float(raw.get("type_sharpness", 1.0)),
            public_intents=raw.get("public_intents", {}),
        )


@dataclass(frozen=True)
class Reason:
    """Words of the normalised text that carried a prediction; ``weight`` is the probability the label loses without them."""

    text: str
    start: int
    end: int
    weight: float


def load(model_dir: Path | None = None, threads: int = 1) -> Classifier:
    """Load a model folder.

    Args:
        model_dir: default is the setting ``JIEFEN_MODEL_DIR`` (relative paths count from the repository).
        threads: threads inside one operator; one keeps latency flat beside other work.

    Raises:
        ModelError: a file is missing or unreadable; names the folder and says what to do.
    """
    folder = model_dir or Path(settings.get("JIEFEN_MODEL_DIR"))
    folder = folder if folder.is_absolute() else settings.ROOT / folder
    missing = [name for name in ("meta.json", "model.onnx", "ngrams.npz", "vocab.txt") if not (folder / name).exists()]
    if missing:
        raise ModelError(f"{folder}: {', '.join(missing)} not found; run `make train` or set JIEFEN_MODEL_DIR")
    return Classifier(folder, threads)


class Classifier:
    """Predicts dispute type, subtype, route, risk and intent. Made by :func:`load`."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.meta = Meta.load(folder / "meta.json")
        self.tokenizer = CharTokenizer.load(folder)
        self.ngrams = NgramTable.load(folder / "ngrams.npz")
        self.ngrams.rows("你好")  # reads the word list now, not while a resident waits
        contexts = [token[5:-1] for token in self.tokenizer.vocabulary if token.startswith("[CTX:")]
        self._contexts = {name: i + 1 for i, name in enumerate(contexts)}
        self._no_dispute = [i for i, code in enumerate(self.meta.heads["type"]) if code in NO_DISPUTE]
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    @property
    def version(self) -> str:
        return self.meta.version

    def predict(self, text: str) -> Prediction:
        """Everything about one text of any length; an empty text gives an abstained prediction."""
        return self.predict_many([text])[0]

    def predict_many(self, texts: Sequence[str], batch: int = 32) -> list[Prediction]:
        """Predictions in the order of the texts."""
        clean = [self.tokenizer.clean(text) for text in texts]
        scores = self.probabilities(clean, batch=batch)
        return [self._prediction({head: scores[head][i] for head in DISPUTE_HEADS}, not clean[i]) for i in range(len(clean))]

    def intent(self, text: str, context: str = "free") -> list[IntentScore]:
        """Intents, best first, in the light of what was asked last.

        Args:
            context: free, asked_amount, asked_phone, asked_name, asked_when, asked_narrative or confirm_summary;
                an unknown one counts as free.
        """
        return self.intent_many([text], [context])[0]

    def intent_many(self, texts: Sequence[str], contexts: Sequence[str], batch: int = 32) -> list[list[IntentScore]]:
        """Intents of many messages, in their order."""
        known = [context if context in self._contexts else "free" for context in contexts]
        scores = self.probabilities([self.tokenizer.clean(text) for text in texts], known, batch)[INTENT_HEAD]
        labels = self.meta.heads[INTENT_HEAD]
        return [[IntentScore(labels[j], float(row[j])) for j in np.argsort(-row)] for row in scores]

    def embed(self, texts: Sequence[str], batch: int = 32) -> Array:
        """Unit vectors (texts, 3 × hidden) for comparing texts."""
        vectors = self._run([self.tokenizer.clean(text) for text in texts], [""] * len(texts), batch)["vector"]
        norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        unit: Array = (vectors / norms).astype(np.float32)
        return unit

    def explain(self, text: str, most: int = 5) -> tuple[Reason, ...]:
        """Which words carried the dispute type: each short span is hidden in turn, and the loss of probability counted.

        Offsets are into the normalised text (:meth:`CharTokenizer.clean`). Costs one forward pass a span; for staff, not for
        every message. Looks at the first 400 characters.
        """
        clean = self.tokenizer.clean(text)[:400]
        spans = list(_spans(clean))
        if not spans:
            return ()
        hidden = [clean[:start] + clean[end:] for start, end in spans]
        scores = self.probabilities([clean, *hidden])["type"]
        best = int(scores[0].argmax())
        lost = scores[0, best] - scores[1:, best]
        reasons = [Reason(clean[a:b], a, b, round(float(lost[i]), 4)) for i, (a, b) in enumerate(spans) if lost[i] > 0.005]
        chosen: list[Reason] = []
        for reason in sorted(reasons, key=lambda r: -r.weight):
            if all(reason.end <= other.start or reason.start >= other.end for other in chosen):
                chosen.append(reason)
        return tuple(chosen[:most])

    def split(self, text: str) -> tuple[DisputePart, ...]:
        """The disputes of one story in reading order (:func:`classifier.parts.split`)."""
        from classifier.parts import split

        return split(self, text)

    def secondary(self, prediction: Prediction) -> tuple[str, ...]:
        """Codes of the further disputes in the same story (at most two): the rule of ``SECONDARY_AT_LEAST``."""
        return tuple(score.code for score in prediction.dispute_types[1:TOP] if score.probability >= SECONDARY_AT_LEAST)

    def probabilities(self, clean: Sequence[str], contexts: Sequence[str] | None = None, batch: int = 32) -> dict[str, Array]:
        """Calibrated probabilities by head, (texts, labels), for normalised texts."""
        scores = self.heads(clean, contexts, batch)
        voted = vote(scores["type"], scores["subtype"], self.meta.heads, self.meta.subtype_vote)
        scores["type"] = sharpened(voted, self.meta.type_sharpness)
        if self.meta.route_vote:
            by_subtype = scores["subtype"] @ self.meta.route_by_subtype
            scores["route"] = ((1 - self.meta.route_vote) * scores["route"] + self.meta.route_vote * by_subtype).astype(np.float32)
        return scores

    def heads(self, clean: Sequence[str], contexts: Sequence[str] | None = None, batch: int = 32) -> dict[str, Array]:
        """Probabilities as each head gives them, before the subtypes have a say in type and route."""
        raw = self._run(clean, contexts or [""] * len(clean), batch)
        # How readily R2 and R3 are said is set on held-out texts (figures in MODEL_CARD.md).
        raw["risk"][:, SEVERE:] += self.meta.risk_caution
        return {head: softmax(raw[head]) for head in self.meta.heads}

    def _prediction(self, scores: dict[str, Array], empty: bool) -> Prediction:
        tops = {head: self._top(head, values) for head, values in scores.items()}
        return Prediction(
            dispute_types=tops["type"],
            subtypes=tops["subtype"],
            routes=tops["route"],
            risk=tops["risk"],
            abstained=empty or tops["type"][0].probability < self.meta.abstain_below,
            model_version=self.meta.version,
        )

    def _top(self, head: str, values: Array) -> tuple[LabelScore, ...]:
        labels = self.meta.heads[head]
        best = np.argsort(-values, kind="stable")[:TOP]
        return tuple(LabelScore(labels[i], self.meta.names.get(labels[i], labels[i]), float(values[i])) for i in best)

    def _run(self, clean: Sequence[str], contexts: Sequence[str], batch: int) -> dict[str, Array]:
        """Raw outputs: windows of one text are averaged; for risk the most alarming passage of a long text speaks."""
        outputs = (*self.meta.heads, "vector")
        owners, rows, tables, passage = self._windows(clean, contexts)
        places = [self._contexts.get(context, 0) for context in contexts]
        order = np.argsort([len(row) for row in rows], kind="stable")
        parts: dict[str, list[Array]] = {name: [] for name in outputs}
        for begin in range(0, len(order), batch):
            chosen = order[begin : begin + batch]
            feed = _feed([rows[i] for i in chosen], [tables[i] for i in chosen], [places[owners[i]] for i in chosen])
            for name, values in zip(outputs, self._session.run(list(outputs), feed)):  # noqa: B905 (same length by contract)
                parts[name].append(values)
        owner, only_risk = np.asarray(owners, dtype=np.int64)[order], np.asarray(passage, dtype=bool)[order]
        joined = {name: np.concatenate(pieces) for name, pieces in parts.items() if pieces}
        # A window that speaks of no dispute says little: small talk around a story must not make it an exit matter.
        telling = np.delete(softmax(joined["type"][~only_risk]), self._no_dispute, axis=1).max(axis=1) ** 2 + 0.02
        pooled = {name: _mean(values[~only_risk], telling, owner[~only_risk], len(clean)) for name, values in joined.items()}
        if only_risk.any():
            pooled["risk"] = _most_alarming(joined["risk"], owner, len(clean))
        return pooled

    def _windows(self, clean: Sequence[str], contexts: Sequence[str]) -> _Windows:
        """Windows of every text; long texts also get short passages, which are asked for risk only."""
        owners: list[int] = []
        rows: list[list[int]] = []
        tables: list[tuple[NDArray[np.int64], Array]] = []
        passage: list[bool] = []
        for i, text in enumerate(clean):
            context = self.tokenizer.context_id(contexts[i]) if contexts[i] else None
            head = [self.tokenizer.cls] if context is None else [self.tokenizer.cls, context]
            for longest, short in ((self.meta.window, False), (PASSAGE, True)):
                if short and len(text) < 2 * PASSAGE:
                    continue
                for start in window_starts(len(text), longest):
                    part = text[start : start + longest]
                    owners.append(i)
                    rows.append([*head, *self.tokenizer.ids(part), self.tokenizer.sep])
                    tables.append(self.ngrams.rows(part))
                    passage.append(short)
        return owners, rows, tables, passage


def window_starts(length: int, longest: int) -> list[int]:
    """Starts of windows that overlap by a quarter; the last one ends at the end of the text."""
    if length <= longest:
        return [0]
    return [*range(0, length - longest, longest * 3 // 4), length - longest]


def vote(types: Array, subtypes: Array, heads: dict[str, tuple[str, ...]], share: float) -> Array:
    """Mix the type head with what the subtype head says of the type (its labels begin with the type's code).

    A subtype is a narrower thing to recognise: by other authors this is worth 2 to 4 points of type accuracy.
    """
    order = {code: i for i, code in enumerate(heads["type"])}
    total = np.zeros_like(types)
    np.add.at(total.T, [order[code[:2]] for code in heads["subtype"]], subtypes.T)
    mixed: Array = ((1 - share) * types + share * total).astype(np.float32)
    return mixed


def sharpened(probabilities: Array, sharpness: float) -> Array:
    """Two heads mixed are less sure than they are right; the power (> 1) that makes up for it is set on texts kept apart."""
    raised = probabilities**sharpness
    result: Array = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def softmax(logits: Array) -> Array:
    """Row by row, in float32."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: Array = (shifted / shifted.sum(axis=-1, keepdims=True)).astype(np.float32)
    return result


def _feed(rows: list[list[int]], tables: list[tuple[NDArray[np.int64], Array]], places: list[int]) -> dict[str, NDArray[Any]]:
    ids = np.zeros((len(rows), max(len(row) for row in rows)), dtype=np.int64)
    many = max(1, max(len(table[0]) for table in tables))
    ngrams = np.zeros((len(rows), many), dtype=np.int64)
    weights = np.zeros((len(rows), many), dtype=np.float32)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        known, weight = tables[i]
        ngrams[i, : len(known)] = known
        weights[i, : len(known)] = weight
    return {"ids": ids, "rows": ngrams, "weights": weights, "context": np.asarray(places, dtype=np.int64)}


def _mean(values: Array, weights: Array, owner: NDArray[np.int64], texts: int) -> Array:
    """Weighted average of each text's windows."""
    total = np.zeros((texts, values.shape[1]), dtype=np.float32)
    np.add.at(total, owner, values * weights[:, None])
    averaged: Array = (total / np.bincount(owner, weights=weights, minlength=texts)[:, None]).astype(np.float32)
    return averaged


def _most_alarming(values: Array, owner: NDArray[np.int64], texts: int) -> Array:
    """The logits of each text's window or passage with the highest probability of R2 or R3."""
    chosen = np.zeros((texts, values.shape[1]), dtype=np.float32)
    for i in np.argsort(softmax(values)[:, SEVERE:].sum(axis=1), kind="stable"):  # the most alarming is written last
        chosen[owner[i]] = values[i]
    return chosen


def _spans(clean: str) -> Iterator[tuple[int, int]]:
    """Words of two characters or more and pairs of neighbouring words inside a clause; of long texts every other pair only."""
    cut = word_spans(clean)
    long = len(clean) > 120
    for i, (start, end) in enumerate(cut):
        if not long and end - start >= 2 and not _marked(clean[start:end]):
            yield start, end
        if i + 1 < len(cut) and not (long and i % 2) and not _marked(clean[start : cut[i + 1][1]]):
            yield start, cut[i + 1][1]


def _marked(part: str) -> bool:
    return any(mark in part for mark in "，。？！；")
