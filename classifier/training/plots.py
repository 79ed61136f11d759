"""The card's plots from the shipped model and the baselines' answers: ``python -m classifier.training.plots`` (needs matplotlib).

Written as PNG to docs/images: accuracy beside the baselines, coverage against accuracy, calibration, confusions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.baselines import read_answers
from classifier.evaluate import Record, held_out_sets, interval
from classifier.runtime import Classifier, load
from classifier.training.data import CORPUS, QUESTIONS, REPOSITORY

IMAGES = REPOSITORY / "docs/images"
MODEL = REPOSITORY / "classifier/model"
BINS = 10
Array = NDArray[np.float32]


def _scores(classifier: Classifier, rows: list[Record]) -> tuple[Array, NDArray[np.int64]]:
    """Type probabilities (texts, types) and true indices."""
    labels = classifier.meta.heads["type"]
    types = classifier.probabilities([classifier.tokenizer.clean(row["text"]) for row in rows])["type"]
    return types, np.array([labels.index(row["dispute_type"]) for row in rows])


def beside_baselines(axes: Any, sets: dict[str, list[Record]], scored: dict[str, tuple[Array, NDArray[np.int64]]]) -> None:
    """Bars with 95 % intervals."""
    answers = read_answers(MODEL)
    models = ["Jiefen", *answers]
    for place, model in enumerate(models):
        for i, (name, rows) in enumerate(sets.items()):
            if model == "Jiefen":
                right = list(scored[name][0].argmax(axis=1) == scored[name][1])
            else:
                known = [row for row in rows if row["id"] in answers[model]]
                right = [answers[model][row["id"]]["type"][0] == row["dispute_type"] for row in known]
            if not right:
                continue
            share = float(np.mean(right))
            low, high = interval(int(sum(right)), len(right))
            x = i + (place - (len(models) - 1) / 2) * 0.8 / len(models)
            axes.bar(x, share * 100, 0.76 / len(models), color=f"C{place}", label=model if i == 0 else None)
            axes.errorbar(x, share * 100, [[(share - low) * 100], [(high - share) * 100]], color="black", capsize=2, linewidth=0.8)
    axes.set_xticks(range(len(sets)), list(sets), fontsize=8)
    axes.set_ylabel("dispute type right, %")
    axes.set_ylim(40, 100)
    axes.legend(fontsize=8, loc="lower right")


def coverage(axes: Any, scored: dict[str, tuple[Array, NDArray[np.int64]]], threshold: float) -> None:
    """Accuracy of the surest texts against their share."""
    for name, (types, truth) in scored.items():
        order = np.argsort(-types.max(axis=1))
        right = (types.argmax(axis=1) == truth)[order]
        share = np.arange(1, len(right) + 1) / len(right)
        line = axes.plot(share * 100, np.cumsum(right) / np.arange(1, len(right) + 1) * 100, label=name)[0]
        covered = float((types.max(axis=1) >= threshold).mean())
        axes.axvline(covered * 100, color=line.get_color(), linewidth=0.6, linestyle=":")
    axes.set_xlabel("answered, % (dotted: at the shipped threshold)")
    axes.set_ylabel("right among the answered, %")
    axes.set_xlim(20, 100)
    axes.legend(fontsize=8)


def calibration(axes: Any, scored: dict[str, tuple[Array, NDArray[np.int64]]]) -> None:
    """What the model says of itself against how often it is right."""
    axes.plot([0, 100], [0, 100], color="grey", linewidth=0.8)
    for name, (types, truth) in scored.items():
        top, right = types.max(axis=1), types.argmax(axis=1) == truth
        place = np.minimum((top * BINS).astype(int), BINS - 1)
        kept = [b for b in range(BINS) if (place == b).sum() >= 8]
        axes.plot(
            [top[place == b].mean() * 100 for b in kept],
            [right[place == b].mean() * 100 for b in kept],
            marker="o",
            markersize=3,
            label=name,
        )
    axes.set_xlabel("probability said, %")
    axes.set_ylabel("right, %")
    axes.legend(fontsize=8)


def confusions(axes: Any, scored: tuple[Array, NDArray[np.int64]], labels: tuple[str, ...], title: str) -> None:
    """Rows: truth; columns: said; shares of the row."""
    types, truth = scored
    table = np.zeros((len(labels), len(labels)))
    np.add.at(table, (truth, types.argmax(axis=1)), 1)
    axes.imshow(table / np.maximum(table.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, fontsize=7, rotation=90)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    axes.set_title(title, fontsize=9)


def main(images: Path = IMAGES) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    classifier = load(MODEL)
    sets = held_out_sets(QUESTIONS, CORPUS / "authored")
    scored = {name: _scores(classifier, rows) for name, rows in sets.items()}
    figure, (first, second, third) = pyplot.subplots(1, 3, figsize=(17, 4.6), layout="constrained")
    beside_baselines(first, sets, scored)
    coverage(second, scored, classifier.meta.abstain_below)
    calibration(third, scored)
    figure.savefig(images / "classifier-figures.png", dpi=80)
    figure, places = pyplot.subplots(1, 2, figsize=(12, 6), layout="constrained")
    for axes, name in zip(places, [name for name in ("real questions (dev)", "author T2") if name in scored], strict=False):
        confusions(axes, scored[name], classifier.meta.heads["type"], name)
    figure.savefig(images / "classifier-confusions.png", dpi=80)
    print(f"written: {images}")


if __name__ == "__main__":
    main()
