"""How well stories are cut into their disputes: ``python -m tests.holdout.score_split``; prints shares only, never a text.

On the blind set S1 (240 stories by author E2, README.md). Nobody may tune on it.
"""

from __future__ import annotations

import json
from pathlib import Path

from classifier import runtime

STORIES = Path(__file__).parent / "split_s1.jsonl"


def main() -> None:
    classifier = runtime.load()
    rows = [json.loads(line) for line in STORIES.read_text(encoding="utf-8").splitlines()]
    found = [classifier.split(row["text"]) for row in rows]
    one = [len(parts) for row, parts in zip(rows, found, strict=True) if len(row["types"]) == 1]
    several = [(row, parts) for row, parts in zip(rows, found, strict=True) if len(row["types"]) > 1]
    told = [(row, parts) for row, parts in several if len(parts) > 1]
    same = sum({part.dispute_type for part in parts} == set(row["types"]) for row, parts in told)
    near = [abs(parts[1].start - row["second_starts"]) <= 6 for row, parts in told if row.get("second_starts") is not None]
    print(f"stories with one dispute: {len(one)}, taken apart {sum(n > 1 for n in one) / len(one):.1%}")
    print(f"stories with several: {len(several)}, taken apart {len(told) / len(several):.1%}")
    print(f"… of those, all types right {same / max(1, len(told)):.1%}, cut within six characters {sum(near) / max(1, len(near)):.1%}")


if __name__ == "__main__":
    main()
