"""电话: the digits of the number to call the speaker on; the other side's number is kept apart.

Mobile numbers by our own rule (11 digits, 13–19), because people space, dash and speak them; landlines with an area code are
checked with the phonenumbers library.
"""

from __future__ import annotations

import re
from dataclasses import replace

import phonenumbers

from intake.extract.text import Mention, without_corrected

_DIGIT = {str(d): str(d) for d in range(10)}
_DIGIT |= {
    "零": "0",
    "〇": "0",
    "洞": "0",
    "一": "1",
    "幺": "1",
    "妖": "1",
    "二": "2",
    "两": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
    "拐": "7",
}
_REPEAT = re.compile(r"(?P<times>[两二三四五六])个(?P<digit>[\d零一幺二三四五六七八九])")
_RUN = re.compile(
    r"(?:[两二三四五六]个[\d零一幺二三四五六七八九](?!月|人|孩)|[\d零〇洞一幺妖二三四五六七八九拐]|(?<=[\d零〇洞一幺妖二三四五六七八九拐])[-\s.,、·/()+]{1,3}(?=[\d零〇洞一幺妖二三四五六七八九拐]|[两二三四五六]个[\d零一幺二三四五六七八九])){7,40}"
)
_OTHERS = re.compile(
    r"(?:对方|他|她|老板|房东|包工头|工头|中介|物业|司机|邻居|前夫|前妻|商家|店家|店里|公司|被申请人|被告|客服|经理|负责人|卖家|人家|那边|那人|车主|肇事者|对面)(?:们|的|那边|本人|这边)?的?"
    r"(?:联系)?(?:电话|手机|号码|手机号|电话号码|微信|号)?(?:号码?)?(?:我有|是|:|：|也?有|为|叫|,|，|\s)*$"
)
_THEIR_SENTENCE = re.compile(r"(?:对方|被申请人|被告|老板|房东|司机|包?工头|邻居)(?:姓名)?(?:叫|是|姓|:)[^我俺本]{0,30}$")
_CONTACT = re.compile(r"(?:电话|手机|号码|联系|打给?|微信|找我|我的|拨|呼|tel|TEL|Tel|phone|热线)[^\d,，。;；]{0,8}[,，:：\s]?\s?$")
_FAMILY = re.compile(r"(?:我|俺)(?:爱人|老公|老婆|媳妇|儿子|女儿|妈|爸|老伴|妹妹|姐|哥|弟)[^,，。]{0,4}$")
_NOT_PHONE = re.compile(r"(?:身份证|卡号|账号|帐号|订单|工单|案号|编号|单号|车牌|证号|合同号|QQ|qq)[号码是:：\s]*$")


_MISHEARD_ONE = re.compile(r"[要腰邀夭](?=[三四五六七八九]\s?[零〇一二三四五六七八九幺])")


def find_phones(text: str) -> list[Mention]:
    """All phone numbers; ``kind`` is ``own`` or ``other`` (the other side's)."""
    found = []
    text = _MISHEARD_ONE.sub("幺", text)
    for match in _RUN.finditer(text):
        if _NOT_PHONE.search(text[: match.start()]) or (
            match.start() and text[match.start() - 1].isascii() and text[match.start() - 1].isalnum()
        ):
            continue
        found.extend(_read(text, match.start(), match.end()))
    return without_corrected(text, found)


def phone(text: str, *, expecting: bool = False) -> Mention | None:
    """The speaker's number: the one beside 电话/联系 first, never the other side's unless a number was asked for."""
    found = find_phones(text)
    own = [m for m in found if m.kind == "own"] or (found if expecting else [])
    if not own and expecting:
        own = _local(text)
    return max(own, key=lambda m: (m.score, -m.start)) if own else None


def others_phone(text: str) -> Mention | None:
    """The other side's number, for staff only."""
    return next((m for m in find_phones(text) if m.kind == "other"), None)


def _read(text: str, start: int, end: int) -> list[Mention]:
    """Numbers in one run of digits; a run may hold a prefix +86 or two numbers with a break between."""
    while end > start and text[end - 1] in "-,.、·/ (+)\t\n":
        end -= 1
    digits, places = _digits(text, start, end)
    pieces = []
    position = 0
    while position <= len(digits) - 11:
        rest = digits[position:]
        opens = position == 0 or _break_before(text, places, position) or digits[:position] in ("86", "0086")
        closes = len(rest) == 11 or _break_before(text, places, position + 11)
        if opens and closes and re.match(r"1[3-9]\d{9}", rest):
            pieces.append((position, position + 11))
            position += 11
            continue
        position += 1
    found = [_mention(text, places[low], places[high - 1] + 1, digits[low:high], 0.97) for low, high in pieces]
    return found or _landline(text, digits, places)


def _landline(text: str, digits: str, places: list[int]) -> list[Mention]:
    if not 10 <= len(digits) <= 12 or not digits.startswith("0"):
        return []
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return []
    return [_mention(text, places[0], places[-1] + 1, digits, 0.9)] if phonenumbers.is_possible_number(number) else []


def _local(text: str) -> list[Mention]:
    """A landline without an area code, when a number was asked for."""
    return [_mention(text, m.start(), m.end(), m.group(), 0.7) for m in re.finditer(r"(?<!\d)[2-8]\d{6,7}(?!\d)", text)]


def _mention(text: str, start: int, end: int, digits: str, confidence: float) -> Mention:
    before = text[:start]
    sentence = re.split(r"[。;；!！?？\n]", before)[-1]
    theirs = bool(_OTHERS.search(before[-24:])) or bool(_THEIR_SENTENCE.search(sentence))
    other = theirs and not re.search(r"(?:我的?|本人|申请人)(?:联系)?(?:电话|手机)?[号码是:：\s]*$", before)
    found = Mention(start, end, digits, confidence, kind="other" if other else "own")
    if _FAMILY.search(before):
        found = replace(found, confidence=confidence - 0.1)
    return found.scored((1 if _CONTACT.search(before) else 0) + (1 if re.search(r"(?:我的?|本人)[^,，。]{0,6}$", before) else 0))


def _digits(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """Digits of a run and where each stands; “三个八” is 888."""
    digits: list[str] = []
    places: list[int] = []
    index = start
    while index < end:
        repeat = _REPEAT.match(text, index)
        if repeat and repeat.end() <= end:
            times = "零一二三四五六".find(repeat.group("times").replace("两", "二"))
            digits.extend([_DIGIT[repeat.group("digit")]] * times)
            places.extend([index] * (times - 1) + [repeat.end() - 1])
            index = repeat.end()
            continue
        if text[index] in _DIGIT:
            digits.append(_DIGIT[text[index]])
            places.append(index)
        index += 1
    return "".join(digits), places


def _break_before(text: str, places: list[int], position: int) -> bool:
    return position >= len(places) or places[position] - places[position - 1] > 1
