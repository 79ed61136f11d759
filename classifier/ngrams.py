"""Characters and words as rows of a table: the wide part beside the transformer.

A text gives its single characters, its pairs of characters and its words (jieba's search cut, with its statistics for unknown words). Each is a 64-bit
hash; the shipped table holds the sorted hashes of those seen at least twice in training, so looking up is one ``searchsorted`` and two
features never share a row. Words instead of three and four characters: one to two points better on other authors, at a smaller table.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 2
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SALT = 0xC2B2AE3D27D4EB4F
_WORD_SALT = np.uint64(0x9FB21C651E98DF25)  # a word of two characters is another feature than the pair

Hashes = NDArray[np.uint64]
_loading = threading.Lock()


@lru_cache(maxsize=1)
def _cutter() -> Any:
    """Our own tokenizer: words that others add to jieba's global one must not change what the model reads."""
    import jieba

    with _loading:
        jieba.setLogLevel(logging.WARNING)
        cutter = jieba.Tokenizer()
        cutter.initialize()
    return cutter


def words(clean: str) -> list[str]:
    """The words of a normalised text, marks and single characters included; the shorter words inside a long one too (拖欠工资, 拖欠, 工资)."""
    return list(_cutter().cut_for_search(clean))


def word_spans(clean: str) -> list[tuple[int, int]]:
    """Begin and end of each word of a normalised text, one after the other."""
    return [(start, end) for _, start, end in _cutter().tokenize(clean)]


def character_hashes(clean: str) -> Hashes:
    """Hashes of every character and pair of characters, repeated as often as they occur."""
    codes = _codes(clean)
    found: list[Hashes] = []
    rolling = np.zeros(len(codes), dtype=np.uint64)
    for n in range(1, LONGEST + 1):
        if len(codes) < n:
            break
        rolling = rolling[: len(codes) - n + 1] * _MULTIPLIER + codes[n - 1 :] + np.uint64(1)
        found.append(_mixed(rolling, np.uint64(_SALT + 2 * n)))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.uint64)


def word_hashes(clean: str) -> Hashes:
    """Hashes of every word, repeated as often as they occur."""
    found = [_word_hash(word) for word in words(clean)]
    return np.array(found, dtype=np.uint64)


@lru_cache(maxsize=60_000)
def _word_hash(word: str) -> int:
    rolling = np.zeros(1, dtype=np.uint64)
    for code in _codes(word):
        rolling = rolling * _MULTIPLIER + code + np.uint64(1)
    return int(_mixed(rolling, _WORD_SALT)[0])


def _codes(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def _mixed(rolling: Hashes, salt: np.uint64) -> Hashes:
    mixed = (rolling ^ (rolling >> np.uint64(29))) * salt
    result: Hashes = mixed ^ (mixed >> np.uint64(32))
    return result


@dataclass(frozen=True)
class NgramTable:
    """Known features and their inverse document frequencies. Row 0 of the weight table is padding, feature ``i`` is row ``i + 1``."""

    known: Hashes
    idf: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: list[str], at_least: int = 2) -> NgramTable:
        """Collect features found in at least ``at_least`` of the normalised texts (smoothed idf, as in scikit-learn)."""
        every = np.concatenate([np.unique(np.concatenate((character_hashes(text), word_hashes(text)))) for text in texts])
        known, counts = np.unique(every, return_counts=True)
        kept = counts >= at_least
        idf = np.log((1 + len(texts)) / (1 + counts[kept])) + 1
        return cls(known[kept], idf.astype(np.float32))

    @classmethod
    def load(cls, path: Path) -> NgramTable:
        with np.load(path) as stored:
            return cls(stored["known"], stored["idf"].astype(np.float32))

    def save(self, path: Path) -> None:
        np.savez(path, known=self.known, idf=self.idf.astype(np.float16))

    def rows(self, clean: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows (≥ 1) and TF-IDF weights (sublinear) of what is known of a normalised text.

        Characters and words each have unit length, so that a text has as much of the one as of the other.
        """
        parts = [self._part(values) for values in (character_hashes(clean), word_hashes(clean))]
        return np.concatenate([rows for rows, _ in parts]), np.concatenate([weights for _, weights in parts])

    def _part(self, found: Hashes) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        values, counts = np.unique(found, return_counts=True)
        if not len(values) or not len(self.known):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        place = np.minimum(np.searchsorted(self.known, values), len(self.known) - 1)
        hit = self.known[place] == values
        place = place[hit]
        weights = (1 + np.log(counts[hit])) * self.idf[place]
        length = float(np.sqrt((weights**2).sum()))
        if length > 0:
            weights = weights / length
        return (place + 1).astype(np.int64), weights.astype(np.float32)
