"""The parts of the engine on one desk, and the one decision they share: what comes next."""

from __future__ import annotations

import re
from typing import Any

from common.enums import Flag
from common.payloads import Choice, Expecting, Reply
from intake import questions
from intake.conversation import Message, Tools, Turn
from intake.gate import REDIRECTED, Gate
from intake.inference import fill_from_story
from intake.listening import Listener
from intake.matters import APART, FIRST, TOGETHER, Matters
from intake.moves import Move
from intake.references import also_of, case_reference
from intake.sidetalk import QUIET, SideTalk
from intake.speaking import PUBLIC_STATE, Speaker, joined
from intake.state import IntakeState, Stage
from intake.statement import Statements
from intake.summary import Summariser
from intake.wishes import WITHDRAW, Wishes
from knowledge.store import Knowledge

PAUSE = {"kind": "pause"}  # the talk is left unfinished: the backend adds the code with which another device takes it up
ASKED_MOST = 2  # a question that brought nothing twice is passed over
AGAIN_MOST = 2  # … and so is one that stayed open while other things were said twice
THIN = 8  # characters; a story shorter than this that the model cannot place is asked on once
_ALL = re.compile(r"都|全部|两件|三件|一起")
_SEVERAL = re.compile(r"还有(一|个|件|就是)?|另外|再(就是|一个)|第二[件个]|两件事|除了|顺便|同时")
_SPECIAL: tuple[tuple[Flag, str], ...] = (
    (Flag.SPEAKS_FOR_OTHER, "special.speaks_for_other"),
    (Flag.GROUP, "special.group"),
    (Flag.TOURIST_LEAVING, "special.tourist"),
    (Flag.BINGTUAN, "special.bingtuan"),
    (Flag.MINOR_HARMED, "special.minor"),
    (Flag.ELDERLY, "special.elderly"),
)


class Desk:
    """Speaker, listener, gate, summariser and side talk over the same knowledge."""

    def __init__(self, knowledge: Knowledge, tools: Tools, centre: str) -> None:
        self.knowledge = knowledge
        self.speaker = Speaker(knowledge, centre)
        self.listener = Listener(knowledge, tools)
        self.gate = Gate(self.speaker, self.listener)
        self.matters = Matters(knowledge, self.listener)
        self.summariser = Summariser(self.speaker, self.listener, self.matters)
        self.statements = Statements(self.summariser, self.gate)
        self.side = SideTalk(self.speaker)
        self.wishes = Wishes(self.speaker, lambda state, text: self.own_cases(state, None, text))
        self.speaker.offers.update({"split": self.split_choices, "which": self.which_choices})

    # ── what comes next ──

    def next(self, state: IntakeState, *before: str) -> Reply:
        """The next thing to say: consent, safety, story, the gate, type, details, the card."""
        if state.matters and all("receipt" in entry for entry in state.matters):
            state.stage = Stage.FILED  # what was refused has been left out since
        if state.stage in (Stage.FILED, Stage.FILING):
            return self.speaker.plain(state, *before, self._filed_line(state))
        if state.stage is Stage.REDIRECTED:
            return self.gate.again(state, *before)
        if state.consent is None:
            return self.speaker.ask(state, "consent", *before)
        if state.safety is None:
            return self.speaker.ask(state, "safety", *before)
        if not state.story and "narrative" not in state.skipped:
            return self.speaker.ask(state, "narrative", *before)
        return self._after_story(state, list(before))

    def _after_story(self, state: IntakeState, before: list[str]) -> Reply:
        if self._only_questions(state):
            if self._nobody_disputes(state) and "law_question" not in state.told:
                state.told.append("enquiry")
                return self.gate.enquiry(state, *before)
            if state.asked.get("narrative", 0) < ASKED_MOST and "narrative" not in state.skipped:
                return self.speaker.ask(state, "narrative", *before, self.speaker.say(state, "law.ask_more"))
        if self._thin(state):
            return self.speaker.ask(state, "narrative", *before)
        if self.matters.undecided(state) and not self._child(state) and (asked := self._how_many(state, before)) is not None:
            return asked
        rule = self.gate.check(state)
        if rule is not None and rule.hard:
            return self.gate.redirect(state, rule, *before)
        if self._child(state):
            return self._adult(state, before)
        fill_from_story(state, self.knowledge)
        before += self._heard(state)
        if rule is not None:
            before.append(self.gate.mention(state, rule))
        if self.listener.type_unclear(state):
            return self.speaker.ask(state, "dispute_type", *before)
        return self._detail(state, before)

    def _detail(self, state: IntakeState, before: list[str]) -> Reply:
        plan = questions.plan(state, self.knowledge)
        if self.matters.waiting(state):  # contact and mode are asked once, after the questions of every matter
            plan = [slot for slot in plan if slot not in questions.LAST]
        if state.expecting in plan:  # what is being asked stays asked until it is answered
            plan = [state.expecting, *(slot for slot in plan if slot != state.expecting)]
        for slot in plan:
            open_still = slot == state.expecting and slot in state.asked
            times = state.said.get(f"again:{slot}", 0) if open_still else state.asked.get(slot, 0)
            if times >= (AGAIN_MOST if open_still else ASKED_MOST):
                state.skipped.append(slot)
                continue
            if state.stage is Stage.CONFIRMING:
                state.stage = Stage.OPEN
            if not open_still:
                return self.speaker.ask(state, slot, *before)
            state.said[f"again:{slot}"] = times + 1
            return self.speaker.again(state, *before)
        if self.matters.turn_to_open(state) is not None:
            state.stage = Stage.OPEN if state.stage is Stage.CONFIRMING else state.stage
            before.append(self.speaker.say(state, "split.turn", type_name=self.matters.name(state.matters[state.at])))
            return self._after_story(state, before)
        return self.summariser.confirm(state, *before)

    # ── several matters ──

    def _how_many(self, state: IntakeState, before: list[str]) -> Reply | None:
        """The question whether to file apart, asked once; None when it was passed by, and the matters stay together."""
        if state.expecting == "split" and "split" in state.asked:
            return self.speaker.again(state, *before)
        if state.asked.get("split", 0) >= ASKED_MOST:
            self.matters.together(state)
            return None
        if "acknowledged" not in state.told:
            state.told.append("acknowledged")
        names = self.matters.names(state)
        parts = "，".join(self.speaker.say(state, "split.item", type_name=name) for name in names)
        heard = self.speaker.say(state, "split.heard", count=self.count_word(len(names)), types_text=parts)
        return self.speaker.ask(state, "split", *before, heard)

    def split_choices(self, state: IntakeState) -> tuple[Choice, ...]:
        phrase = self.knowledge.phrase
        return (
            Choice(phrase("choice.split_apart", count=self.count_word(len(state.parts))), APART),
            Choice(phrase("choice.split_together"), TOGETHER),
            Choice(phrase("choice.split_first"), FIRST),
        )

    def which_choices(self, state: IntakeState) -> tuple[Choice, ...]:
        return tuple(Choice(name, f"m{i}") for i, name in enumerate(self.matters.names(state), start=1))

    @staticmethod
    def count_word(count: int) -> str:
        return {2: "两", 3: "三"}.get(count, str(count))

    def _heard(self, state: IntakeState) -> list[str]:
        """The core of what was heard, in a sentence or two, once; and what special people should know, once."""
        said: list[str] = []
        kind = self.knowledge.types.get(state.dispute_type or "")
        if "acknowledged" not in state.told and state.story:
            state.told.append("acknowledged")
            if kind is not None and not self.listener.type_unclear(state):
                said.append(kind.acknowledge[len(state.narrative) % len(kind.acknowledge)])
                subtype = self.knowledge.subtypes.get(self.listener.sure_subtype(state) or "")
                said.append(self.speaker.say(state, "ack.type", type_name=subtype.plain if subtype else kind.plain))
            else:
                said.append(self.speaker.say(state, "ack.story"))
            others = [self.knowledge.types[code].plain for code in self.listener.secondary(state) if code in self.knowledge.types]
            if kind is not None and others and _SEVERAL.search(state.narrative):
                said.append(self.speaker.say(state, "ack.several", types="、".join([kind.plain, *others[:1]])))
        for flag, key in _SPECIAL:
            if flag.value in state.flags and key not in state.told:
                state.told.append(key)
                said.append(self.speaker.say(state, key))
                break
        return ["".join(said)] if said else []

    def _thin(self, state: IntakeState) -> bool:
        unclear = state.prediction is None or bool(state.prediction["abstained"])
        return len(state.narrative) < THIN and unclear and state.asked.get("narrative", 0) < ASKED_MOST and "narrative" not in state.skipped

    def _only_questions(self, state: IntakeState) -> bool:
        return "only_question" in state.told and REDIRECTED not in state.told

    def _nobody_disputes(self, state: IntakeState) -> bool:
        """A question without a dispute, by the model's route or type."""
        return state.route == "ZX" or state.dispute_type == "XZ"

    def _child(self, state: IntakeState) -> bool:
        return Flag.MINOR_APPLICANT.value in state.flags and "adult" not in state.told

    def _adult(self, state: IntakeState, before: list[str]) -> Reply:
        """A child alone: ask for an adult, never go on asking the child for details."""
        texts = [*before, self.speaker.say(state, "child.alone")]
        if state.dispute_type == "XY":
            texts.append(self.speaker.say(state, "child.school"))
        return self.speaker.ask(state, "adult", *texts)

    def _filed_line(self, state: IntakeState) -> str:
        if state.receipt:
            return self.speaker.say(state, "filed.already", number=state.receipt["number"])
        return self.speaker.say(state, "filed.waiting")

    # ── interruptions ──

    def interrupted(self, state: IntakeState, move: Move, message: Message, *before: str) -> Turn:
        """Answer an interruption and put the open question again."""
        if move is Move.LAW:
            return Turn(state, self.back(state, *before), "answer_law", {"question": message.text})
        if move in (Move.STATUS, Move.WITHDRAW, Move.URGE):
            return self.about_case(state, move, message)
        said = self.side.text(state, move)
        if move in QUIET:
            return Turn(state, self._quiet(state, *before, said))
        return Turn(state, self.back(state, *before, said))

    def back(self, state: IntakeState, *before: str) -> Reply:
        """The open question again, without counting it."""
        if state.stage is Stage.CONFIRMING:
            return self.summariser.confirm(state, *before)
        if state.stage is Stage.REDIRECTED:
            return self.next(state, *before)
        if state.stage in (Stage.FILED, Stage.FILING):
            return self.speaker.plain(state, *before, choices=self.wishes.buttons() if state.stage is Stage.FILED else ())
        if state.expecting is None:
            return self.next(state, *before)
        return self.speaker.again(state, *before)

    def about_case(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Progress, withdrawal or reminder of a filed case: this conversation's, or the one whose number and code are given."""
        number, code = case_reference(message.text)
        verb = {Move.STATUS: "status", Move.WITHDRAW: "withdraw", Move.URGE: "urge"}[move]
        own = self.own_cases(state, number, message.text)
        if verb == "withdraw" and len(own) > 1:
            return self._withdraw_which(state, own)
        if verb == "withdraw" and own and not (message.choice or "").startswith("withdraw:") and state.pending != WITHDRAW:
            return self.wishes.may_withdraw(state, own[0])
        if own:
            number, code = own[0]["number"], own[0]["tracking_code"]
        if number and code:
            state.pending = None
            payload: dict[str, Any] = {"number": number, "code": code}
            if also := also_of({"also": own[1:]}):
                payload["also"] = also
            if not own and not state.story and state.receipt is None:
                payload["visit"] = True  # the dialogue stays with this case once the backend has found the code right
            return Turn(state, self.back(state), "case_status" if verb == "status" else verb, payload)
        state.pending = verb if state.stage is not Stage.FILING else None
        if state.stage is Stage.FILING:
            return Turn(state, self.speaker.plain(state, self.speaker.say(state, "filed.waiting")))
        text = self.speaker.say(state, "status.need_code" if number else f"{verb}.need_number")
        if state.story and not state.receipt and verb == "status":
            text = joined(self.speaker.say(state, "status.draft", count=max(1, self.missing(state))), text)
        return Turn(state, self.back(state, text))

    def own_cases(self, state: IntakeState, number: str | None, text: str) -> list[dict[str, Any]]:
        """Cases of this conversation that are meant: the one whose number or matter is named, else all of them."""
        receipt = state.receipt or {}
        cases = [receipt, *receipt.get("also", [])] if receipt else []
        if number is None and state.pending == WITHDRAW:
            number = receipt.get("back")
        if number is not None:
            return [case for case in cases if case["number"] == number]
        if len(cases) > 1 and not _ALL.search(text) and (named := self.matters.named(state, text)) is not None:
            only = [case for case in cases if case.get("name") == self.matters.name(state.matters[named])]
            return only or cases
        return cases

    def _withdraw_which(self, state: IntakeState, cases: list[dict[str, Any]]) -> Turn:
        """Nothing is taken back on a guess where there are several cases."""
        state.pending = "withdraw"
        buttons = tuple(Choice(str(case["name"]), f"withdraw:{case['number']}") for case in cases)
        text = self.speaker.say(state, "split.withdraw_which", count=self.count_word(len(cases)))
        return Turn(state, self.speaker.plain(state, text, choices=buttons))

    def missing(self, state: IntakeState) -> int:
        """Questions still open before the card, roughly."""
        return len(questions.plan(state, self.knowledge))

    def _quiet(self, state: IntakeState, *texts: str) -> Reply:
        """Say something without asking again; the question stays open."""
        question = questions.question_for(state.expecting, state, self.knowledge) if state.expecting else None
        expecting = Expecting(state.expecting, question.kind, optional=True) if question and state.expecting else None
        unfinished = state.stage in (Stage.OPEN, Stage.CONFIRMING, Stage.REDIRECTED) and bool(state.story)
        return Reply(text=joined(*texts), card=PAUSE if unfinished else None, expecting=expecting, state=PUBLIC_STATE[state.stage])
