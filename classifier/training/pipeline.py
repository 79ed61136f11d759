"""The whole training: an honest run that leaves authors out (for blend, threshold and figures), then the run that ships."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.baselines import Answers, write_answers
from classifier.evaluate import BENCHMARKS, Figures, evaluate, figures, read_labelled
from classifier.ngrams import NgramTable
from classifier.runtime import INTENT_HEAD, SEVERE, load, sharpened, softmax, vote
from classifier.splits import HELD_OUT_AUTHORS, is_calibration_text, is_dev_question, per_cent
from classifier.tokenizer import CharTokenizer
from classifier.training.assemble import assemble
from classifier.training.bases import build
from classifier.training.calibrate import choose_threshold, coverage_curve, fit_blend
from classifier.training.data import FURTHER_AUTHOR, QUESTION_AUTHOR, TAXONOMY_AUTHOR, Row, subtypes_of
from classifier.training.examples import ACCEPTABLE_SHARE, from_rows, from_utterances, labels_from
from classifier.training.export import Blend
from classifier.training.finetune import FinetuneConfig, logits_of, train
from classifier.training.intents import CONTEXTS, Utterance, calm_rows
from classifier.training.linear import LinearHead, fit_head, matrix
from classifier.training.network import DISPUTE_HEADS, Labels, Network

Array = NDArray[np.float32]
WINDOW = 190  # characters in one pass; longer texts are read in overlapping windows
FOLDS = 5
ROUTE_VOTE = 0.6  # of the route's probability comes from the subtype head, by the routes its training texts took
SUBTYPE_VOTE = 0.7  # of the type's probability comes from the subtype head; 0 … 1 tried on the honest run
TYPE_SHARPNESS = (
    1.2  # power of the voted type probabilities: real questions ask for 1.0, authored texts for 1.3 (likelihood, texts kept apart)
)
FALSE_ALARMS = 0.04  # share of R0 and R1 texts the model alone may call R2 or R3
TABLE_AT_LEAST = 2  # texts a character, pair or word must occur in
_LABEL: dict[str, Callable[[Row], str]] = {
    "type": lambda row: row.dispute_type,
    "subtype": lambda row: row.subtype,
    "route": lambda row: row.route,
    "risk": lambda row: row.risk,
}


@dataclass(frozen=True)
class Trained:
    """Both halves, trained on the same texts."""

    network: Network
    tokenizer: CharTokenizer
    table: NgramTable
    heads: dict[str, LinearHead]

    @property
    def labels(self) -> Labels:
        return self.network.labels

    def halves(self, texts: list[str], contexts: list[str] | None = None) -> tuple[dict[str, Array], dict[str, Array]]:
        """Transformer logits and linear margins by head for normalised texts."""
        known = self.labels.contexts
        plain = matrix(self.table, texts)
        placed = matrix(self.table, texts, contexts or [""] * len(texts), known)
        margins = {head: own.margins(placed if head == INTENT_HEAD else plain) for head, own in self.heads.items()}
        return logits_of(self.network, texts, self.tokenizer, contexts), margins


@dataclass(frozen=True)
class HeldOut:
    """What the honest run found out."""

    blends: dict[str, Blend]
    abstain_below: float
    risk_caution: float = 0.0
    tables: list[Figures] = field(default_factory=list)
    curve: list[dict[str, float]] = field(default_factory=list)
    intent_accuracy: dict[str, float] = field(default_factory=dict)


def fit(
    rows: Sequence[Row],
    utterances: Sequence[Utterance],
    labels: Labels,
    base: str,
    shipped: CharTokenizer,
    config: FinetuneConfig,
    start: Path | None = None,
    further: bool = True,
) -> Trained:
    """Train both halves on the given texts; the transformer goes on from ``start`` when given (``further``: trains on)."""
    rows = [*rows, *calm_rows(utterances)]
    table, heads = fit_linear(rows, utterances, labels, shipped)
    network, tokenizer = build(base, labels, shipped, config.dropout)
    if start is not None:
        saved, own = torch.load(start), network.state_dict()
        # A head whose labels have changed since (an intent added) starts anew.
        network.load_state_dict({**own, **{name: value for name, value in saved.items() if own[name].shape == value.shape}})
        if not further:
            return Trained(network.eval(), tokenizer, table, heads)
    examples = from_rows(rows, labels, tokenizer)
    for head, values in out_of_fold(rows, labels, tokenizer, table).items():
        examples.offsets[head] = values
    if utterances:
        heard = from_utterances(utterances, labels, tokenizer)
        heard.offsets[INTENT_HEAD] = out_of_fold_intents(utterances, labels, tokenizer, table)
        examples = examples + heard
    return Trained(train(network, examples, tokenizer, config), tokenizer, table, heads)


def _folds(authors: Sequence[str], identities: Sequence[str]) -> NDArray[np.int64]:
    """An author is never split, so margins are those of a model that has not read this author; real questions go by hash."""
    order = {author: i % FOLDS for i, author in enumerate(sorted(set(authors) - {QUESTION_AUTHOR, FURTHER_AUTHOR}))}
    return np.array([order.get(author, per_cent(name) % FOLDS) for author, name in zip(authors, identities, strict=True)])


def out_of_fold(rows: Sequence[Row], labels: Labels, tokenizer: CharTokenizer, table: NgramTable) -> dict[str, Array]:
    """What linear models that have not read a text's author say of it, as logits by head."""
    x = matrix(table, [tokenizer.clean(row.text) for row in rows])
    folds = _folds([row.author for row in rows], [row.id for row in rows])
    found: dict[str, Array] = {}
    for head, of in _LABEL.items():
        known = np.array([bool(of(row)) for row in rows])
        y = np.array([labels.index[head].get(of(row), 0) for row in rows])
        found[head] = _margins_out_of_fold(x, y, known, folds, len(labels.heads[head]))
    return found


def out_of_fold_intents(utterances: Sequence[Utterance], labels: Labels, tokenizer: CharTokenizer, table: NgramTable) -> Array:
    """The same for the intent head."""
    x = matrix(table, [tokenizer.clean(u.text) for u in utterances], [u.context for u in utterances], labels.contexts)
    y = np.array([labels.index[INTENT_HEAD][u.intent] for u in utterances])
    folds = _folds([u.author for u in utterances], [u.text for u in utterances])
    return _margins_out_of_fold(x, y, np.ones(len(y), dtype=bool), folds, len(labels.heads[INTENT_HEAD]))


def _margins_out_of_fold(x: csr_matrix, y: NDArray[np.int64], known: NDArray[np.bool_], folds: NDArray[np.int64], classes: int) -> Array:
    margins = np.zeros((len(y), classes), dtype=np.float32)
    for fold in np.unique(folds):
        learned, asked = known & (folds != fold), folds == fold
        if len(np.unique(y[learned])) < 2:
            continue
        margins[asked] = fit_head(x[learned], y[learned], classes).margins(x[asked])
    targets = np.eye(classes, dtype=np.float32)[y]
    gain = fit_blend(np.zeros_like(margins), margins, targets, known.astype(np.float32)).table
    logits: Array = (gain * margins).astype(np.float32)
    return logits


def fit_linear(
    rows: Sequence[Row], utterances: Sequence[Utterance], labels: Labels, tokenizer: CharTokenizer
) -> tuple[NgramTable, dict[str, LinearHead]]:
    """The n-gram half (and baseline): one table of n-grams, one linear SVM a head."""
    texts = [tokenizer.clean(row.text) for row in rows]
    said = [tokenizer.clean(utterance.text) for utterance in utterances]
    table = NgramTable.fit(texts + said, TABLE_AT_LEAST)
    x = matrix(table, texts)
    weights = np.array([row.weight if row.author == TAXONOMY_AUTHOR or not row.dispute_type else 1.0 for row in rows], dtype=np.float32)
    heads = {}
    for head, of in _LABEL.items():
        known = np.array([bool(of(row)) for row in rows])
        y = np.array([labels.index[head][of(row)] for row in rows if of(row)])
        heads[head] = fit_head(x[known], y, len(labels.heads[head]), weights[known])
    if utterances:
        x = matrix(table, said, [utterance.context for utterance in utterances], labels.contexts)
        y = np.array([labels.index[INTENT_HEAD][utterance.intent] for utterance in utterances])
        heads[INTENT_HEAD] = fit_head(x, y, len(labels.heads[INTENT_HEAD]))
    return table, heads


def labels_for(rows: Sequence[Row], utterances: Sequence[Utterance]) -> Labels:
    """Label lists of everything there is, so that every run has the same heads."""
    return labels_from(subtypes_of(rows), sorted({utterance.intent for utterance in utterances}), CONTEXTS)


def training_part(rows: Sequence[Row]) -> list[Row]:
    """What the shipped model may read."""

    def unseen(row: Row) -> bool:
        if row.author == QUESTION_AUTHOR:
            return is_dev_question(row.id)
        return row.author not in (TAXONOMY_AUTHOR, FURTHER_AUTHOR) and is_calibration_text(row.id)

    return [row for row in rows if not unseen(row)]


def kept_apart(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """What :func:`training_part` leaves out, by name: blends and threshold of a model trained on every author are set on these."""
    kept = {row.id for row in training_part(rows)}
    dev = [row for row in rows if row.author == QUESTION_AUTHOR and row.id not in kept]
    authored = [row for row in rows if row.author != QUESTION_AUTHOR and row.id not in kept]
    return {**({"real questions (dev)": dev} if dev else {}), "authored (held-out 6 %)": authored}


def honest_sets(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Held-out texts of the honest run, by name."""
    sets = {f"author {author}": [row for row in rows if row.author == author] for author in HELD_OUT_AUTHORS}
    dev = [row for row in rows if row.author == QUESTION_AUTHOR and is_dev_question(row.id)]
    return {**({"real questions (dev)": dev} if dev else {}), **{name: part for name, part in sets.items() if part}}


def blended(halves: tuple[dict[str, Array], dict[str, Array]], blends: dict[str, Blend], head: str) -> Array:
    network, table = halves
    mixed: Array = (blends[head].network * network[head] + blends[head].table * table[head]).astype(np.float32)
    return mixed


def route_by_subtype(rows: Sequence[Row], labels: Labels) -> list[list[float]]:
    """Which routes the texts of each subtype took (acceptable ones share as in training): worth 3 to 6 points of the route."""
    counted = np.full((len(labels.heads["subtype"]), len(labels.heads["route"])), 0.05)
    for row in rows:
        if row.route:
            at = counted[labels.index["subtype"][row.subtype]]
            others = [labels.index["route"][code] for code in row.acceptable if code != row.route]
            at[labels.index["route"][row.route]] += 1.0 - (ACCEPTABLE_SHARE if others else 0.0)
            for other in others:
                at[other] += ACCEPTABLE_SHARE / len(others)
    shares = counted / counted.sum(axis=1, keepdims=True)
    return [[round(float(value), 4) for value in line] for line in shares]


def types_of(halves: tuple[dict[str, Array], dict[str, Array]], blends: dict[str, Blend], labels: Labels) -> Array:
    """Probabilities of the types, the subtypes' vote included."""
    types, subtypes = (softmax(blended(halves, blends, head)) for head in ("type", "subtype"))
    return sharpened(vote(types, subtypes, labels.heads, SUBTYPE_VOTE), TYPE_SHARPNESS)


def judge(trained: Trained, sets: dict[str, list[Row]], said: Sequence[Utterance]) -> HeldOut:
    """Fit blends and threshold on texts by others than the training authors; every set counts the same."""
    clean = trained.tokenizer.clean
    halves = {name: trained.halves([clean(row.text) for row in rows]) for name, rows in sets.items()}
    examples = {name: from_rows(rows, trained.labels, trained.tokenizer) for name, rows in sets.items()}
    share = np.concatenate([np.full(len(rows), 1.0 / len(rows)) for rows in sets.values()])
    blends = {}
    for head in DISPUTE_HEADS:
        network, table = (np.concatenate([halves[name][side][head] for name in sets]) for side in (0, 1))
        targets = np.concatenate([examples[name].targets[head] for name in sets])
        weights = share * np.concatenate([examples[name].weights[head] for name in sets])
        blends[head] = fit_blend(network, table, targets, weights)
    accuracy: dict[str, float] = {}
    if said:
        blends[INTENT_HEAD], accuracy = _judge_intents(trained, said)
    types = np.concatenate([types_of(halves[name], blends, trained.labels) for name in sets])
    truth = np.concatenate([[trained.labels.index["type"][row.dispute_type] for row in rows] for rows in sets.values()])
    curve = coverage_curve(types, types.argmax(1) == truth, share)
    threshold = choose_threshold(curve).threshold
    tables = [table for name, rows in sets.items() for table in _beside(name, rows, halves[name], trained.labels, threshold)]
    return HeldOut(blends, threshold, 0.0, tables, [asdict(point) for point in curve[::5]], accuracy)


def _beside(
    name: str, rows: Sequence[Row], halves: tuple[dict[str, Array], dict[str, Array]], labels: Labels, threshold: float
) -> list[Figures]:
    """Each half alone on the same texts."""
    records = [asdict(row) for row in rows]
    linear = {head: softmax(4.0 * halves[1][head]) for head in DISPUTE_HEADS}
    alone = {head: softmax(halves[0][head]) for head in DISPUTE_HEADS}
    return [
        figures(linear, records, labels.heads, f"{name} — n-gram linear", threshold),
        figures(alone, records, labels.heads, f"{name} — transformer alone", threshold),
    ]


def choose_caution(scores: Sequence[Array], severe: Sequence[NDArray[np.bool_]]) -> float:
    """How much to raise (or lower) the logits of R2 and R3 so that false alarms stay bearable, every set counted alike.

    Args:
        scores: per set, log of the best of R2, R3 over the best of R0, R1.
        severe: per set, whether a text is R2 or R3.
    """
    grid = np.arange(-2.0, 2.01, 0.05)
    alarms = [np.mean([float((score[~bad] + b > 0).mean()) for score, bad in zip(scores, severe, strict=True)]) for b in grid]
    allowed = [float(b) for b, rate in zip(grid, alarms, strict=True) if rate <= FALSE_ALARMS]
    return round(max(allowed), 2) if allowed else float(grid[0])


def _votes(rows: Sequence[Row], labels: Labels) -> dict[str, Any]:
    return {
        "subtype_vote": SUBTYPE_VOTE,
        "type_sharpness": TYPE_SHARPNESS,
        "route_vote": ROUTE_VOTE,
        "route_by_subtype": route_by_subtype(rows, labels),
    }


def judge_shipped_form(folder: Path, trained: Trained, learned: Sequence[Row], sets: dict[str, list[Row]], found: HeldOut) -> HeldOut:
    """Export the honest run too, and judge it as it would ship: int8, windows, passages. Sets the caution about danger."""
    about: dict[str, Any] = {"date": "held-out", "abstain_below": found.abstain_below, "window": WINDOW, "risk_caution": 0.0}
    about.update(_votes(learned, trained.labels))
    assemble(folder, trained.network, trained.table, trained.heads, found.blends, trained.tokenizer, about)
    calm = load(folder)
    severe, scores = [], []
    for rows in sets.values():
        risk = calm.probabilities([calm.tokenizer.clean(row.text) for row in rows])["risk"]
        severe.append(np.array([row.risk in ("R2", "R3") for row in rows]))
        scores.append(np.log(risk[:, SEVERE:].max(axis=1) / risk[:, :SEVERE].max(axis=1)))
    caution = choose_caution(scores, severe)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    (folder / "meta.json").write_text(json.dumps({**meta, "risk_caution": caution}, ensure_ascii=False), encoding="utf-8")
    judged = load(folder)
    own = [evaluate(judged, [asdict(row) for row in rows], name) for name, rows in sets.items()]
    tables = sorted([*own, *found.tables], key=lambda row: row.name)
    return HeldOut(found.blends, found.abstain_below, caution, tables, found.curve, found.intent_accuracy)


def _judge_intents(trained: Trained, said: Sequence[Utterance]) -> tuple[Blend, dict[str, float]]:
    network, table = trained.halves([trained.tokenizer.clean(u.text) for u in said], [u.context for u in said])
    truth = np.array([trained.labels.index[INTENT_HEAD][u.intent] for u in said])
    targets = np.eye(len(trained.labels.heads[INTENT_HEAD]), dtype=np.float32)[truth]
    blend = fit_blend(network[INTENT_HEAD], table[INTENT_HEAD], targets)
    mixed = blend.network * network[INTENT_HEAD] + blend.table * table[INTENT_HEAD]
    return blend, {
        "texts": float(len(said)),
        "shipped form": float((mixed.argmax(1) == truth).mean()),
        "n-gram linear": float((table[INTENT_HEAD].argmax(1) == truth).mean()),
        "transformer alone": float((network[INTENT_HEAD].argmax(1) == truth).mean()),
    }


def ship(folder: Path, trained: Trained, held_out: HeldOut, rows: Sequence[Row], about: dict[str, Any], reference: Path | None) -> None:
    """Write the model folder, and the baseline's answers on the texts never learned from (``jiefen evaluate`` shows them)."""
    assemble(
        folder,
        trained.network,
        trained.table,
        trained.heads,
        held_out.blends,
        trained.tokenizer,
        {
            **about,
            "abstain_below": held_out.abstain_below,
            "risk_caution": held_out.risk_caution,
            "window": WINDOW,
            **_votes(training_part(rows), trained.labels),
            "held_out": [asdict(row) for row in held_out.tables],
            "coverage_curve": held_out.curve,
            "intent_held_out": held_out.intent_accuracy,
        },
    )
    if reference is not None:
        version = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["version"]
        authored = [row for row in rows if row.author not in (QUESTION_AUTHOR, FURTHER_AUTHOR, TAXONOMY_AUTHOR) and len(row.text) < WINDOW]
        chosen = authored[:: max(1, len(authored) // 500)][:500]
        scores = softmax(blended(trained.halves([trained.tokenizer.clean(row.text) for row in chosen]), held_out.blends, "type"))
        values = {row.id: [round(float(p), 4) for p in line] for row, line in zip(chosen, scores, strict=True)}
        reference.write_text(json.dumps({"version": version, "type": values}, separators=(",", ":")) + "\n", encoding="utf-8")
    write_answers(folder, "n-gram linear", linear_answers(trained, unseen_records(rows)))


def unseen_records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What no training reads, the benchmarks included: the texts every baseline is asked too."""
    kept = {row.id for row in training_part(rows)}
    benchmarks = [record for file in BENCHMARKS.values() if file.exists() for record in read_labelled(file)]
    return [*benchmarks, *(asdict(row) for row in rows if row.id not in kept)]


def linear_answers(trained: Trained, records: Sequence[dict[str, Any]]) -> Answers:
    """Best labels of the n-gram half alone (types: the first three)."""
    x = matrix(trained.table, [trained.tokenizer.clean(record["text"]) for record in records])
    answers: Answers = {record["id"]: {} for record in records}
    for head in DISPUTE_HEADS:
        order = np.argsort(-trained.heads[head].margins(x), axis=1)[:, : 3 if head == "type" else 1]
        for record, best in zip(records, order, strict=True):
            answers[record["id"]][head] = [trained.labels.heads[head][i] for i in best]
    return answers
