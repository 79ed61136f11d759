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
_SOMEONE = re.compile(
    r"(?:(?:^|[^我俺叫是系])(?:老|小)[一-龥]|[一-龥](?:老板|经理|总|师傅|主任|队长|老师|医生)|(?:包工头|工头|老板|房东|中介|司机|邻居|经理|客服|前台|负责人|公司|店里|店家|物业|车主|欠[钱款债]的?人?|骗子|肇事[者方]|租客|租户|同事|亲家)(?:叫|姓)?[一-龥]{0,3})"
    r"(?:的|留的|留下的|给的|给我的)?(?:联系)?(?:电话|手机|号码|手机号|微信|号)?号?[是:：\s]*$"
)
_CAME_FROM = re.compile(
    r"(?:接到|收到|转到|转给|打给(?!我)|打过去|通过|加了?|拨打?|支付宝|收款账?号?|对方号码|给我的(?:电话|号码|手机号)?|(?<!我)(?<!们)留的(?:电话|号码|手机)?)[^,，。\d]{0,4}$"
)
_CALLS_ME = re.compile(
    r"^(?:这个号码?|的号码?|的)?(?:一直|天天|老是?|总|又|还)?(?:给我(?:打|发)|打来|加我|骚扰|发来|打我电话|发短信|打不通|没人接|是空号|关机|停机|拉黑)|^这个号码?(?:一直|天天|老)|^的号码?(?:天天|一直|老)|^(?:没人接|打不通|关机|停机|是空号|加不上)"
)
_THEIR_SENTENCE = re.compile(r"(?:对方|被申请人|被告|老板|房东|司机|包?工头|邻居)(?:姓名)?(?:叫|是|姓|:)[^我俺本]{0,30}$")
_CONTACT = re.compile(r"(?:电话|手机|号码|联系|打给?|微信|找我|我的|拨|呼|tel|TEL|Tel|phone|热线)[^\d,，。;；]{0,8}[,，:：\s]?\s?$")
_FAMILY = re.compile(r"(?:我|俺)(?:爱人|老公|老婆|媳妇|儿子|女儿|妈|爸|老伴|妹妹|姐|哥|弟)[^,，。]{0,4}$")
_NOT_PHONE = re.compile(
    r"(?:身份证|卡号|账号|帐号|订单|工单|案号|编号|单号|车牌|证号|合同号|QQ|qq|运单|快递|流水|取件|会员|编码|序列|机器码|IMEI|发动机|车架|工号|税号|信用代码|户号|表号|卡)[一-龥]{0,3}[号码是:：为\s]*$"
)


_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖", "一二三四五六七八九")
_MISHEARD_ONE = re.compile(r"[要腰邀夭](?=[三四五六七八九]\s?[零〇一二三四五六七八九幺])")


def find_phones(text: str) -> list[Mention]:
    """All phone numbers; ``kind`` is ``own`` or ``other`` (the other side's)."""
    found = []
    text = _MISHEARD_ONE.sub("幺", text).translate(_FORMAL)
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
    found = [_with_new_tail(text, m) for m in found]
    own = [m for m in found if m.kind == "own"] or (found if expecting else [])
    if not own and expecting:
        own = _local(text)
    return max(own, key=lambda m: (m.score, -m.start)) if own else None


_NEW_TAIL = re.compile(
    r"^[,，。 ]{0,2}(?:不对|错了|写错了?|说错了?|打错了?|不是|哦不|哦)?[,，。 ]{0,2}(?:最后|尾号|后面|末尾|末位|后)(?:[一两二三四1-4]|几)?位?数?(?:应该)?(?:不是[\d零一幺二三四五六七八九]{1,4}[,，。 ]?)?(?:应该)?(?:是|改成|改为)(?P<tail>[\d零幺一二三四五六七八九]{1,4})(?![\d零幺一二三四五六七八九])"
)


def _with_new_tail(text: str, mention: Mention) -> Mention:
    """“138… 写错了最后是34”: only the last digits are said again."""
    match = _NEW_TAIL.match(text[mention.end : mention.end + 30])
    if match is None or len(mention.value) != 11:
        return mention
    tail = "".join(_DIGIT[c] for c in match.group("tail"))
    return replace(mention, end=mention.end + match.end(), value=mention.value[: -len(tail)] + tail)


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
    theirs = (
        theirs
        or bool(_SOMEONE.search(before[-16:]))
        or bool(_CAME_FROM.search(before[-12:]))
        or bool(_CALLS_ME.match(text[end : end + 12]))
    )
    theirs = theirs or bool(_FAMILY.search(before) and re.match(r"[,，。 ]{0,2}(?:是)?(?:他|她)(?:欠|不|骗|打|拿|借|占|赖)", text[end:]))
    other = theirs and not re.search(r"(?:我的?|本人|(?<!被)申请人)(?:联系)?(?:电话|手机|微信)?[号码是:：\s]*$", before)
    found = Mention(start, end, digits, confidence, kind="other" if other else "own")
    if _FAMILY.search(before):
        found = replace(found, confidence=confidence - 0.1)
    if re.search(r"(?:换成了?|改成了?|现在用的?是?|现用|新号码?是?|改用)$", before):
        found = found.scored(2)
    if re.search(r"(?:以前|原来|旧号码?|老号码?|别打|不要打)[^,，。]{0,4}$", before) or re.match(
        r"(?:停机|不用了|打不通|欠费|注销|丢了)", text[end:]
    ):
        found = found.scored(-2)
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
