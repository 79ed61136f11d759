"""Write ``tests/holdout/classify_t2_noisy.jsonl``: the benchmark as speech recognition and hurried thumbs would give it.

``python -m classifier.training.make_noisy`` (needs pypinyin). Not the noise that training uses (:mod:`classifier.training.augment`): other
odds, confusable initials and finals, swaps. Odd lines are heard (no marks, 8 % of the characters replaced by one that sounds the same
or nearly so), even lines are typed (5 % of the characters swapped, dropped, doubled or replaced by one of the same sound). Seed fixed.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin

from classifier.training.data import REPOSITORY, read_authored, read_jsonl

SOURCE = REPOSITORY / "tests/holdout/classify_t2.jsonl"
TARGET = REPOSITORY / "tests/holdout/classify_t2_noisy.jsonl"
HEARD, TYPED = 0.08, 0.05
_MARKS = re.compile(r"[，。？！；：、“”‘’（）()…,.?!;:—~～\-]+")
# What recognisers and dialects confuse.
_NEAR = ((r"^zh", "z"), (r"^ch", "c"), (r"^sh", "s"), (r"^l", "n"), (r"^h", "f"), (r"ing$", "in"), (r"eng$", "en"), (r"ang$", "an"))


def blurred(sound: str) -> str:
    """Sounds that are easily confused get one spelling."""
    for pattern, plain in _NEAR:
        sound = re.sub(pattern, plain, sound)
    return sound


class Sounds:
    """Characters by sound, common ones more likely; counted on our own corpus."""

    def __init__(self, texts: list[str]) -> None:
        counted = Counter(c for text in texts for c in text if "\u4e00" <= c <= "\u9fff")
        self.same: dict[str, list[str]] = defaultdict(list)
        self.near: dict[str, list[str]] = defaultdict(list)
        self.count = counted
        for character in counted:
            sound = lazy_pinyin(character)[0]
            self.same[sound].append(character)
            self.near[blurred(sound)].append(character)

    def other(self, character: str, rng: random.Random, near: bool) -> str:
        sound = lazy_pinyin(character)[0]
        group = self.near[blurred(sound)] if near else self.same[sound]
        others = [c for c in group if c != character]
        return rng.choices(others, [self.count[c] for c in others])[0] if others else character


def heard(text: str, sounds: Sounds, rng: random.Random) -> str:
    out = [sounds.other(c, rng, rng.random() < 0.4) if c in sounds.count and rng.random() < HEARD else c for c in text]
    return _MARKS.sub(" " if rng.random() < 0.5 else "", "".join(out)).strip()


def typed(text: str, sounds: Sounds, rng: random.Random) -> str:
    out: list[str] = []
    for c in text:
        if c not in sounds.count or rng.random() >= TYPED:
            out.append(c)
            continue
        kind = rng.randrange(4)
        if kind == 0 and out:
            out.insert(len(out) - 1, c)
        elif kind == 1:
            out += [c, c]
        elif kind == 2:
            out.append(sounds.other(c, rng, False))
    return "".join(out) or text


def main() -> None:
    sounds = Sounds([row.text for row in read_authored()])
    rng = random.Random(20261127)
    rows = read_jsonl(SOURCE)
    lines = [
        json.dumps(
            {**row, "id": f"{row['id']}-noisy", "text": (heard if i % 2 else typed)(str(row["text"]), sounds, rng)}, ensure_ascii=False
        )
        for i, row in enumerate(rows)
    ]
    Path(TARGET).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {TARGET.relative_to(REPOSITORY)}, {len(lines)} lines")


if __name__ == "__main__":
    main()
