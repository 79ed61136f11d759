"""The questions after the story: answers, corrections, skips and interruptions, in words, by button or on the card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from common.enums import Flag
from common.payloads import ExtractedField
from intake import answers, questions
from intake.confirming import Confirming
from intake.conversation import Message, Turn
from intake.corrections import Corrections
from intake.desk import Desk
from intake.interruptions import QUESTION, SIDE_LENGTH, certainly_interrupts, certainly_skips, may_interrupt
from intake.listening import GENERAL_FIELDS, TELLING_ANSWERS
from intake.moves import INTERRUPTIONS, Move, is_no, is_yes
from intake.references import case_reference
from intake.several import Several
from intake.state import FieldValue, IntakeState, Stage
from intake.type_question import TypeQuestion
from knowledge.models import ChoiceItem, Question

LEFT_OVER = 0.4  # share of a reply that must be left beside what was extracted for other slots, to be the answer itself
STORY_LENGTH = 24  # an answer this long also belongs to the story, in the resident's words
_NO_CONTACT = re.compile(
    r"^(我)?(的)?(名字|姓名|称呼|电话|手机号?|号码)[和跟、,，]?(名字|姓名|电话|手机号?)?(都|就|也)?(不(想|愿意?|方便|打算)?)(留|说|给|填|写)"
)
_THIS_PHONE = re.compile(r"[这那]个(号|电话|手机)?|来电|打(来|进来|过来)的|本机|当前|还是(上次|原来)|不变")
_ANYTHING = re.compile(r"^(随便|都行|都可以|你看着办|无所谓)")
_HANDS = {"phone": "unknown.phone", "amount": "unknown.amount", "date": "unknown.date", "people": "unknown.people", "name": "unknown.name"}
_HANDS |= {"choice": "unknown.choice", "yesno": "unknown.choice", "place": "unknown.place"}


class Details:
    """Everything between the story and the filing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.corrections = Corrections(desk)
        self.types = TypeQuestion(desk)
        self.card = Confirming(desk, self.corrections, self.types)
        self.several = Several(desk, self.corrections, self._own)

    # ── words ──

    def turn(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Read a message while a detail or the confirmation is asked."""
        text = message.text.strip()
        if state.pending in ("status", "withdraw", "urge") and case_reference(text)[0]:
            return self.desk.about_case(state, Move.STATUS if state.pending == "status" else Move(f"{state.pending}_case"), message)
        several = self.several.turn(state, move, message)
        return several if several is not None else self._own(state, move, message)

    def _own(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Read a message about the matter on the desk."""
        text = message.text.strip()
        extracted = self.desk.listener.extract(state, text, message.today)
        self.desk.listener.notice(state, text)
        if move is Move.REFUSES:
            state.flags = sorted({*state.flags, Flag.OTHER_SIDE_REFUSES.value}) if "他不" in text or "对方不" in text else state.flags
            state.fields["willing"] = FieldValue("no", text, "told", 0.9)
            return Turn(state, self.desk.back(state, self.desk.speaker.say(state, "process.voluntary")))
        if state.stage is Stage.CONFIRMING:
            return self.card.answered(state, move, message, extracted)
        state.remember()
        if (pending := state.pending) and pending.startswith("correct:"):
            state.pending = None
        if state.expecting == "dispute_type":
            return self.types.answered(state, move, message)
        if state.expecting == "adult":
            return self._adult(state, move, message)
        if _NO_CONTACT.search(text) and len(text) <= SIDE_LENGTH:
            return self._no_contact(state, text)
        if self.corrections.applies(state, move, text, extracted):
            return self.corrections.apply(state, message, extracted)
        return self._answer(state, move, message, extracted)

    def _answer(self, state: IntakeState, move: Move, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        slot, text = state.expecting or "", message.text.strip()
        question = questions.question_for(slot, state, self.desk.knowledge)
        if question is None:
            return self._volunteered(state, message, extracted)
        choices = questions.choices_of(slot, state, self.desk.knowledge)
        if certainly_skips(move, message, question, extracted):
            return self._skipped(state, question, text, extracted)
        if certainly_interrupts(move, message, question, extracted):
            return self.desk.interrupted(state, move, message)
        answer = answers.strict(question, choices, text, extracted)
        if answer is None and (move is Move.SKIP or (is_no(text) and question.kind not in ("yesno",))):
            return self._skipped(state, question, text, extracted)
        if answer is None and may_interrupt(move, text, question):
            return self.desk.interrupted(state, move, message)
        changed = self._take(state, question, answer, message, extracted)
        if answer is None and not set(state.also) & set(changed) and _left_over(text, extracted, question) >= LEFT_OVER:
            answer = self._loosely(question, choices, text, extracted, move)
            if answer is not None:
                self.desk.listener.put(state, question, answer)
        if answer is None and question.slot == "when" and (rough := answers.found(extracted, "when_text")) is not None:
            answer = FieldValue(rough.text, rough.text, "asked", 0.5)  # “从前年开始的，住在五五新镇”: the place is told, and so is the time
            self.desk.listener.put(state, question, answer)
        if len(text) >= STORY_LENGTH or (move is Move.DESCRIBE and len(text) >= 12):
            self.desk.listener.story(state, message, extracted)
        elif message.prediction is not None and question.slot in TELLING_ANSWERS and answer is not None:
            self.desk.listener.predicted(state, message.prediction)
        if answer is None and self.desk.matters.undecided(state):  # no answer, but one more dispute: how to file comes first
            state.unask()
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "ack.more_story")))
        if answer is None and not changed:
            return self._not_understood(state, question, move, message)
        return Turn(state, self.desk.next(state, *self._noted(state, move)))

    def _no_contact(self, state: IntakeState, text: str) -> Turn:
        """“名字电话都不想留”, whenever it is said."""
        slots = [slot for slot, word in (("contact_name", r"名|称呼"), ("contact_phone", r"电话|手机|号")) if re.search(word, text)]
        state.skipped += [slot for slot in slots if slot not in state.fields]
        key = "skip.phone" if "contact_phone" in slots else "skip.accepted"
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, key)))

    def _take(
        self, state: IntakeState, question: Question, answer: FieldValue | None, message: Message, extracted: Sequence[ExtractedField]
    ) -> list[str]:
        """The strict answer, and everything else that was said along the way."""
        if answer is not None:
            self.desk.listener.put(state, question, answer)
        own = answers.KIND_FIELD.get(question.kind, "")
        # The sum of a deposit is no new amount in dispute: what answers a type-specific question stays with it.
        taken = [answers.slot_of(own)] if own and question.slot not in ("amount", "when", "people", "place") else []
        also = [field for field in extracted if answers.slot_of(field.name) in state.also]
        changed = self.desk.listener.take(state, also, "asked", without=[question.slot])
        changed += self.desk.listener.take(state, extracted, "told", without=[question.slot, *taken, *changed])
        if answer is None and question.kind != "text" and answers.is_wish(message.text) and "claim" not in state.fields:
            state.fields["claim"] = FieldValue(message.text.strip(), message.text, "asked", 0.8)
            changed.append("claim")
        if question.slot == "handling_mode" and "appointment" in state.also and re.search(answers.TIME_WORDS, message.text):
            state.fields["appointment"] = FieldValue(message.text.strip()[:60], message.text, "asked", 0.8)
        return changed

    def _loosely(
        self, question: Question, choices: Sequence[ChoiceItem], text: str, extracted: Sequence[ExtractedField], move: Move
    ) -> FieldValue | None:
        if question.kind == "name":
            text = _without_phone(text, extracted)
            if _ANYTHING.match(text):
                return None
        if question.slot != "claim" and question.kind != "text" and answers.is_wish(text):
            return None
        if not text or (move in (Move.AFFIRM, Move.GARBAGE) and len(text) < 6):
            return None
        if question.kind in ("choice", "yesno") and question.slot != "handling_mode":
            return FieldValue(text[:60], text, "asked", 0.4) if len(text) <= SIDE_LENGTH and not QUESTION.search(text) else None
        return None if question.slot == "handling_mode" else answers.weak(question, text)

    def _skipped(self, state: IntakeState, question: Question, text: str, extracted: Sequence[ExtractedField]) -> Turn:
        slot = question.slot
        self.desk.listener.take(state, extracted, "told", without=[slot])  # 不涉及钱，就是想让他道歉
        state.skipped.append(slot)
        if slot == "handling_mode":  # whoever does not choose how, does not say when either; a place is still worth its own question
            state.skipped += [other for other in state.also if not state.knows(other)]
        if slot == "contact_phone":
            key = "skip.phone"
        elif re.search(r"知道|清楚|记|忘", text):
            key = "unknown.answer"
        else:
            key = "skip.accepted"
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, key)))

    def _not_understood(self, state: IntakeState, question: Question, move: Move, message: Message) -> Turn:
        if move in INTERRUPTIONS and self.desk.side.answers(move):
            return self.desk.interrupted(state, move, message)
        if question.slot == "handling_mode" and is_yes(message.text):
            state.fields[question.slot] = FieldValue("appointment", message.text, "asked", 0.5)
            return Turn(state, self.desk.next(state))
        say = self.desk.speaker.say
        if question.kind == "phone" and _THIS_PHONE.search(message.text) and state.asked.get(question.slot, 0) < 2:
            return Turn(state, self.desk.speaker.ask(state, question.slot, say(state, "unknown.phone_unseen")))
        if state.asked.get(question.slot, 0) >= 2:
            state.skipped.append(question.slot)
            return Turn(state, self.desk.next(state, say(state, "skip.accepted")))
        return Turn(state, self.desk.speaker.ask(state, question.slot, say(state, _HANDS.get(question.kind, "unknown.input"))))

    def _volunteered(self, state: IntakeState, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        self.desk.listener.story(state, message, extracted)
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "ack.more_story")))

    def _noted(self, state: IntakeState, move: Move) -> list[str]:
        """Every third answer gets a word, so that it does not read like a form."""
        if move is Move.DISTRESS:
            return [self.desk.speaker.say(state, "ack.hard")]
        state.said["answers"] = state.said.get("answers", 0) + 1
        return [self.desk.speaker.say(state, "ack.detail")] if state.said["answers"] % 3 == 1 else []

    # ── adult ──

    def _adult(self, state: IntakeState, move: Move, message: Message) -> Turn:
        text = message.text.strip()
        if is_yes(text) or (
            re.search(r"我(是|就是).{0,4}(妈|爸|家长|父|母|老师|奶|爷)|在(旁边|这|身边)|来了|大人", text)
            and not re.search(r"不在|没", text)
        ):
            return self.adult_here(state)
        if move in INTERRUPTIONS and move is not Move.SKIP:
            return self.desk.interrupted(state, move, message)
        state.stage = Stage.HANDOFF
        return Turn(state, self.desk.speaker.plain(state, self.desk.speaker.say(state, "child.handoff")), "handoff")

    def adult_here(self, state: IntakeState) -> Turn:
        state.told.append("adult")
        state.fields["adult"] = FieldValue("yes", "", "choice")
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "opening.thanks_consent")))

    # ── buttons ──

    def pressed(self, state: IntakeState, value: str, today: date) -> Turn | None:
        """A button of the open question."""
        slot = state.expecting
        if slot == "safety" and value in ("safe", "danger"):
            return None
        if slot in ("split", "which"):
            return self.several.pressed(state, value, today)
        if slot == "dispute_type" and (value == "none" or value in self.desk.knowledge.types):
            return self.types.chosen(state, value)
        if slot == "adult":
            return self.adult_here(state) if value == "yes" else None
        question = questions.question_for(slot, state, self.desk.knowledge) if slot else None
        titles = {choice.value: choice.title for choice in questions.choices_of(slot, state, self.desk.knowledge)} if slot else {}
        if question is None or value not in titles:
            return None
        state.remember()
        self.desk.listener.put(state, question, FieldValue(value, titles[value], "choice"))
        return Turn(state, self.desk.next(state))


def _left_over(text: str, extracted: Sequence[ExtractedField], question: Question) -> float:
    """Share of the reply that other details do not explain: “去年三月，在胜利路” is no answer to “对方是谁”."""
    covered = set()
    for field in extracted:
        if answers.slot_of(field.name) in GENERAL_FIELDS and answers.slot_of(field.name) != question.slot:
            covered |= set(range(field.start, field.end))
    words = [i for i, character in enumerate(text) if character.isalnum()]
    return sum(i not in covered for i in words) / len(words) if words else 0.0


def _without_phone(text: str, extracted: Sequence[ExtractedField]) -> str:
    for field in extracted:
        if field.name == "phone":
            text = text.replace(field.text, " ")
    return re.sub(r"(电话|手机|号码)(是|[:：])?|\d{5,}", " ", text).strip(" ，,。.、;；：:")
