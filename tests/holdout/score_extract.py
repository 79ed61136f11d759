"""Precision and recall of the extractor per field, on a hand-written hold-out set.

Run from the repository root: ``python -m tests.holdout.score_extract [--misses]``. A wrong value counts once against
precision and once against recall; a key absent from ``fields`` means null is right.
"""

import argparse
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from intake.extract import extract, public_values

HERE = Path(__file__).parent
EXACT = ("amount", "people", "phone", "name", "date")
SPANS = ("counterparty", "place", "claim")
DOTS = str.maketrans({"•": "·", "．": "·", ".": "·"})


def right(field: str, gold: Any, got: Any) -> bool:
    """Exact for values; a span is right when one contains the other and the shorter is at least half of the longer."""
    if field == "amount":
        return abs(float(gold) - float(got)) < 0.005
    if field == "people":
        return int(gold) == int(got)
    gold, got = str(gold).strip(), str(got).strip()
    if field == "name":
        return gold.translate(DOTS) == got.translate(DOTS)
    if field in SPANS:
        short, long = sorted((gold, got), key=len)
        return bool(short) and short in long and 2 * len(short) >= len(long)
    return gold == got


def score(path: Path) -> tuple[dict[str, Counter], list[tuple[str, str, str, Any, Any]]]:
    """Counts per field (right, wrong, spurious, missed, gold) and every miss as (id, field, kind, gold, got)."""
    counts: dict[str, Counter] = {field: Counter() for field in EXACT + SPANS}
    misses = []
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        found = extract(item["text"], expecting=item["expecting"], today=date.fromisoformat(item["today"]))
        values = public_values(found)
        for field, tally in counts.items():
            gold, got = item["fields"].get(field), values.get(field)
            tally["gold"] += gold is not None
            if gold is None and got is None:
                continue
            if gold is None:
                kind = "spurious"
            elif got is None:
                kind = "missed"
            else:
                kind = "right" if right(field, gold, got) else "wrong"
            tally[kind] += 1
            if kind != "right":
                misses.append((item["id"], field, kind, gold, got))
    return counts, misses


def main() -> None:
    """Print one row per field and, on request, the misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=HERE / "extract_e1.jsonl")
    parser.add_argument("--misses", action="store_true", help="list every miss")
    options = parser.parse_args()
    counts, misses = score(options.path)
    print(f"{'field':<13}{'P':>7}{'R':>7}{'gold':>6}{'right':>7}{'wrong':>7}{'spurious':>10}{'missed':>8}")
    for field, tally in counts.items():
        given = tally["right"] + tally["wrong"] + tally["spurious"]
        precision = tally["right"] / given if given else 0.0
        recall = tally["right"] / tally["gold"] if tally["gold"] else 0.0
        print(
            f"{field:<13}{precision:>7.3f}{recall:>7.3f}{tally['gold']:>6}{tally['right']:>7}"
            f"{tally['wrong']:>7}{tally['spurious']:>10}{tally['missed']:>8}"
        )
    if options.misses:
        for item_id, field, kind, gold, got in sorted(misses, key=lambda miss: (miss[1], miss[2], miss[0])):
            print(f"{item_id}\t{field}\t{kind}\tgold={gold}\tgot={got}")


if __name__ == "__main__":
    main()
