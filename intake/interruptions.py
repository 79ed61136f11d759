"""Is a reply an answer to the open question, or something beside it? Words that leave no doubt first, then the model, then the question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.payloads import ExtractedField
from intake import answers
from intake.conversation import Message
from intake.moves import INTERRUPTIONS, Move, certain, is_no
from knowledge.models import Question

INTERRUPTION_SURE = 0.75  # from here an interruption wins over words that could also be an answer
WEAK_SURE = 0.9  # … small talk and complaints, which people also put around an answer
SIDE_LENGTH = 40  # an interruption is short; longer messages are told facts
QUESTION = re.compile(
    r"[?？]|吗|么$|呢$|怎么|咋|多久|多少|能不能|是不是|算不算|行不行|要不要|有没有|够不够|(能|行|算|管|对|可以)[^，。]{0,6}不$|什么|啥|哪|谁|几(天|点|年)|如何|凭什么"
)
_NO_MONEY = re.compile(
    r"(一分|一毛|一块)(钱)?(都|也)?(没|不)|不涉及(到)?钱|不(是|关)钱的事|不是为了?钱|没(有)?(涉及)?(金额|钱的事)|跟钱没关系"
)
_WHEN_ASKED = re.compile(r"(是|在)?(哪天|几号|几天|几点|多少)[^，。]{0,4}$|[?？]$")
# Side talk the model may see in a short answer to an open question (“唉 他就是不讲理”): the answer wins unless it is one of these.
STRONG = INTERRUPTIONS - {Move.CHITCHAT, Move.COMPLAIN, Move.DISTRESS, Move.OUT_OF_SCOPE, Move.EVIDENCE, Move.GREET}


def may_interrupt(move: Move, text: str, question: Question) -> bool:
    """An interruption rather than an answer: a strong one, or a weak one that could not be an answer here."""
    if move not in INTERRUPTIONS or len(text) > SIDE_LENGTH:
        return False
    if move in STRONG:
        return move is not Move.LAW or bool(QUESTION.search(text)) or question.kind not in ("text", "place")
    return question.kind not in ("text", "place", "choice", "yesno") or bool(re.search(r"[?？]|吗$", text)) or len(text) <= 4


def certainly_skips(move: Move, message: Message, question: Question, extracted: Sequence[ExtractedField]) -> bool:
    """“没有” is a name to nobody; a sure “skip” wins wherever any words could be an answer."""
    text = message.text.strip()
    if move in (Move.WITHDRAW, Move.LAW) and message.intent_probability >= INTERRUPTION_SURE:
        return False
    if certain(text) is Move.SKIP or (question.kind == "name" and is_no(text)):
        return True
    if question.kind == "amount" and _NO_MONEY.search(text) and answers.found(extracted, "amount") is None:
        return True
    return move is Move.SKIP and message.intent_probability >= INTERRUPTION_SURE and question.kind in ("name", "text", "place", "phone")


def certainly_interrupts(move: Move, message: Message, question: Question, extracted: Sequence[ExtractedField]) -> bool:
    """The words leave no doubt, or the model has none and the reply holds no plain value for the question."""
    text = message.text.strip()
    if move not in INTERRUPTIONS or len(text) > SIDE_LENGTH:
        return False
    if certain(text) is move:
        return True
    if move is Move.LAW and not QUESTION.search(text):
        return False  # 赔钱 after a question is no question
    strong = move in STRONG or question.kind == "name"
    if message.intent_probability < (INTERRUPTION_SURE if strong else WEAK_SURE):
        return False
    value = answers.found(extracted, answers.KIND_FIELD.get(question.kind, ""))
    if question.slot == "handling_mode" and not QUESTION.search(text) and answers.handling_mode(text) is not None:
        return False  # 去窗口
    if question.kind in ("choice", "yesno"):
        return answers.chosen(question, question.choices, text) is None
    return value is None or question.kind in ("name", "place") or 2 * len(value.text) < len(text) or bool(_WHEN_ASKED.search(text))
