"""From the first word to the story: consent, safety, the story itself; and the doors when mediation is not the way."""

from __future__ import annotations

import re

from common.enums import Flag
from common.payloads import Choice, Reply
from intake import answers
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.gate import REDIRECTED
from intake.interruptions import QUESTION
from intake.moves import INTERRUPTIONS, Move, is_no, plain
from intake.state import IntakeState, Stage

STORY_LENGTH = 20  # a message this long is taken as telling, whatever the model calls it
_AGREE = re.compile(r"^(我)?(都)?(同意|愿意|可以|没意见|好的?|行|嗯+|成|中)(了|的|啊|吧|登记|开始|开始登记)*$")
_AGREE_AND_TELL = re.compile(r"^(我)?(同意|愿意|可以|好的?|行|嗯+)[，,。.！!；; \n]+(?=.{6,})", re.DOTALL)
_DISAGREE = re.compile(r"不(同意|愿意|想登记|登记|行)|先?(只是|就是?)?(想)?问问|不留(名|姓名)")
_GO_ON = re.compile(r"继续|登记|提交|还是要|记上|接着")
_LEAVES = re.compile(r"(这件|这个|这事)?(就|先)?(不(登记|办|报|弄)|算了)")  # one of several matters
_PAGE = re.compile(r"说明|整理|打印|写(成|一份|下来)|带(着)?去")
# Questions that may be all somebody wants; kept, so that nothing is asked twice.
_ASKING = frozenset({Move.LAW, Move.BRING, Move.OUT_OF_SCOPE, Move.PROCESS, Move.WHERE})
_NEVER_STORY = frozenset(
    {
        Move.GREET, Move.THANKS, Move.GOODBYE, Move.WHY, Move.PRIVACY, Move.COST, Move.REPEAT, Move.WAIT, Move.BOT, Move.LANGUAGE,
        Move.GARBAGE, Move.OTHER_LANGUAGE, Move.INSULT, Move.RESUME, Move.STATUS, Move.URGE, Move.WITHDRAW, Move.EVIDENCE, Move.DURATION,
        Move.EFFECT,
    }
)  # fmt: skip


class Opening:
    """The first questions, which are the same for everybody."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # ── consent ──

    def consent(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """Read a message before consent. None: the resident agreed."""
        text = message.text.strip()
        if _AGREE_AND_TELL.match(text) and not _DISAGREE.search(text[:12]):
            self._keep(state, move, message)
            return None
        if (move in (Move.AFFIRM, Move.RESUME) and len(text) <= 16) or _AGREE.match(plain(text)):
            return None
        if (move is Move.DENY and len(text) <= 16) or (_DISAGREE.search(text) and len(text) <= 16):
            return self.declined(state)
        if self.is_telling(move, text) and self._worth_keeping(move, message):
            self._keep(state, move, message)
            key = "consent.needed" if state.declined else "ack.story"
            if state.told[-1:] == ["law_question"] and move is Move.LAW:
                return Turn(state, self.desk.speaker.ask(state, "consent"), "answer_law", {"question": text})
            return Turn(state, self.desk.speaker.ask(state, "consent", self.desk.speaker.say(state, key)))
        if move in INTERRUPTIONS or self.desk.side.answers(move):
            return self.desk.interrupted(state, move, message)
        return Turn(state, self.desk.speaker.ask(state, "consent", self.desk.speaker.say(state, "consent.unclear")))

    def declined(self, state: IntakeState) -> Turn:
        state.declined = True
        buttons = (Choice(self.desk.knowledge.questions["consent"].choices[0].title, "yes"), self.desk.speaker.button("handoff", "handoff"))
        reply = self.desk.speaker.plain(state, self.desk.speaker.say(state, "consent.declined"), choices=buttons)
        state.expecting = "consent"
        return Turn(state, reply)

    def is_telling(self, move: Move, text: str) -> bool:
        """Whether a message tells something (or asks something worth keeping)."""
        if move in _NEVER_STORY:
            return len(text) > 2 * STORY_LENGTH and move not in (Move.GARBAGE, Move.OTHER_LANGUAGE)
        if move in (Move.CHITCHAT, Move.COMPLAIN, Move.DISTRESS, Move.AFFIRM, Move.DENY, Move.SKIP):
            return len(text) >= STORY_LENGTH
        return len(text) >= 4

    @staticmethod
    def _worth_keeping(move: Move, message: Message) -> bool:
        """今天天气咋样 is no story; 办居住证要带什么 may be all that somebody came for."""
        if move is not Move.OUT_OF_SCOPE or len(message.text) > 2 * STORY_LENGTH:
            return True
        found = message.prediction
        return found is not None and not found.abstained and (found.routes[0].code == "ZX" or found.dispute_types[0].code == "XZ")

    def _keep(self, state: IntakeState, move: Move, message: Message) -> None:
        """Add to the story; remember when it is only a question so far."""
        extracted = self.desk.listener.extract(state, message.text, message.today)
        facts = [field for field in extracted if field.name in ("amount", "counterparty", "claim")]
        self.desk.listener.story(state, message, extracted)
        asking = move in _ASKING and not facts
        if asking and len(state.story) == 1 and "only_question" not in state.told:
            state.told.append("only_question")
            if move is Move.LAW:
                state.told.append("law_question")  # answered at once; a dispute may well follow
        elif not asking:
            state.told = [mark for mark in state.told if mark not in ("only_question", "law_question")]

    # ── safety ──

    def safety(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Read the reply to 现在有没有人受伤、有没有危险."""
        text, choice = message.text.strip(), message.choice
        said = choice if choice in ("safe", "danger") else None
        if said is None and move is not Move.SKIP:
            said = answers.safety(text)
            question = self.desk.knowledge.questions["safety"]
            said = said or {"safe": "safe", "danger": "danger"}.get(answers.chosen(question, question.choices, text) or "")
            if state.pending == "safe?" and move is Move.AFFIRM:
                said = "safe"
            elif state.pending == "safe?" and is_no(text):
                said = "danger"
        if said == "danger":
            return Turn(state, self._danger(state), "crisis")
        telling = len(text) >= STORY_LENGTH or (
            said is None and len(text) >= 8 and self.is_telling(move, text) and move not in INTERRUPTIONS
        )
        if said is None and not telling and move is not Move.SKIP:
            return self._unclear_safety(state, move, message)
        state.safety, state.pending = said or "unknown", None
        before: list[str] = []
        if said == "hurt":
            state.flags = sorted({*state.flags, Flag.INJURY.value})
            before.append(self.desk.speaker.say(state, "safety.hurt"))
        if move is Move.SKIP:
            before.append(self.desk.speaker.say(state, "skip.safety"))
        if telling:
            self._keep(state, move, message)
        elif not choice:
            self.desk.listener.notice(state, text)
            self.desk.listener.take(state, self.desk.listener.extract(state, text, message.today), "told")
        return Turn(state, self.desk.next(state, *before))

    def _unclear_safety(self, state: IntakeState, move: Move, message: Message) -> Turn:
        if move in INTERRUPTIONS:
            return self.desk.interrupted(state, move, message)
        if state.pending == "safe?":
            state.safety, state.pending = "unknown", None
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "skip.safety")))
        state.pending = "safe?"
        reply = self.desk.speaker.again(state)
        text = self.desk.speaker.say(state, "crisis.ask_safe")
        return Turn(state, Reply(text=text, choices=reply.choices, expecting=reply.expecting, state=reply.state))

    def _danger(self, state: IntakeState) -> Reply:
        state.stage, state.risk = Stage.CRISIS, max(state.risk, "R2")
        say = self.desk.speaker.say
        choices = (Choice(self.desk.knowledge.phrase("choice.safe_continue"), "safe"), self.desk.speaker.button("handoff", "handoff"))
        return self.desk.speaker.plain(state, say(state, "opening.emergency"), say(state, "crisis.staff_told"), choices=choices)

    def worried(self, state: IntakeState, message: Message) -> Turn:
        """The model hears danger where the safety screen heard none: keep the words, ask once whether they are safe."""
        if message.text not in state.story:
            self._keep(state, Move.DESCRIBE, message)
        if "worried" in state.told:
            return Turn(state, self.desk.next(state))
        state.told.append("worried")
        state.risk = max(state.risk, "R1")
        say = self.desk.speaker.say
        if state.consent is None:
            return Turn(state, self.desk.speaker.ask(state, "consent", say(state, "opening.emergency")))
        state.pending = "worried"
        reply = self.desk.speaker.ask(state, "safety", say(state, "opening.emergency"))
        return Turn(state, Reply(text=f"{say(state, 'opening.emergency')}\n{say(state, 'crisis.calm_question')}", choices=reply.choices,
                                 expecting=reply.expecting, state=reply.state))  # fmt: skip

    def after_crisis(self, state: IntakeState, message: Message) -> Turn:
        """“我现在安全”: the story said in danger is taken, nothing has to be told twice."""
        state.safety = "safe"
        if message.text not in state.story and self.is_telling(Move.DESCRIBE, message.text.strip()):
            self._keep(state, Move.DESCRIBE, message)
        return Turn(state, self.desk.next(state))  # the backend says crisis.after_safe first

    # ── the story ──

    def narrative(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Read the story, or the lack of one."""
        text = message.text.strip()
        if move is Move.SKIP:
            state.skipped.append("narrative")
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "skip.accepted")))
        if self.is_telling(move, text) and self._worth_keeping(move, message):
            state.remember()
            self._keep(state, move, message)
            if state.told[-1:] == ["law_question"] and move is Move.LAW:
                return Turn(state, self.desk.next(state), "answer_law", {"question": text})
            return Turn(state, self.desk.next(state))
        if move in INTERRUPTIONS:
            return self.desk.interrupted(state, move, message)
        if move in (Move.AFFIRM, Move.DENY) or not text:
            return Turn(state, self.desk.speaker.ask(state, "narrative"))
        state.remember()
        self._keep(state, move, message)
        return Turn(state, self.desk.next(state))

    # ── after the doors were shown ──

    def redirected_choice(self, state: IntakeState, choice: str) -> Turn:
        if choice == "statement":
            return self.desk.statements.turn(state)
        state.stage = Stage.OPEN
        if choice == "leave_matter" and len(state.matters) > 1:
            name = self.desk.matters.name(state.matters[state.at])
            self.desk.matters.drop(state)
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "split.left", type_name=name)))
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "resume.done")))

    def redirected(self, state: IntakeState, move: Move, message: Message) -> Turn:
        """Words after the doors were shown: go on all the same, a page to take along, a question, or goodbye."""
        text = message.text.strip()
        if len(state.matters) > 1 and _LEAVES.search(text):
            return self.redirected_choice(state, "leave_matter")
        if move is Move.RESUME or (_GO_ON.search(text) and not re.search(r"不(用|要|想)?(继续|登记)", text)):
            return self.redirected_choice(state, "continue")
        if _PAGE.search(text):
            return self.desk.statements.turn(state)
        if move in (Move.AFFIRM, Move.DENY, Move.THANKS, Move.GOODBYE, Move.SKIP):
            return Turn(state, self.desk.gate.again(state, self.desk.speaker.say(state, "goodbye.done")))
        if move in INTERRUPTIONS and len(text) <= 2 * STORY_LENGTH:
            return self.desk.interrupted(state, move, message)
        if len(text) <= STORY_LENGTH and QUESTION.search(text) and (rule := self.desk.gate.holding(state)) is not None:
            return Turn(state, self.desk.gate.redirect(state, rule))  # 那我现在怎么办: the doors once more
        self._keep(state, move, message)
        rule = self.desk.gate.holding(state)
        if (rule is None or not rule.hard) and "only_question" not in state.told:  # a matter for mediation after all
            state.told = [mark for mark in state.told if mark not in (REDIRECTED, "enquiry")]
            state.stage = Stage.OPEN
            return Turn(state, self.desk.next(state))
        return Turn(state, self.desk.gate.again(state, self.desk.speaker.say(state, "ack.more_story")))
