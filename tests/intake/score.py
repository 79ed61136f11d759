"""Field-level precision and recall of the extractor: ``python -m tests.intake.score [cases.jsonl] [--errors]``.

A case is ``{"id", "text", "expecting"?, "today"?, "fields": {name: value}}``; fields that are not listed are expected to be absent.
Values are compared exactly; counterparty, place and claim count as found when one span holds the other and is at least half as
long, because people cut such spans differently. The column ``exact`` says how many are equal to the letter.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from intake.extract import PUBLIC_FIELDS, extract, public_values

TODAY = date(2026, 11, 27)
CASES = Path(__file__).with_name("extraction_cases.jsonl")
SPANS = ("counterparty", "place", "claim")


@dataclass
class Score:
    """Counts of one field over all cases."""

    right: int = 0
    exact: int = 0
    wrong: int = 0  # a value where another or none was expected
    missed: int = 0  # expected, but another value or none was given
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    def add(self, other: Score) -> None:
        self.right += other.right
        self.exact += other.exact
        self.wrong += other.wrong
        self.missed += other.missed


def load(path: Path = CASES) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def same(name: str, expected: Any, found: Any) -> bool:
    """Equal, or for literal spans one inside the other and at least half as long."""
    if name not in SPANS or expected is None or found is None:
        return bool(expected == found)
    short, long = sorted((str(expected), str(found)), key=len)
    return short in long and len(short) * 2 >= len(long)


def score(cases: Iterable[dict[str, Any]]) -> dict[str, Score]:
    scores = {name: Score() for name in PUBLIC_FIELDS}
    for case in cases:
        today = date.fromisoformat(case["today"]) if case.get("today") else TODAY
        found = public_values(extract(case["text"], expecting=case.get("expecting"), today=today))
        for name in PUBLIC_FIELDS:
            expected, given, tally = case["fields"].get(name), found[name], scores[name]
            if expected is None and given is None:
                continue
            if same(name, expected, given):
                tally.right += 1
                tally.exact += expected == given
                continue
            tally.wrong += given is not None
            tally.missed += expected is not None
            tally.errors.append(f"{case['id']} {name}: {given!r}, expected {expected!r} << {case['text'][:70]}")
    return scores


def total(scores: dict[str, Score]) -> Score:
    together = Score()
    for one in scores.values():
        together.add(one)
    return together


def main(arguments: list[str]) -> None:
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")] or [CASES]
    scores = score(case for path in paths for case in load(path))
    for name, one in [*scores.items(), ("all", total(scores))]:
        print(f"{name:13} right {one.right:4} exact {one.exact:4} wrong {one.wrong:3} missed {one.missed:3}", end="  ")
        print(f"precision {one.precision:.3f} recall {one.recall:.3f}")
    if "--errors" in arguments:
        print("\n".join(line for one in scores.values() for line in one.errors))


if __name__ == "__main__":
    main(sys.argv[1:])
