"""What a resident may want of a filed case in words or by a button: another time, a mark, taking it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from common.payloads import Choice
from intake import answers
from intake.conversation import Message, Turn
from intake.moves import Move
from intake.references import also_of
from intake.speaking import Speaker
from intake.state import IntakeState

RESCHEDULE, RATE, WITHDRAW = "reschedule", "rate", "withdraw?"
LONGEST = 60  # characters; a longer message tells something new about the matter
_OTHER_TIME = re.compile(
    r"(改|换|调整|推迟|提前|延|挪|另约|重(新)?约).{0,8}(时间|日子|约|天|日|号|周|星期|礼拜|月|上午|下午|晚上|点)|改(约|期|时间)|换个?时间"
    r"|(那天|到时候?|当天|周.|星期.).{0,6}(去|来|到)不(了|成)|约(一?个|一下)?(时间|日子)|预约|(改|换)(成|到|为).{0,6}(上门|窗口|视频|当面)"
)
_SAYS_WHEN = re.compile(
    r"\d|[一二三四五六七八九十]+(号|点|日|月)|周|星期|礼拜|上午|下午|早上|晚上|中午|今天|明天|后天|月底|上门|窗口|视频|随时"
)
_RATES = re.compile(
    r"(想|要|来)?(给|打)?(你们|您们|他们|调解员)?(打|评)(个|一)?分|评价|好评|差评|[几一二两三四五1-5](颗|个)?星|^(很|非常|挺|比较|不(太|怎么|是很)?)?满意"
)
_STARS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_WORDS: tuple[tuple[str, int], ...] = (
    (r"(很|非常|特别|太)不满意|差评|太差|糟", 1),
    (r"不(太|怎么|是很|够)?满意|不好|不行", 2),
    (r"一般|凑合|还行|还可以|马马虎虎", 3),
    (r"(很|非常|特别|十分|太|都)满意|太好了|非常好|特别好|好评", 5),
    (r"满意|不错|挺好|好的|可以", 4),
)
SCORES = range(1, 6)


def score_of(text: str) -> int | None:
    """One to five, from “五星”, “给4分” or “挺满意的”; None when no mark is in it."""
    named = re.search(r"([1-5一二两三四五])\s*(颗|个)?(星|分)|^\s*([1-5])\s*$", text)
    if named:
        sign = named[1] or named[4]
        return _STARS.get(sign) or int(sign)
    return next((score for pattern, score in _WORDS if re.search(pattern, text)), None)


class Wishes:
    """Short talks around a filed case. Each ends in one request to the people who handle it."""

    def __init__(self, speaker: Speaker, meant: Callable[[IntakeState, str], list[dict[str, Any]]]) -> None:
        """``meant``: the cases of this conversation that some words are about, the first one first."""
        self.speaker = speaker
        self.meant = meant

    def buttons(self) -> tuple[Choice, ...]:
        """What can be asked for beside progress."""
        return tuple(self.speaker.button(name, name) for name in ("urge", RESCHEDULE, "new_case"))

    def pressed(self, state: IntakeState, choice: str) -> Turn | None:
        """A button of this room; None when it is another's."""
        if choice == RESCHEDULE:
            return self._ask(state, RESCHEDULE, "reschedule.ask")
        if choice == RATE:
            return self._ask_score(state)
        if choice.startswith(f"{RATE}:") and choice[5:].isdigit() and int(choice[5:]) in SCORES:
            return self._rate(state, int(choice[5:]), "")
        return self.keep(state) if choice == "keep" else None

    def heard(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """Words of this room; None when they are about something else."""
        text = message.text.strip()
        if len(text) > LONGEST:
            return None
        pending, state.pending = state.pending, None if state.pending in (RESCHEDULE, RATE) else state.pending
        if pending == RATE and (score := score_of(text)) is not None:
            return self._rate(state, score, text)
        other_time = _OTHER_TIME.search(text) is not None
        if pending == RESCHEDULE and (_SAYS_WHEN.search(text) or re.search(answers.TIME_WORDS, text)):
            return self._reschedule(state, text)
        if move is Move.APPOINTMENT or (other_time and move not in (Move.LAW, Move.WITHDRAW, Move.STATUS, Move.URGE)):
            return self._reschedule(state, text) if _SAYS_WHEN.search(text) else self._ask(state, RESCHEDULE, "reschedule.ask")
        if _RATES.search(text) and move is not Move.LAW:
            score = score_of(text)
            return self._ask_score(state) if score is None else self._rate(state, score, text)
        return None

    def may_withdraw(self, state: IntakeState, case: Mapping[str, Any]) -> Turn:
        """Taking a case back ends the mediation: said first, done on a second word."""
        state.pending = WITHDRAW
        if state.receipt:
            state.receipt = {**state.receipt, "back": case["number"]}  # which one a mere yes is about
        buttons = (self.speaker.button("withdraw_yes", f"withdraw:{case['number']}"), self.speaker.button("withdraw_no", "keep"))
        return Turn(state, self.speaker.plain(state, self.speaker.say(state, "withdraw.ask"), choices=buttons))

    def keep(self, state: IntakeState) -> Turn:
        """The case is not taken back."""
        state.pending = None
        return Turn(state, self.speaker.plain(state, self.speaker.say(state, "withdraw.kept"), choices=self.buttons()))

    def _ask(self, state: IntakeState, pending: str, key: str) -> Turn:
        reply = self.speaker.plain(state, self.speaker.say(state, key))
        state.pending = pending
        return Turn(state, reply)

    def _ask_score(self, state: IntakeState) -> Turn:
        buttons = tuple(Choice(self.speaker.knowledge.phrase(f"rate.{score}"), f"{RATE}:{score}") for score in reversed(SCORES))
        reply = self.speaker.plain(state, self.speaker.say(state, "rate.ask"), choices=buttons)
        state.pending = RATE
        return Turn(state, reply)

    def _reschedule(self, state: IntakeState, text: str) -> Turn:
        return Turn(state, self.speaker.plain(state, choices=self.buttons()), RESCHEDULE, self._payload(state, text))

    def _rate(self, state: IntakeState, score: int, text: str) -> Turn:
        state.pending = None
        buttons = (self.speaker.button("status", "status"), self.speaker.button("new_case", "new_case"))
        return Turn(state, self.speaker.plain(state, choices=buttons), RATE, {**self._payload(state, text), "score": score})

    def _payload(self, state: IntakeState, text: str) -> dict[str, Any]:
        first, *others = self.meant(state, text) or [{}]
        payload: dict[str, Any] = {"number": first.get("number"), "code": first.get("tracking_code"), "text": text}
        if also := also_of({"also": others}):
            payload["also"] = also
        return payload
