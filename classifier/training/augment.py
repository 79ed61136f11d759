"""Noise a text as phones, thumbs and speech recognition do, so that the model has seen it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

_MARKS = frozenset("，。？！；：:、“”（）~-.")
_FILLERS = ("您好", "你好，", "喂，", "那个", "就是", "我想问一下，", "麻烦问下", "就是说", "嗯，", "唉，", "请问", "尊敬的领导：", "是这样的，", "有个事，")  # fmt: skip
_ENDINGS = ("，怎么办", "，谢谢", "，急", "，求帮助", "，请问怎么处理", "。望回复", "，咋整", "，有人管吗", "，在线等", "。谢谢领导", "，能给解决一下吗")  # fmt: skip


def homophones(vocabulary: list[str], most: int = 3000) -> dict[str, list[str]]:
    """Characters that sound alike (tone ignored) among the commonest; empty when pypinyin is not installed."""
    try:
        from pypinyin import lazy_pinyin
    except ImportError:
        return {}
    groups: dict[str, list[str]] = defaultdict(list)
    characters = [c for c in vocabulary if len(c) == 1 and "\u4e00" <= c <= "\u9fff"][:most]
    for character in characters:
        groups[lazy_pinyin(character)[0]].append(character)
    return {c: [other for other in group[:8] if other != c] for group in groups.values() for c in group if len(group) > 1}


class Noise:
    """Random noise on a normalised text; ``strength`` 1.0 is what training uses.

    Args:
        sounds: from :func:`homophones`.
    """

    def __init__(self, sounds: dict[str, list[str]], rng: np.random.Generator, strength: float = 1.0) -> None:
        self.sounds = sounds
        self.rng = rng
        self.strength = strength

    def characters(self, text: str, share: float) -> str:
        """Swap (by sound), drop or double characters; ``share`` of them are touched."""
        draw = self.rng.random(len(text))
        kind = self.rng.random(len(text))
        out: list[str] = []
        for i, character in enumerate(text):
            if draw[i] >= share:
                out.append(character)
            elif kind[i] < 0.6 and (alike := self.sounds.get(character)):
                out.append(alike[int(kind[i] * 1e6) % len(alike)])
            elif kind[i] < 0.85:
                continue
            else:
                out.append(character * 2)
        return "".join(out) or text

    def __call__(self, text: str) -> str:
        rng = self.rng
        if rng.random() < 0.25 * self.strength:
            text = "".join(c for c in text if c not in _MARKS) or text
        if rng.random() < 0.25 * self.strength:
            text = self.characters(text, float(rng.uniform(0.02, 0.12)))
        if rng.random() < 0.1 * self.strength:
            text = _FILLERS[int(rng.integers(len(_FILLERS)))] + text
        if rng.random() < 0.1 * self.strength:
            text = text.rstrip("。！？") + _ENDINGS[int(rng.integers(len(_ENDINGS)))]
        if len(text) > 60 and rng.random() < 0.15 * self.strength:  # questions of the real source are often cut in mid-sentence
            text = text[: int(rng.integers(40, len(text)))]
        return text
