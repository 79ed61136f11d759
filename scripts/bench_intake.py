"""Milliseconds a text of the pure listening part, on one core: safety screen and extractor over the corpus. ``make bench-intake``."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import knowledge  # noqa: E402
from intake.extract import extract  # noqa: E402
from intake.safety import Screen  # noqa: E402

SAMPLE = 500


def timed(call: Callable[[str], object], texts: list[str]) -> list[float]:
    """Milliseconds of each text, sorted."""
    found = []
    for text in texts:
        begin = time.perf_counter()
        call(text)
        found.append((time.perf_counter() - begin) * 1000)
    return sorted(found)


def main() -> int:
    begin = time.perf_counter()
    book = knowledge.load()
    print(f"knowledge loaded in {(time.perf_counter() - begin) * 1000:.0f} ms")
    texts = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "classifier/corpus/authored").glob("*.jsonl"))
        for line in path.open(encoding="utf-8")
    ]
    texts = texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]
    long_texts = ["".join(texts[i : i + 12])[:600] for i in range(0, 240, 12)]
    screen, today = Screen(book.risk), date(2026, 11, 27)
    extract(texts[0], today=today, knowledge=book)  # word lists load once
    for name, sample in (("authored texts", texts), ("600 characters", long_texts)):
        for what, call in (("safety screen", screen.assess), ("extractor", lambda text: extract(text, today=today, knowledge=book))):
            found = timed(call, sample)
            p50, p95 = statistics.median(found), found[int(len(found) * 0.95)]
            print(f"{what:<14} {name}: p50 {p50:.2f} ms · p95 {p95:.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
