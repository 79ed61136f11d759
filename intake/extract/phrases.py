"""Noun phrases by their grammar: who acts on the speaker and whom the speaker dealt with, whatever the name is.

Word lists cannot know 哈啰, 果满园 or 刘胖子; the place in the clause does: before “不退我钱”, between 被 and 撞, between 跟 and 签.
Words are cut and tagged by jieba's dictionary alone (no statistics: 0.1 ms a text).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import jieba
import jieba.posseg

from intake.extract.phrase_words import ACTS, BEFORE_NAME, DETERMINER, NO_PARTY, NOT_INSIDE

jieba.setLogLevel(logging.WARNING)

_NOMINAL = frozenset({"n", "nr", "nrt", "nrfg", "ns", "nt", "nz", "ng", "j", "s", "f", "an", "vn", "z", "zg", "b", "eng", "i"})
_LOOSE = frozenset({"a", "ad", "vg", "h", "m", "q"})
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the text with jieba's tag."""

    start: int
    end: int
    text: str
    tag: str


def words(text: str) -> list[Word]:
    """The words of ``text`` in order."""
    tags: dict[str, str] = jieba.posseg.dt.word_tag_tab
    if not tags:
        jieba.posseg.dt.initialize()
        tags = jieba.posseg.dt.word_tag_tab
    found, position = [], 0
    for piece in jieba.cut(text, HMM=False):
        tag = tags.get(piece) or ("eng" if piece.isascii() and piece.isalnum() else "x")
        found.append(Word(position, position + len(piece), piece, tag))
        position += len(piece)
    return found


def phrases(text: str, cut: list[Word]) -> Iterator[tuple[int, int, str]]:
    """Every noun phrase that could be somebody, quoted names and bare room numbers, with its kind; some lie inside others."""
    seen: set[tuple[int, int]] = set()
    for kind, pattern in (("quoted", _QUOTED), ("room", _ROOM), ("nickname", _NICKNAME), ("owner", _OWNER)):
        for match in pattern.finditer(text):
            seen.add(match.span("name"))
            yield *match.span("name"), kind
    for span in _spans(text, cut):
        if span not in seen:
            seen.add(span)
            yield *span, "phrase"


def _spans(text: str, cut: list[Word]) -> Iterator[tuple[int, int]]:
    for index, word in enumerate(cut):
        following = cut[index + 1] if index + 1 < len(cut) else None
        if word.text == "的":
            lower = _relative(cut, index)
            if lower is not None and cut[lower].tag.startswith("v") and (following is None or not _thing(following)):
                yield from _kept(text, cut, _determined(cut, lower), index)
            continue
        nominal = word.tag in _NOMINAL
        if not nominal and not (word.tag in _LOOSE or word.tag.startswith("v")):
            continue
        if nominal and following is not None and following.tag in _NOMINAL and not _breaks(following):
            if not ACTS.match(text, word.end):
                continue
        elif not nominal and (len(word.text) < 2 or not ACTS.match(text, word.end)):
            continue
        yield from _kept(text, cut, _first(cut, index), index)


def _kept(text: str, cut: list[Word], first: int, last: int) -> Iterator[tuple[int, int]]:
    span = _trimmed(text, cut, first, last)
    if span is not None:
        yield span


def _determined(cut: list[Word], index: int) -> int:
    """Takes 那个, 一个, 楼上 before ``index`` along."""
    while index and (DETERMINER.fullmatch(cut[index - 1].text) or cut[index - 1].tag == "s"):
        index -= 1
    return index


def _thing(word: Word) -> bool:
    return word.tag in _NOMINAL and bool(NO_PARTY.search(word.text))


_QUOTED = re.compile(r"[“\"「『](?P<name>[^”\"」』,，。]{2,12})[”\"」』]")
_ROOM = re.compile(
    r"(?:^|(?<=[,，。 被让叫把给跟和找是]))(?P<name>\d{3,4}(?:室|的|那家|住户)?)(?=$|[,，。 ]|把|给|天天|半夜|又|一直|说|住|在|的|那|占|装|家|漏|不|养)"
)
_NICKNAME = re.compile(r"(?:账号|网名|昵称|微信名|ID|名字|号|店名|招牌)(?:就)?(?:叫|是|为|:)(?:做|个)?[“\"]?(?P<name>[^,，。”\" 的]{2,10})")


_OWNER = re.compile(
    r"(?:被|让|叫)(?P<name>[^我他她你\W]{2,6}?)(?:饲?养|开|骑)?的[一-龥]{0,4}(?:车|狗|羊|牛|马|猫|鸡|金毛|泰迪|藏獒|摩托|三轮|挖机|铲车|狗子|骆驼)"
)


def _breaks(word: Word) -> bool:
    return bool(NOT_INSIDE.fullmatch(word.text))


def _first(cut: list[Word], last: int) -> int:
    """Where the phrase that ends with word ``last`` begins."""
    first = last
    while first > 0 and cut[last].end - cut[first - 1].start <= _LONGEST:
        word = cut[first - 1]
        if NOT_INSIDE.fullmatch(word.text):
            break
        if word.tag in _NOMINAL or DETERMINER.fullmatch(word.text) or word.tag in _LOOSE:
            first -= 1
        elif word.text == "的" and first >= 2:
            lower = _relative(cut, first - 1)
            if lower is None:
                break
            first = lower
        else:
            break
    return first


def _relative(cut: list[Word], link: int) -> int | None:
    """Begin of “开洒水车的”, “隔壁新开的”: a verb and its object before 的, from a pause or a determiner on; or a plain owner."""
    if link == 0:
        return None
    verb = next((i for i in range(link - 1, max(link - 5, -1), -1) if cut[i].tag not in _NOMINAL), -1)
    if verb >= 0 and cut[verb].tag.startswith("v") and not NOT_INSIDE.fullmatch(cut[verb].text):
        while (verb and cut[verb - 1].tag in ("a", "d", "ad")) or (verb > 1 and cut[verb - 1].text in ("来", "在")):
            verb -= 1
        before = cut[verb - 1] if verb else None
        if (
            before is None
            or before.tag in ("x", "s", "y", "r", "c")
            or DETERMINER.fullmatch(before.text)
            or BEFORE_NAME.fullmatch(before.text)
        ):
            return verb
    return link - 1 if cut[link - 1].tag in _NOMINAL else None


def _trimmed(text: str, cut: list[Word], first: int, last: int) -> tuple[int, int] | None:
    """Without numbers at the edges; None when the head can be no party (money, things, times, the speaker)."""
    while last >= first and ((cut[last].text == "的" and not cut[last - 1].tag.startswith(("v", "n"))) or cut[last].tag in ("m", "q", "x")):
        last -= 1
    while first <= last and (
        (
            cut[first].tag in ("m", "a", "q", "f")
            and not DETERMINER.fullmatch(cut[first].text)
            and first < last
            and cut[first].end - cut[first].start > 1
            and cut[first].tag == "m"
        )
        or cut[first].text == "的"
    ):
        first += 1
    if first > last:
        return None
    start, end = cut[first].start, cut[last].end
    words_ = text[start:end]
    if len(words_) < 2 or NO_PARTY.search(words_) or re.fullmatch(r"[\d.:]+", words_):
        return None
    return start, end
