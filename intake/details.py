"""The questions after the story: answers, corrections, skips and interruptions, in words, by button or on the card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from common.enums import Flag
from common.payloads import ExtractedField, Reply
from intake import answers, questions
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.listening import CORRECTION, GENERAL_FIELDS, TELLING_ANSWERS
from intake.moves import INTERRUPTIONS, Move, certain, is_no, is_yes
from intake.opening import Opening
from intake.references import case_reference
from intake.state import FieldValue, IntakeState, Stage
from knowledge.models import ChoiceItem, Question

INTERRUPTION_SURE = 0.75  # from here an interruption wins over words that could also be an answer
WEAK_SURE = 0.9  # … small talk and complaints, which people also put around an answer
LEFT_OVER = 0.4  # share of a reply that must be left beside what was extracted for other slots, to be the answer itself
SAID_WHAT = 5  # characters; a correction this long says what it is about, even when no field can be told from it
SIDE_LENGTH = 40  # an interruption is short; longer messages are told facts
STORY_LENGTH = 24  # an answer this long also belongs to the story, in the resident's words
_QUESTION = re.compile(
    r"[?？]|吗|么$|呢$|怎么|咋|多久|多少|能不能|是不是|算不算|行不行|要不要|有没有|什么|啥|哪|谁|几(天|点|年)|如何|凭什么"
)
_NO_MONEY = re.compile(
    r"(一分|一毛|一块)(钱)?(都|也)?(没|不)|不涉及(到)?钱|不(是|关)钱的事|不是为了?钱|没(有)?(涉及)?(金额|钱的事)|跟钱没关系"
)
_WHEN_ASKED = re.compile(r"(是|在)?(哪天|几号|几天|几点|多少)[^，。]{0,4}$|[?？]$")
_THIS_PHONE = re.compile(r"[这那]个(号|电话|手机)?|来电|打(来|进来|过来)的|本机|当前|还是(上次|原来)|不变")
_UNCHANGED = re.compile(r"没(有|啥|什么|得|要)*(再)?(说|记|写|要|需要)?(错|改|补充)(的|了|啥)*|不用改|不改")
_MORE = re.compile(r"还有|另外|补充|加上|再加|漏了|但是|不过|改|错|不对")
_HANDS = {"phone": "unknown.phone", "amount": "unknown.amount", "date": "unknown.date", "people": "unknown.people", "name": "unknown.name"}
_HANDS |= {"choice": "unknown.choice", "yesno": "unknown.choice", "place": "unknown.place"}
# Side talk the model may see in a short answer to an open question (“唉 他就是不讲理”): the answer wins unless it is one of these.
_STRONG = INTERRUPTIONS - {Move.CHITCHAT, Move.COMPLAIN, Move.DISTRESS, Move.OUT_OF_SCOPE, Move.EVIDENCE, Move.GREET}


class Details:
    """Everything between the story and the filing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.opening = Opening(desk)

    # ── words ──

    def turn(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Read a message while a detail or the confirmation is asked."""
        text = message.text.strip()
        if state.pending in ("status", "withdraw", "urge") and case_reference(text)[0]:
            return self.desk.about_case(state, Move.STATUS if state.pending == "status" else Move(f"{state.pending}_case"), message)
        extracted = self.desk.listener.extract(state, text, message.today)
        self.desk.listener.notice(state, text)
        if move is Move.REFUSES:
            state.flags = sorted({*state.flags, Flag.OTHER_SIDE_REFUSES.value}) if "他不" in text or "对方不" in text else state.flags
            state.fields["willing"] = FieldValue("no", text, "told", 0.9)
            return Turn(state, self.desk.back(state, self.desk.speaker.say(state, "process.voluntary")))
        if state.stage is Stage.CONFIRMING:
            return self._confirming(state, move, message, extracted)
        state.remember()
        if (pending := state.pending) and pending.startswith("correct:"):
            state.pending = None
        if state.expecting == "dispute_type":
            return self._type(state, move, message)
        if state.expecting == "adult":
            return self._adult(state, move, message)
        if self._is_correction(state, move, text, extracted):
            return self._correct(state, message, extracted)
        return self._answer(state, move, message, extracted)

    def _answer(self, state: IntakeState, move: Move, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        slot, text = state.expecting or "", message.text.strip()
        question = questions.question_for(slot, state, self.desk.knowledge)
        if question is None:
            return self._volunteered(state, message, extracted)
        choices = questions.choices_of(slot, state, self.desk.knowledge)
        if self._certainly_skips(move, message, question, extracted):
            return self._skipped(state, question, text)
        if self._certainly_interrupts(move, message, question, extracted):
            return self.desk.interrupted(state, move, message)
        answer = answers.strict(question, choices, text, extracted)
        if answer is None and (move is Move.SKIP or (is_no(text) and question.kind not in ("yesno",))):
            return self._skipped(state, question, text)
        if answer is None and self._interrupts(move, text, question):
            return self.desk.interrupted(state, move, message)
        changed = self._take(state, question, answer, message, extracted)
        if answer is None and not set(state.also) & set(changed) and _left_over(text, extracted, question) >= LEFT_OVER:
            answer = self._loosely(question, choices, text, extracted, move)
            if answer is not None:
                self._put(state, question, answer)
        if len(text) >= STORY_LENGTH or (move is Move.DESCRIBE and len(text) >= 12):
            self.desk.listener.story(state, message, extracted)
        elif message.prediction is not None and question.slot in TELLING_ANSWERS and answer is not None:
            self.desk.listener.predicted(state, message.prediction)
        if answer is None and not changed:
            return self._not_understood(state, question, move, message)
        return Turn(state, self.desk.next(state, *self._noted(state, move)))

    def _take(
        self, state: IntakeState, question: Question, answer: FieldValue | None, message: Message, extracted: Sequence[ExtractedField]
    ) -> list[str]:
        """The strict answer, and everything else that was said along the way."""
        if answer is not None:
            self._put(state, question, answer)
        own = answers.KIND_FIELD.get(question.kind, "")
        # The sum of a deposit is no new amount in dispute: what answers a type-specific question stays with it.
        taken = [answers.slot_of(own)] if own and question.slot not in ("amount", "when", "people", "place") else []
        also = [field for field in extracted if answers.slot_of(field.name) in state.also]
        changed = self.desk.listener.take(state, also, "asked", without=[question.slot])
        changed += self.desk.listener.take(state, extracted, "told", without=[question.slot, *taken, *changed])
        if question.slot == "handling_mode" and "appointment" in state.also and re.search(answers.TIME_WORDS, message.text):
            state.fields["appointment"] = FieldValue(message.text.strip()[:60], message.text, "asked", 0.8)
        return changed

    def _put(self, state: IntakeState, question: Question, answer: FieldValue) -> None:
        if question.slot == "handling_mode" and answer.value == "any":
            state.skipped.append(question.slot)  # left to the centre
            return
        state.fields[question.slot] = answer
        state.skipped = [slot for slot in state.skipped if slot != question.slot]
        raised = question.sets_flags.get(str(answer.value), [])
        state.flags = sorted({*state.flags, *(flag.value for flag in raised)})

    def _loosely(
        self, question: Question, choices: Sequence[ChoiceItem], text: str, extracted: Sequence[ExtractedField], move: Move
    ) -> FieldValue | None:
        if question.kind == "name":
            text = _without_phone(text, extracted)
        if not text or (move in (Move.AFFIRM, Move.GARBAGE) and len(text) < 6):
            return None
        if question.kind in ("choice", "yesno") and question.slot != "handling_mode":
            return FieldValue(text[:60], text, "asked", 0.4) if len(text) <= SIDE_LENGTH and not _QUESTION.search(text) else None
        return None if question.slot == "handling_mode" else answers.weak(question, text)

    def _interrupts(self, move: Move, text: str, question: Question) -> bool:
        """An interruption rather than an answer: a strong one, or a weak one that could not be an answer here."""
        if move not in INTERRUPTIONS or len(text) > SIDE_LENGTH:
            return False
        if move in _STRONG:
            return move is not Move.LAW or bool(_QUESTION.search(text)) or question.kind not in ("text", "place")
        return question.kind not in ("text", "place", "choice", "yesno") or bool(re.search(r"[?？]|吗$", text)) or len(text) <= 4

    @staticmethod
    def _certainly_skips(move: Move, message: Message, question: Question, extracted: Sequence[ExtractedField]) -> bool:
        """“没有” is a name to nobody; a sure “skip” wins wherever any words could be an answer."""
        text = message.text.strip()
        if certain(text) is Move.SKIP or (question.kind == "name" and is_no(text)):
            return True
        if question.kind == "amount" and _NO_MONEY.search(text) and answers.found(extracted, "amount") is None:
            return True
        return move is Move.SKIP and message.intent_probability >= INTERRUPTION_SURE and question.kind in ("name", "text", "place", "phone")

    def _certainly_interrupts(self, move: Move, message: Message, question: Question, extracted: Sequence[ExtractedField]) -> bool:
        """The words leave no doubt, or the model has none and the reply holds no plain value for the question."""
        text = message.text.strip()
        if move not in INTERRUPTIONS or len(text) > SIDE_LENGTH:
            return False
        if certain(text) is move:
            return True
        strong = move in _STRONG or question.kind == "name"
        if message.intent_probability < (INTERRUPTION_SURE if strong else WEAK_SURE):
            return False
        value = answers.found(extracted, answers.KIND_FIELD.get(question.kind, ""))
        if question.kind in ("choice", "yesno"):
            return answers.chosen(question, question.choices, text) is None
        return value is None or question.kind in ("name", "place") or 2 * len(value.text) < len(text) or bool(_WHEN_ASKED.search(text))

    def _skipped(self, state: IntakeState, question: Question, text: str) -> Turn:
        slot = question.slot
        both = [slot, *(other for other in state.also if not state.knows(other))] if slot in ("when", "handling_mode") else [slot]
        state.skipped += [other for other in both if other != "place"]
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

    # ── type, adult ──

    def _type(self, state: IntakeState, move: Move, message: Message) -> Turn:
        text = message.text.strip()
        offered = [ChoiceItem(title=c.title, value=c.value) for c in self.desk.speaker.type_choices(state)]
        question = self.desk.knowledge.questions["dispute_type"]
        value = answers.chosen(question, offered, text) or self._named_type(text)
        if value is None and is_no(text):
            value = "none"
        if value is not None:
            return self.typed(state, value)
        if move in INTERRUPTIONS and len(text) <= SIDE_LENGTH:
            return self.desk.interrupted(state, move, message)
        if not is_yes(text) and move is not Move.SKIP:
            self.desk.listener.story(state, message, self.desk.listener.extract(state, text, message.today))
        return Turn(state, self.desk.next(state))

    def _named_type(self, text: str) -> str | None:
        """A type called by its name: 离婚的事, 劳动争议."""
        named = [code for code, kind in self.desk.knowledge.types.items() if kind.name.removesuffix("纠纷") in text or kind.plain in text]
        return named[0] if len(named) == 1 else None

    def typed(self, state: IntakeState, value: str) -> Turn:
        """The resident chose a type, or none of those offered."""
        if value == "none":
            state.excluded_types = [code for code in state.offered if code in self.desk.knowledge.types]
            rest = [code for code, _ in (state.prediction or {}).get("types", []) if code not in state.excluded_types]
            state.dispute_type, state.type_fixed = (rest or ["QT"])[0], True
            self.desk.listener.settle(state)
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "unknown.type")))
        state.dispute_type, state.type_fixed = value, True
        self.desk.listener.settle(state)
        return Turn(state, self.desk.next(state))

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

    # ── corrections ──

    def _is_correction(self, state: IntakeState, move: Move, text: str, extracted: Sequence[ExtractedField]) -> bool:
        if len(text) > 2 * SIDE_LENGTH:
            return False
        worded = bool(CORRECTION.search(text))
        if move is Move.CORRECT:
            return bool(state.fields) and (worded or any(answers.slot_of(f.name) in state.fields for f in extracted))
        meant = {answers.slot_of(field.name) for field in extracted} | {self.desk.listener.cued_slot(text)}
        return worded and not is_no(text) and any(slot in state.fields and slot != state.expecting for slot in meant)

    def _correct(self, state: IntakeState, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        changed = self.desk.listener.correct(state, message, extracted)
        if changed:
            return Turn(state, self.desk.next(state, *self._corrected_lines(state, changed)))
        slot = self.desk.listener.cued_slot(message.text)
        if slot is not None and (slot in state.fields or state.stage is Stage.CONFIRMING):
            state.stage, state.pending = Stage.OPEN, f"correct:{slot}"
            state.fields.pop(slot, None)
            state.asked[slot] = 0
            return Turn(state, self.desk.speaker.ask(state, slot))
        if len(message.text.strip()) < SAID_WHAT:
            return self.which(state)
        self.desk.listener.story(state, message, [])
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "correct.in_words")))

    def _corrected_lines(self, state: IntakeState, changed: Sequence[tuple[str, Any]]) -> list[str]:
        summariser, say = self.desk.summariser, self.desk.speaker.say
        return [say(state, "correct.done", field=summariser.label(state, s), value=summariser.shown(state, s)) for s, _ in changed]

    def which(self, state: IntakeState) -> Turn:
        """“有地方要改” without saying what."""
        if state.stage is Stage.CONFIRMING:
            reply = self.desk.summariser.confirm(state)
            text = self.desk.speaker.say(state, "correct.which")
            return Turn(state, Reply(text=text, choices=reply.choices, card=reply.card, expecting=reply.expecting, state=reply.state))
        return Turn(state, self.desk.back(state, self.desk.speaker.say(state, "correct.which")))

    # ── the card ──

    def _confirming(self, state: IntakeState, move: Move, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        text = message.text.strip()
        state.remember()
        more = bool(_MORE.search(_UNCHANGED.sub("", text)))
        if is_yes(text) or (move in (Move.AFFIRM, Move.RESUME) and not extracted and not more):
            return self.file(state)
        if (
            move is Move.CORRECT
            or self._is_correction(state, move, text, extracted)
            or (more and CORRECTION.search(text) and not is_no(text))
        ):
            return self._correct(state, message, extracted)
        if is_no(text) or (move is Move.DENY and not extracted):
            return self.which(state)
        if move is Move.SKIP:
            return Turn(state, self.desk.summariser.confirm(state))
        if move in INTERRUPTIONS and len(text) <= SIDE_LENGTH:
            return self.desk.interrupted(state, move, message)
        mode = answers.handling_mode(text)
        if move is Move.APPOINTMENT or (mode and not extracted and len(text) < 20):
            state.fields["appointment"] = FieldValue(text[:60], text, "told", 0.7)
            if mode and mode != "any":
                state.fields["handling_mode"] = FieldValue(mode, text, "told", 0.8)
            return Turn(state, self.desk.summariser.confirm(state, self.desk.speaker.say(state, "summary.changed")))
        if re.match(r"^(对|没错|是的?|好的?|可以|行)[，,。 ]", text) and not extracted and not more and len(text) <= 16:
            return self.file(state)
        if len(text) <= SIDE_LENGTH and (changed := self.desk.listener.correct(state, message, [])):
            return Turn(state, self.desk.next(state, *self._corrected_lines(state, changed)))
        self.desk.listener.story(state, message, extracted)
        return Turn(state, self.desk.summariser.confirm(state, self.desk.speaker.say(state, "ack.more_story")))

    def file(self, state: IntakeState) -> Turn:
        """Hand the case in; the action files it and the engine's :meth:`filed` says what comes next."""
        from intake import filing

        state.stage = Stage.FILING
        payload = filing.body(state, self.desk.listener)
        return Turn(state, self.desk.speaker.plain(state, self.desk.speaker.say(state, "filed.waiting")), "file", payload)

    def not_yet(self, state: IntakeState) -> Turn:
        """先不提交: everything is kept."""
        state.stage = Stage.PAUSED
        button = (self.desk.speaker.button("continue", "continue"),)
        return Turn(state, self.desk.speaker.plain(state, self.desk.speaker.say(state, "summary.not_submitted"), choices=button), "cancel")

    # ── buttons and the card's edits ──

    def pressed(self, state: IntakeState, value: str, opening: Opening) -> Turn | None:
        """A button of the open question."""
        slot = state.expecting
        if slot == "safety" and value in ("safe", "danger"):
            return None
        if slot == "dispute_type" and (value == "none" or value in self.desk.knowledge.types):
            return self.typed(state, value)
        if slot == "adult":
            return self.adult_here(state) if value == "yes" else None
        question = questions.question_for(slot, state, self.desk.knowledge) if slot else None
        titles = {choice.value: choice.title for choice in questions.choices_of(slot, state, self.desk.knowledge)} if slot else {}
        if question is None or value not in titles:
            return None
        state.remember()
        self._put(state, question, FieldValue(value, titles[value], "choice"))
        return Turn(state, self.desk.next(state))

    def edited(self, state: IntakeState, message: Message) -> Turn:
        """Lines corrected on the card; what cannot be read is said and left as it was."""
        state.remember()
        refused: list[str] = []
        for slot, value in (message.edits or {}).items():
            if not self._edit(state, slot, value, message):
                label = self.desk.summariser.label(state, slot)
                refused.append(self.desk.speaker.say(state, "correct.bad_value", field=label, value=str(value)[:40]))
        before = refused or [self.desk.speaker.say(state, "summary.changed")]
        return Turn(state, self.desk.summariser.confirm(state, *before) if state.story else self.desk.next(state, *before))

    def _edit(self, state: IntakeState, slot: str, value: Any, message: Message) -> bool:
        text = "" if value is None else str(value).strip()
        if slot == "dispute_type":
            code = text if text in self.desk.knowledge.types else self._named_type(text)
            if code is None:
                return False
            state.dispute_type, state.type_fixed = code, True
            self.desk.listener.settle(state)
            return True
        question = questions.question_for(slot, state, self.desk.knowledge)
        if question is None or slot in ("narrative", "consent", "safety", "confirm"):
            return False
        if not text:
            state.fields.pop(slot, None)
            state.skipped.append(slot)
            return True
        field = self._edited_value(state, question, text, message)
        if field is not None:
            self._put(state, question, field)
        return field is not None

    def _edited_value(self, state: IntakeState, question: Question, text: str, message: Message) -> FieldValue | None:
        choices = questions.choices_of(question.slot, state, self.desk.knowledge)
        expecting = state.expecting
        state.expecting = question.slot
        extracted = self.desk.listener.extract(state, text, message.today)
        state.expecting = expecting
        if any(choice.value == text for choice in choices):
            return FieldValue(text, text, "edited", 1.0)
        if question.kind in ("choice", "yesno", "amount", "people", "phone", "date"):
            found = answers.strict(question, choices, text, extracted)
            if found is None and question.kind == "date":
                found = FieldValue(text[:60], text)
            return FieldValue(found.value, text, "edited", 1.0) if found else None
        return FieldValue(text[:400], text, "edited", 1.0)


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
