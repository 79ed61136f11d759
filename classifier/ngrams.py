"""Character n-grams as rows of a table: the wide part beside the transformer.

An n-gram (1–4 characters) is a 64-bit hash; the shipped table holds the sorted hashes of those seen at least twice in
training, so looking up is one ``searchsorted`` and two n-grams never share a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LONGEST = 4
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SALT = np.uint64(0xC2B2AE3D27D4EB4F)

Hashes = NDArray[np.uint64]


def hashes(clean: str) -> Hashes:
    """Hashes of every 1- to 4-gram of a normalised text, repeated as often as they occur."""
    codes = np.frombuffer(clean.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    found: list[Hashes] = []
    rolling = np.zeros(len(codes), dtype=np.uint64)
    for n in range(1, LONGEST + 1):
        if len(codes) < n:
            break
        rolling = rolling[: len(codes) - n + 1] * _MULTIPLIER + codes[n - 1 :] + np.uint64(1)
        mixed = (rolling ^ (rolling >> np.uint64(29))) * (_SALT + np.uint64(2 * n))
        found.append(mixed ^ (mixed >> np.uint64(32)))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True)
class NgramTable:
    """Known n-grams and their inverse document frequencies. Row 0 of the weight table is padding, n-gram ``i`` is row ``i + 1``."""

    known: Hashes
    idf: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: list[str], at_least: int = 2) -> NgramTable:
        """Collect n-grams found in at least ``at_least`` of the normalised texts (smoothed idf, as in scikit-learn)."""
        every = np.concatenate([np.unique(hashes(text)) for text in texts])
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
        """Rows (≥ 1) and TF-IDF weights (sublinear, unit length) of the known n-grams of a normalised text."""
        values, counts = np.unique(hashes(clean), return_counts=True)
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
