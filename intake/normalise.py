"""Make what people type comparable without losing where it stood.

Two depths:

* :func:`fold` keeps the length (half width, simplified characters): extraction works on it, offsets are the original ones.
* :func:`normalise` goes further for cue matching (drops quotes and noise, joins spaced-out words, undoes common
  speech-recognition homophones) and returns a map back to the original offsets.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from opencc import OpenCC

SEPARATOR = "，"
FULL_STOP = "。"
"""What every pause, and every end of a sentence, becomes in normalised text."""

_SENTENCE_ENDS = frozenset("。.!！?？;；\n\r\x0b\x0c\x85\u2028\u2029")

_HAN = (0x3400, 0xA000)
_COMPATIBILITY = ((0x2460, 0x2500), (0x2F00, 0x2FE0), (0x3000, 0x3001), (0xF900, 0xFB00), (0xFE30, 0xFE50), (0xFF00, 0xFFF0))
_DROPPED_CATEGORIES = frozenset({"Cf", "Cc", "Mn", "Co", "Cs", "Cn"})
_QUOTES = frozenset("“”‘’\"'《》「」『』〈〉【】()[]{}<>")
_STRENGTH = {" ": 0, SEPARATOR: 1, FULL_STOP: 2}
_SOFT = frozenset(" *-_~·•.+|/\\^`=")  # noise put between the characters of a word; a pause when it stands between words

# Whole words only, so that ordinary text is not touched. Left: what is typed or recognised; right: what is meant.
HOMOPHONES: dict[str, str] = {
    "自鲨": "自杀",
    "自沙": "自杀",
    "自砂": "自杀",
    "自sha": "自杀",
    "zisha": "自杀",
    "轻声自杀": "轻生自杀",
    "跳搂": "跳楼",
    "跳喽": "跳楼",
    "割碗": "割腕",
    "割万": "割腕",
    "喝农要": "喝农药",
    "喝龙药": "喝农药",
    "喝浓药": "喝农药",
    "安眠要": "安眠药",
    "打四你": "打死你",
    "打4你": "打死你",
    "打si": "打死",
    "打似": "打死",
    "弄四你": "弄死你",
    "弄4你": "弄死你",
    "弄si": "弄死",
    "弄斯你": "弄死你",
    "砍四": "砍死",
    "砍si": "砍死",
    "整4你": "整死你",
    "杀仁": "杀人",
    "沙了你": "杀了你",
    "鲨了你": "杀了你",
    "鲨人": "杀人",
    "杀你全加": "杀你全家",
    "同归与尽": "同归于尽",
    "同归鱼尽": "同归于尽",
    "同龟于尽": "同归于尽",
    "菜到": "菜刀",
    "拿到砍": "拿刀砍",
    "拿到子": "拿刀子",
    "带到来": "带刀来",
    "带了到": "带了刀",
    "泼气油": "泼汽油",
    "泼硫算": "泼硫酸",
    "气油": "汽油",
    "煤汽": "煤气",
    "派出锁": "派出所",
    "家爆": "家暴",
    "加暴": "家暴",
    "被他大了": "被他打了",
    "掐我波子": "掐我脖子",
    "掐我勃子": "掐我脖子",
    "恰我脖子": "掐我脖子",
    "不想或了": "不想活了",
    "不想火了": "不想活了",
    "活着没意撕": "活着没意思",
    "活着没一思": "活着没意思",
    "拉横符": "拉横幅",
    "拉横福": "拉横幅",
    "赌路": "堵路",
    "赌门": "堵门",
    "赌在门口": "堵在门口",
    "根踪": "跟踪",
    "跟宗": "跟踪",
    "遗数": "遗书",
    "诈片": "诈骗",
    "炸骗": "诈骗",
}
_HOMOPHONE = re.compile("|".join(sorted(map(re.escape, HOMOPHONES), key=len, reverse=True)))


@functools.cache
def _fold_table() -> dict[int, str]:
    """Character to character: compatibility forms to plain ones, traditional to simplified. Built once, on first use."""
    table: dict[int, str] = {}
    for low, high in _COMPATIBILITY:
        for code in range(low, high):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[code] = plain
    han = [chr(code) for code in range(*_HAN)]
    converter = OpenCC("t2s")
    for traditional, simplified in zip(han, converter.convert("\n".join(han)).split("\n"), strict=True):
        if traditional != simplified and len(simplified) == 1:
            table[ord(traditional)] = simplified
    for code, plain in list(table.items()):  # a compatibility form of a traditional character goes all the way
        table[code] = table.get(ord(plain), plain)
    table.update({ord(dash): "-" for dash in "‐‑‒–—―﹣－"})
    return table


def fold(text: str) -> str:
    """Half width and simplified characters; the result is exactly as long as ``text``."""
    return text.translate(_fold_table())


def normalise(text: str) -> tuple[str, list[int]]:
    """Text for cue matching, and for each of its characters the offset of the original one.

    Pauses become one :data:`SEPARATOR` or :data:`FULL_STOP`; “打 死 你” and “自*杀” are joined, because a single character
    beside a space is a word taken apart, while a space between longer stretches is how unpunctuated speech pauses.
    """
    return _undo_homophones(*_join(_plain_characters(text)))


def original_span(offsets: list[int], start: int, end: int) -> tuple[int, int]:
    """Offsets in the original text of the normalised characters ``start`` to ``end`` (end exclusive, not empty)."""
    return offsets[start], offsets[end - 1] + 1


def _plain_characters(text: str) -> list[tuple[str, int]]:
    """Characters worth keeping with their offsets; a pause is SEPARATOR or FULL_STOP, noise inside words is a plain space."""
    return [(plain, index) for index, character in enumerate(text) for plain in _plain(character)]


@functools.lru_cache(maxsize=8192)
def _plain(character: str) -> tuple[str, ...]:
    """What one typed character becomes: nothing, itself, a simpler form, or a pause."""
    character = fold(character)
    if character in _QUOTES:
        return ()
    if character in _SOFT:
        return (" ",)
    if character in _SENTENCE_ENDS:
        return (FULL_STOP,)
    if character == "\t":
        return (SEPARATOR,)
    kept = []
    for plain in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).lower()):
        category = unicodedata.category(plain)
        if category in _DROPPED_CATEGORIES or plain in _QUOTES:
            continue
        kept.append(_pause(plain, category) if category[0] in "PZ" or plain in _SOFT else fold(plain))
    return tuple(kept)


def _pause(character: str, category: str) -> str:
    if character in _SOFT or category == "Zs":
        return " "
    return FULL_STOP if character in _SENTENCE_ENDS else SEPARATOR


def _join(characters: list[tuple[str, int]]) -> tuple[str, list[int]]:
    """Cut into tokens at pauses, then glue tokens that a single character shows to be one word."""
    tokens: list[tuple[list[tuple[str, int]], str, int]] = []  # characters, the pause before them, its offset
    current: list[tuple[str, int]] = []
    pause, pause_at = "", 0
    for character, index in characters:
        if character in _STRENGTH:
            if current:
                tokens.append((current, pause, pause_at))
                current, pause = [], ""
            if not pause or _STRENGTH[character] > _STRENGTH[pause]:
                pause, pause_at = character, index
        else:
            current.append((character, index))
    if current:
        tokens.append((current, pause, pause_at))
    out: list[str] = []
    offsets: list[int] = []
    for position, (token, before, before_at) in enumerate(tokens):
        previous = tokens[position - 1][0] if position else []
        if position and not (before == " " and 1 in (len(previous), len(token))):
            out.append(FULL_STOP if before == FULL_STOP else SEPARATOR)
            offsets.append(before_at)
        out.extend(character for character, _ in token)
        offsets.extend(index for _, index in token)
    return "".join(out), offsets


def _undo_homophones(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    out: list[str] = []
    mapped: list[int] = []
    last = 0
    for match in _HOMOPHONE.finditer(text):
        out.append(text[last : match.start()])
        mapped.extend(offsets[last : match.start()])
        meant = HOMOPHONES[match.group()]
        span = offsets[match.start() : match.end()]
        out.append(meant)
        # the last character maps to the last original one, so that the reported cue covers what was typed
        mapped.extend([*span[: len(meant) - 1], *[span[-1]] * (len(meant) - min(len(meant) - 1, len(span)))])
        last = match.end()
    out.append(text[last:])
    mapped.extend(offsets[last:])
    return "".join(out), mapped
