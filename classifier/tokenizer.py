"""Characters to ids: normalise, one token per character, windows for long texts."""

from __future__ import annotations

import json
from pathlib import Path

from classifier.normalise import normalise

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


class CharTokenizer:
    """Single characters as tokens.

    Args:
        vocabulary: tokens by id, ``[PAD] [UNK] [CLS] [SEP] [MASK]`` among them, and ``[CTX:name]`` for each intake context.
        simplified: code point → simplified character.
    """

    def __init__(self, vocabulary: list[str], simplified: dict[int, str] | None = None) -> None:
        self.vocabulary = vocabulary
        self.simplified = simplified or {}
        self._ids = {token: i for i, token in enumerate(vocabulary)}
        self.pad, self.unk, self.cls, self.sep, self.mask = (self._ids[token] for token in SPECIAL)

    @classmethod
    def load(cls, folder: Path) -> CharTokenizer:
        """Read ``vocab.txt`` and, when there, ``t2s.json`` from a model folder."""
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        while vocabulary and vocabulary[-1] == "":
            vocabulary.pop()
        pairs = folder / "t2s.json"
        simplified: dict[int, str] = {}
        if pairs.exists():
            data = json.loads(pairs.read_text(encoding="utf-8"))
            simplified = {ord(a): b for a, b in zip(data["from"], data["to"])}  # noqa: B905 (3.10 syntax is fine, speed too)
        return cls(vocabulary, simplified)

    def context_id(self, context: str) -> int | None:
        """Id of the token that says what was asked last; None for a context the model does not know."""
        return self._ids.get(f"[CTX:{context}]")

    def clean(self, text: str) -> str:
        return normalise(text, self.simplified)

    def ids(self, clean: str) -> list[int]:
        """Ids of an already normalised text, without ``[CLS]`` and ``[SEP]``."""
        get = self._ids.get
        return [get(character, self.unk) for character in clean]
