"""Speed of the shipped model: ``python -m classifier.bench`` (``make bench-classifier``).

One thread. Latency of one text of 64 characters, throughput in batches of 32; beside it the n-gram table alone (what the
linear baseline costs: same table, no transformer) and, where torch is installed, the same network in PyTorch eager.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from classifier.runtime import Classifier, load

TEXT = "楼上家里的暖气管子去年冬天漏水，把我家的木地板和墙面都泡坏了，找了物业三次都推来推去，对方只肯赔五百块钱，请问我该找谁帮忙处理"
REPEATS = 300


def timed(work: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Median and 95th percentile of one call, in milliseconds."""
    for _ in range(10):
        work()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def linear_alone(classifier: Classifier, text: str) -> int:
    """What an n-gram linear model does for one text: normalise, look up, add up one row of weights an n-gram."""
    rows, weights = classifier.ngrams.rows(classifier.tokenizer.clean(text))
    width = sum(len(labels) for labels in classifier.meta.heads.values())
    return int((weights[:, None] * np.ones((len(rows), width), dtype=np.float32)).sum(axis=0).argmax())


def eager(model_dir: Path, classifier: Classifier) -> Callable[[], object] | None:
    """The transformer half in PyTorch on one thread, with random weights of the shipped shape (speed only)."""
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    from classifier.training.encoder import Encoder, EncoderConfig

    torch.set_num_threads(1)
    encoder = Encoder(EncoderConfig(vocab_size=len(classifier.tokenizer.vocabulary))).eval()
    ids = torch.tensor([[classifier.tokenizer.cls, *classifier.tokenizer.ids(classifier.tokenizer.clean(TEXT)[:64])]])

    def work() -> object:
        with torch.inference_mode():
            return encoder(ids, (ids != 0).float())

    return work


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=None)
    args = parser.parse_args()
    begun = time.perf_counter()
    classifier = load(args.model)
    seconds = time.perf_counter() - begun
    text = TEXT[:64]
    print(
        f"model {classifier.version}, loaded in {seconds * 1000:.0f} ms; Python {platform.python_version()}, one thread, {len(text)} characters"
    )
    print("| what | p50 ms | p95 ms |\n|---|---|---|")
    rows: list[tuple[str, Callable[[], object] | None]] = [
        ("predict (ONNX int8, normalisation to labels)", lambda: classifier.predict(text)),
        ("intent", lambda: classifier.intent(text, "free")),
        ("n-gram linear model", lambda: linear_alone(classifier, text)),
        ("transformer in PyTorch eager", eager(args.model or Path("classifier/model"), classifier)),
    ]
    for name, work in rows:
        if work is None:
            print(f"| {name} | torch is not installed | |")
            continue
        middle, slow = timed(work)
        print(f"| {name} | {middle:.2f} | {slow:.2f} |")
    batch = [text] * 32
    middle, _ = timed(lambda: classifier.predict_many(batch), 20)
    print(f"\nbatches of 32: {32 / middle * 1000:.0f} texts a second")


if __name__ == "__main__":
    main()
