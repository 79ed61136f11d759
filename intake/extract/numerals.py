"""Numbers as people say and type them: 三万二, 3万8, 3.2w, 五六千, 十来万, 12,800.

Well-formed numerals are read by the cn2an library; here stands what is colloquial: tails without a unit, neighbouring digits
for a range, “几/来/多” for an approximation. A range or an approximation counts as its floor (labels.md section 6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cn2an

_DIGITS = "零〇一二两三四五六七八九"
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟俩仨幺", "一二三四五六七八九十百千两三一")
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "w": 10_000, "k": 1000}

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CN = "零〇一二两三四五六七八九十百千万亿半壹贰叁肆伍陆柒捌玖拾佰仟"
NUMBER = re.compile(
    rf"(?P<arabic>{_ARABIC})(?P<few>几|来|多)?(?P<scale>[万亿千百wWkK](?![a-zA-Z]))?(?P<tail>(?:\d(?:\.\d)?[千百]?|[一二两三四五六七八九][千百]?)(?![\d.万]))?"
    rf"|(?P<cn>几?(?:(?!(?<=[一二三四五六七八九百千万])一个?[月天年亩车袋人斤公只头棵箱户家捆子分毛])[{_CN}]|(?<=[十百千])好?[来多几](?=[万亿千]))+)"
)
"""A number in digits (with 万/w/k and a tail: 3万8) or in characters. ``value_of`` reads the match."""


@dataclass(frozen=True)
class Number:
    """``value`` is the floor of what was said; ``rough`` when it was a range or an approximation."""

    start: int
    end: int
    value: float
    rough: bool = False
    scaled: bool = False  # said with 百/千/万/w/k
    spelled: bool = False  # digits read out one by one: 三零零八


def numbers(text: str) -> list[Number]:
    """All numbers in ``text`` (folded), left to right."""
    found = []
    for match in NUMBER.finditer(text):
        number = _arabic(match) if match.group("arabic") else _chinese(match)
        if number is not None:
            found.append(number)
    return found


def parse(words: str) -> float | None:
    """The value of a numeral that stands alone, or None."""
    match = NUMBER.fullmatch(words)
    if match is None:
        return None
    number = _arabic(match) if match.group("arabic") else _chinese(match)
    return None if number is None else number.value


def _arabic(match: re.Match[str]) -> Number | None:
    value = float(match.group("arabic").replace(",", ""))
    end = match.end()
    few, scale, tail = match.group("few"), (match.group("scale") or "").lower(), match.group("tail")
    if few and not scale:  # 30多 without a scale: the word after it decides (块, 个, 岁)
        return Number(match.start(), match.start("few"), value)
    if tail and (not scale or few):
        end, tail = match.start("tail"), None
    value *= _SCALE.get(scale, 1)
    if tail:
        value += _tail(tail, _SCALE[scale])
    return Number(match.start(), end, round(value, 2), rough=bool(few), scaled=bool(scale))


def _tail(tail: str, scale: int) -> float:
    """“8” after 3万 is 8 thousand; “8千” or “5百” say their own scale."""
    if tail[-1] in "千百":
        return _digit(tail[:-1]) * _SCALE[tail[-1]]
    return _digit(tail) * scale / 10


def _digit(words: str) -> float:
    return float(words) if words[0].isdigit() else read(words)[0] or 0.0


def _chinese(match: re.Match[str]) -> Number | None:
    words = match.group("cn")
    start, end = match.start(), match.end()
    value, rough = read(words)
    if value is None:
        return None
    scaled = any(c in "百千万亿" for c in words.translate(_FORMAL))
    return Number(start, end, value, rough, scaled, spelled=len(words) >= 3 and not re.search("[十拾百佰千仟万亿半]", words))


_RANGE = re.compile(r"([一二两三四五六七八九])([一二两三四五六七八九])(?=[十百千万亿]|$)")


def read(words: str) -> tuple[float | None, bool]:
    """Value and roughness of Chinese numeral words; (None, …) when it is no number (a bare 万, 几十)."""
    words = words.translate(_FORMAL).replace("〇", "零")
    if words.startswith("几"):
        return None, True
    rough = bool(re.search("[几来多好]", words))
    words = re.sub("好?[来多几](?=[万亿千])", "", words)
    if len(words) > 2 and not re.search("[十百千万亿]", words) and "半" not in words:
        return float("".join(str(_DIGITS_VALUE[c]) for c in words)), False  # digits read one by one: 二零二五
    reduced = _RANGE.sub(r"\1", words)
    rough = rough or reduced != words
    if "半" in reduced:
        return (0.5, rough) if reduced == "半" else _with_half(reduced, rough)
    if reduced in ("百十", "千百"):
        reduced = reduced[0]  # 百十块: a hundred or so
    reduced = re.sub(r"^百", "一百", re.sub(r"^千", "一千", reduced))
    if reduced in ("万", "亿", "十万亿") or reduced[0] in "万亿":
        return None, rough
    try:
        return float(cn2an.cn2an(reduced, "smart")), rough
    except (ValueError, KeyError, IndexError):  # the library's answers to words that are no numeral (十十九)
        return None, rough


_DIGITS_VALUE = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))


def _with_half(words: str, rough: bool) -> tuple[float | None, bool]:
    """“一万半”, “两千半”: half of the last unit; anything else is no number."""
    match = re.fullmatch(r"(.+?)([百千万])半", words)
    if match is None:
        return None, rough
    value, _ = read(match.group(1) + match.group(2))
    return (None if value is None else value + _SCALE[match.group(2)] / 2), rough
