"""Reads a reply in the light of what was asked: 嗯呐, 1, “上门”, “没有” mean something only beside the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from common.payloads import ExtractedField
from intake.moves import is_no, is_yes, plain
from intake.state import FieldValue
from knowledge.models import ChoiceItem, Question

# Extractor names of a question kind, and slots that the extractor calls otherwise (labels.md section 6).
KIND_FIELD = {"amount": "amount", "date": "date", "people": "people", "phone": "phone", "name": "name", "place": "place"}
SLOT_OF = {"name": "contact_name", "phone": "contact_phone", "date": "when"}
_ASKS = re.compile(r"[?？]|吗$|怎么|咋办|多久|多少|能不能|是不是|算不算|该谁|谁(赔|管|负责)|为什么|凭什么")
_NEVER_NAME = re.compile(r"窗口|随便|都行|提交|预约|上门|电话|确认|可以|好的|谢谢|公司|小区|街道|通水|道歉|人工|^对了")
_NO_NAME = re.compile(r"[要让给赔退还留填说想在了吗呢吧不没办]")  # unless the extractor is sure: 阿不都热合曼
_RESULT = r"(赔|退|还钱|还我|给(我|钱)|道歉|认错|修好|结清)"
_WISH = re.compile(
    rf"^(我们?|就|只|先|最好|至少)*{_RESULT}|^(我们?|就|只|是|先|最好)*(想要?|要|希望|让|叫|请)+(他们?|她们?|对方)?[^，。,.]{{0,10}}?{_RESULT}"
)
NAME_SURE, NAME_CERTAIN = 0.7, 0.9
WHOLE_CLAIM = 30  # characters
SHORT_NAME = 8
WHOLE_NAME = 20  # characters; a short answer to “who” is taken whole
_SENTENCE = re.compile(r"我|你|不|没|欠|说|打|在|为(什么|啥)|干|吗|呢|[?？]|有|要|去|了")
_LEAD = re.compile(r"^(那个|就是说?|应该是|好像是?|大概是?|是|叫|对方(是|叫)?|他叫|她叫|嗯+[，, ]*|哦[，, ]*)+")
_NAME = re.compile(
    r"^(?:我(?:是|叫|姓)?|叫我|免贵姓|姓名?[是：: ]*|名字(?:是|叫)?[：: ]*|本人)?"
    r"(?P<name>[\u4e00-\u9fff]{1,6}|[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff]{1,8}|[a-z][a-z .]{1,20})(?:就行|就好|吧|啊)?$",
    re.IGNORECASE,
)
_CALLED = re.compile(r"(?<![他她它])(?:叫|姓名)(?P<name>[\u4e00-\u9fff·•]{2,6})(?:[，,。 ]|$)")
_DIGITS = "一二三四五六七八九"
TIME_WORDS = r"(上|下|中)午|晚上|早上|白天|点钟?|周[一二三四五六日天末]|礼拜|星期|今天|明天|后天|\d+号|下班|轮休|工作日|下个?(周|月)|随时"
_MODE_WORDS = (
    ("home_visit", r"上门|来家|到家|我家|走不动|下不了楼|腿脚|来(我|人).{0,3}看|你们(过)?来|来地里"),
    (
        "appointment",
        r"预约|约|电话|视频|微信|线上|网上|远程|(上|下|中)午|晚上|早上|点钟?|周[一二三四五六日天末]|礼拜|星期|明天|后天|大后天|号|下班|有空|随叫随到",
    ),
    (
        "central",
        r"窗口|中心|过去|过来|去你们|我来|我去|当面|现场|集中|大厅|自己(来|去|过)|去(社区|街道|调解|司法所|那边|就行)|到(社区|街道|司法所)",
    ),
)
_ANY = re.compile(r"^(都行|都可以|随便|随你们?|看你们|听你们(的|安排)?|怎么都行|无所谓|你们定)")
_SAFE = re.compile(r"没(有|得)?(人)?(受)?(伤|危险|事|打|动手|动过手|吵架)|安全|平安|都好|没啥(事|危险)|不危险|挺好|(人|我们?|家里)都?没事")
_TREATED = re.compile(
    r"(住|在|去|送)(了|过)?.{0,3}(医|院)|出院|好了|养(着|伤)|看过(病|医生)|处理(过|了)|(上|前|去)(个)?(月|年|周|礼拜|天)|当时|之前|以前|已经报(过)?警"
)
_HURT = re.compile(r"受(了)?(轻|重)?伤|打伤|骨折|流血|伤(着|到|了)|住院|有伤|受伤")


def slot_of(name: str) -> str:
    """Intake slot of an extracted field."""
    return SLOT_OF.get(name, name)


def found(extracted: Sequence[ExtractedField], name: str) -> ExtractedField | None:
    """Best field of a name."""
    return max((field for field in extracted if field.name == name), key=lambda field: field.confidence, default=None)


def as_value(field: ExtractedField, source: str) -> FieldValue:
    return FieldValue(field.value, field.text, source, round(field.confidence, 2))


def chosen(question: Question, choices: Sequence[ChoiceItem], text: str) -> str | None:
    """Value of the choice that a typed reply means: its title, its number, or a yes/no where choices are yes and no."""
    words = plain(text)
    for choice in choices:
        if words and words in (plain(choice.title), choice.value.lower()):
            return choice.value
    number = re.fullmatch(r"(第|选)?([1-9一二三四五六七八九])(个|项|号)?", words)
    if number and choices:
        index = int(number[2]) if number[2].isdigit() else _DIGITS.index(number[2]) + 1
        if index <= len(choices):
            return choices[index - 1].value
    return _by_meaning(question, choices, text)


def _by_meaning(question: Question, choices: Sequence[ChoiceItem], text: str) -> str | None:
    values = {choice.value for choice in choices}
    yes_no = question.kind == "yesno" or {"yes", "no"} <= values
    if yes_no and is_yes(text):
        return "yes"
    if yes_no and is_no(text):
        return "no"
    if is_no(text) and sum(value in ("no", "none", "never") for value in values) == 1:
        return next(value for value in values if value in ("no", "none", "never"))
    inside = [choice for choice in choices if _overlaps(plain(choice.title), plain(text))]
    if len(inside) != 1:  # the ways of saying it that domain staff listed
        inside = [choice for choice in choices if any(re.search(pattern, plain(text)) for pattern in choice.heard)]
    return inside[0].value if len(inside) == 1 else None


def _overlaps(title: str, words: str) -> bool:
    """One holds the other, or a part of the title between 或、、 is in the reply (negations only match whole)."""
    if len(words) >= 2 and (words in title or title in words):
        return not (words in title and title[: title.index(words)].endswith(("没", "不", "未")))
    parts = [part for part in re.split(r"[或、，,和（）()]|还是", title) if len(part) >= 2]
    return any(part in words and not re.search(rf"[没不未]{re.escape(part)}", words) for part in parts)


def handling_mode(text: str) -> str | None:
    """集中受理, 上门处理 or 预约办理 as somebody would say it; ``any`` when it is left to the centre."""
    words = plain(text)
    if _ANY.match(words):
        return "any"
    return next((value for value, pattern in _MODE_WORDS if re.search(pattern, words)), None)


def safety(text: str) -> str | None:
    """safe, hurt (harm that is over and treated), danger, or None when the reply does not say."""
    if is_no(text) or (_SAFE.search(text) and not re.search(r"不安全|没(有)?安全感", text)):
        return "hurt" if _HURT.search(re.sub(r"没(有)?(人)?(受)?伤", "", text)) else "safe"
    if _HURT.search(text):
        return "hurt" if _TREATED.search(text) else "danger"
    if _TREATED.search(text) and re.search(r"院|医|养|好了", text):
        return "hurt"
    return "danger" if re.match(r"^(有|有的|有危险|不安全|危险)", plain(text)) and len(text) < 12 else None


def strict(question: Question, choices: Sequence[ChoiceItem], text: str, extracted: Sequence[ExtractedField]) -> FieldValue | None:
    """The answer when the reply certainly holds one."""
    if question.slot == "handling_mode":
        mode = handling_mode(text)
        return FieldValue(mode, text, "asked", 0.9) if mode else None
    if question.kind in ("choice", "yesno"):
        value = chosen(question, choices, text)
        return None if value is None else FieldValue(value, text, "asked", 1.0)
    if question.slot == "counterparty" and 2 <= len(text) <= WHOLE_NAME and not (_SENTENCE.search(text) or is_no(text) or is_yes(text)):
        return FieldValue(_LEAD.sub("", text) or text, text, "asked", 0.9)  # 包工头老马，鑫达公司的工地: both belong to it
    field = found(extracted, question.slot) or found(extracted, KIND_FIELD.get(question.kind, question.slot))
    if field is None or (question.slot in ("counterparty", "place") and _ASKS.search(text)):
        return None
    if question.kind == "name" and not _named(field):
        return None
    if question.slot == "place" and is_wish(text):
        return None
    if question.slot == "claim" and len(text) <= WHOLE_CLAIM:
        return FieldValue(text, text, "asked", 0.9)  # 让他修好再赔我装修钱: all of it is wanted
    return as_value(field, "asked")


def weak(question: Question, text: str) -> FieldValue | None:
    """The reply itself as the answer, where any words may be one; None where it cannot be (a phone without digits)."""
    words = text.strip()
    if question.kind in ("phone", "amount", "people") or is_yes(text):
        return None
    if question.kind == "name":
        named = _NAME.match(plain(text)) or _CALLED.search(plain(text))
        named = None if named and (_NO_NAME.search(named["name"]) or _NEVER_NAME.search(named["name"])) else named
        return FieldValue(words if not named else _original(words, named["name"]), words, "asked", 0.6) if named else None
    if question.slot in ("counterparty", "place") and _ASKS.search(words):
        return None  # 该谁赔, 要多久: a question is nobody's name
    if question.slot == "place" and is_wish(words):
        return None
    if question.kind == "text" and question.slot in ("counterparty", "place"):
        words = _LEAD.sub("", words) or words
    if question.slot == "counterparty" and (len(words) > WHOLE_NAME or (len(words) > SHORT_NAME and _SENTENCE.search(words))):
        return None  # he said, I said: more of the story, nobody's name
    return FieldValue(words[:400], text, "asked", 0.5)


def _named(field: ExtractedField) -> bool:
    if _NEVER_NAME.search(field.text):
        return False
    return field.confidence >= NAME_CERTAIN or (field.confidence >= NAME_SURE and not _NO_NAME.search(field.text))


def is_wish(text: str) -> bool:
    """赔医药费, 让他道歉: what somebody wants, whatever was asked."""
    return len(text) <= WHOLE_CLAIM and _WISH.search(text.strip()) is not None


def _original(words: str, found_lower: str) -> str:
    at = words.lower().find(found_lower)
    return words[at : at + len(found_lower)] if at >= 0 else found_lower


def shown(question: Question | None, choices: Sequence[ChoiceItem], field: FieldValue) -> str:
    """The value as a resident reads it."""
    value: Any = field.value
    for choice in choices:
        if choice.value == value:
            return choice.title
    if question is not None and question.kind == "amount" and isinstance(value, (int, float)):
        return f"{value:,.0f}元" if float(value).is_integer() else f"{value:,.2f}元"
    if question is not None and question.kind == "people" and isinstance(value, (int, float)):
        return f"{int(value)}人"
    if question is not None and question.kind == "date" and field.text and str(value) != field.text and len(field.text) <= 16:
        return f"{value}（{field.text}）"
    return str(value)
