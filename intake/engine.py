"""The intake: one message in, one turn out. Pure; knows neither Rasa nor HTTP, never waits, never connects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from common.enums import ContactChannel, RiskLevel
from common.payloads import Choice, Reply
from intake import answers, filing, questions
from intake.after import AfterFiling
from intake.conversation import Message, Tools, Turn, default_tools
from intake.desk import PAUSE, Desk
from intake.details import STORY_LENGTH, Details
from intake.listening import TELLING_ANSWERS
from intake.moves import Move, certain, move_of
from intake.opening import Opening
from intake.speaking import joined
from intake.state import FieldValue, IntakeState, Stage, higher_risk
from intake.statement import READY as STATEMENT_READY
from knowledge.store import Knowledge

CONSENT_VERSION = "2026-11"
SHORTEST = 2  # characters worth classifying
# The classifier reads the beginning and the end of a long story: 5,000 characters would take it a second on every turn.
READ_MOST, READ_FIRST = 900, 600
ASKS_WHAT = (None, "consent", "safety", "narrative", "dispute_type", "confirm", *TELLING_ANSWERS)
__all__ = ["IntakeEngine", "Message", "Turn"]


class IntakeEngine:
    """Decides what is known, what is missing, what to say and what to do.

    Args:
        knowledge: all knowledge files.
        tools: readers of text; the real ones when None.
        centre: name on the centre's door (setting ``JIEFEN_CENTRE_NAME``).
        draft_days: how long an unfinished intake is kept (setting ``JIEFEN_DRAFT_DAYS``).
    """

    def __init__(
        self, knowledge: Knowledge, tools: Tools | None = None, centre: str = "社会矛盾纠纷多元化解中心", draft_days: int = 7
    ) -> None:
        self.desk = Desk(knowledge, tools or default_tools(), centre)
        self.draft_days = draft_days
        self.opening_part = Opening(self.desk)
        self.details = Details(self.desk)
        self.after = AfterFiling(self.desk)

    # ── entry points ──

    def opening(self, channel: str | ContactChannel) -> Reply:
        """Greeting, privacy notice and the question of consent; said by the backend before any message."""
        state = self.start(channel)
        say = self.desk.speaker.say
        if state.channel == ContactChannel.HOTLINE.value:  # a clerk types what a caller says
            return self.desk.speaker.ask(state, "consent", say(state, "opening.operator"))
        before = [say(state, key) for key in ("opening.greeting", "opening.free", "opening.privacy", "opening.emergency", "opening.human")]
        return self.desk.speaker.ask(state, "consent", *before)

    def start(self, channel: str | ContactChannel = ContactChannel.WEB) -> IntakeState:
        """The state right after :meth:`opening`."""
        return IntakeState(channel=ContactChannel(channel).value)

    def text_to_classify(self, state: IntakeState, message: Message) -> str | None:
        """What the classifier should read for this message: the story with it, or None when it cannot change anything."""
        if message.choice or message.edits or state.stage in (Stage.FILED, Stage.FILING):
            return None
        if len(message.text.strip()) < SHORTEST or certain(message.text) not in (None, Move.OTHER_LANGUAGE):
            return None
        if state.matters:
            return None  # divided: each matter's type is settled
        if state.expecting not in ASKS_WHAT and len(message.text) < STORY_LENGTH:
            return None  # a date or a name does not change what the matter is
        words = joined(*self.desk.listener.words(state), message.text)
        return words if len(words) <= READ_MOST else f"{words[:READ_FIRST]}\n{words[READ_FIRST - READ_MOST :]}"

    def text_to_split(self, state: IntakeState, message: Message) -> str | None:
        """What should be looked through for several disputes: the whole story with this message, or None when that was decided."""
        if state.split is not None or self.text_to_classify(state, message) is None:
            return None
        return joined(*self.desk.listener.words(state), message.text)

    def turn(self, state: IntakeState, message: Message) -> Turn:
        """Answer one message. The given state is not changed."""
        state = IntakeState.from_dict(state.to_dict())
        state.today = message.today.isoformat()
        state.last_message_id = message.message_id
        state.risk = higher_risk(state.risk, message.risk.value)
        if message.risk.at_least(RiskLevel.R2) and not self._cleared(state, message):
            return self._crisis(state, message)
        if state.stage in (Stage.CRISIS, Stage.HANDOFF):
            state.pending = "crisis" if state.stage is Stage.CRISIS else state.pending
            state.stage = Stage.OPEN if not state.receipt else Stage.FILED
        if message.uploads and "evidence" not in state.fields:
            names = "、".join(message.uploads)
            state.fields["evidence"] = FieldValue(names[:200], names, "told", 1.0)
        self.desk.matters.heard(state, message.parts)
        turn = self._edited(state, message) if message.edits else self._spoken(state, message)
        return self._with_draft(turn)

    def resume(self, state: IntakeState) -> Turn:
        """Say the open question again: after a restart, a human, or on another device."""
        state = IntakeState.from_dict(state.to_dict())
        return self._with_draft(Turn(state, self.desk.next(state)))

    def filed(self, state: IntakeState, *receipts: Mapping[str, Any] | None) -> Turn:
        """After filing. ``receipts`` are the backend's answers, one a case; None while a filing waits in the outbox."""
        state = IntakeState.from_dict(state.to_dict())
        self._keep_receipts(state, receipts)
        if not any(receipts):
            state.stage = Stage.FILING
            reply = self.desk.speaker.plain(state, self.desk.speaker.say(state, "filed.waiting"))
            return self._with_draft(Turn(state, reply))
        return self._with_draft(Turn(state, self.desk.summariser.result(state, *receipts)))

    def refused(self, state: IntakeState, detail: str, receipts: Sequence[Mapping[str, Any] | None] = ()) -> Turn:
        """The backend did not take a filing: back to the card with its reason, nothing is lost. What it took stays filed."""
        state = IntakeState.from_dict(state.to_dict())
        self._keep_receipts(state, receipts)
        lines = [self.desk.speaker.say(state, "error.general"), detail]
        if state.receipt:
            lines.insert(1, self.desk.speaker.say(state, "split.half", number=state.receipt["number"], code=state.receipt["tracking_code"]))
        return self._with_draft(Turn(state, self.desk.summariser.confirm(state, *lines)))

    def visiting(self, state: IntakeState, number: str, code: str) -> Turn:
        """Somebody came with number and tracking code, and both are right: the talk is about that case from now on."""
        state = IntakeState.from_dict(state.to_dict())
        state.stage, state.receipt, state.pending = Stage.FILED, {"number": number, "tracking_code": code}, None
        reply = self.desk.speaker.plain(state, self.desk.speaker.say(state, "visit.open"), choices=self.desk.wishes.buttons())
        return self._with_draft(Turn(state, reply))

    def draft(self, state: IntakeState) -> dict[str, Any]:
        """What is known so far, for operators and replay; with the page to take along once there is one."""
        found = filing.draft(state)
        if state.story and state.stage in STATEMENT_READY:
            found["statement"] = self.desk.statements.card(state)
        return found

    def filing_bodies(self, state: IntakeState) -> dict[int, dict[str, Any]]:
        """The bodies of the filings of a confirmed intake: one a matter (by its index) that is not filed yet."""
        return filing.bodies(state, self.desk.listener)

    def filing_body(self, state: IntakeState) -> dict[str, Any]:
        """The body of the (first) filing of a confirmed intake."""
        return next(iter(self.filing_bodies(state).values()))

    def _keep_receipts(self, state: IntakeState, receipts: Sequence[Mapping[str, Any] | None]) -> None:
        """Number and code of each case; the first stands for the conversation, the others beside it."""
        state.pack()
        kept = []
        for index, given in enumerate(receipts):
            receipt = given or (state.matters[index].get("receipt") if state.matters else None)
            if receipt is None:
                continue
            short = {"number": receipt["number"], "tracking_code": receipt["tracking_code"]}
            if state.matters:
                state.matters[index]["receipt"] = short
            kept.append({**short, "name": self.desk.matters.name(state.matters[index])} if len(state.matters) > 1 else short)
        if kept:
            state.receipt = kept[0] if len(kept) == 1 else {**kept[0], "also": kept[1:]}

    # ── inside a turn ──

    def _spoken(self, state: IntakeState, message: Message) -> Turn:
        if state.expecting == "consent" and state.stage is Stage.OPEN and "consent" not in state.asked:
            state.asked["consent"] = 1  # said by opening()
        move = move_of(state, message.text, message.intent, message.intent_probability)
        if message.choice:
            pressed = self._pressed(state, message)
            if pressed is not None:
                return pressed
        if self.desk.statements.wanted(state, message.text):
            return self.desk.statements.turn(state)
        commanded = self._commanded(state, move, message)
        if commanded is not None:
            return commanded
        if state.stage in (Stage.FILED, Stage.FILING):
            if state.later and self.after.wants_next(state, move, message):
                return self._next_matter(state)
            return self.after.turn(state, move, message)
        if state.stage is Stage.PAUSED:
            return self._resumed(state, move, message)
        if state.stage is Stage.REDIRECTED:
            return self.opening_part.redirected(state, move, message)
        if state.consent is None:
            return self._consent(state, move, message)
        if state.expecting == "safety":
            return self.opening_part.safety(state, move, message)
        if state.expecting == "narrative" or not (state.story or "narrative" in state.skipped):
            return self.opening_part.narrative(state, move, message)
        return self.details.turn(state, move, message)

    def _consent(self, state: IntakeState, move: Move, message: Message) -> Turn:
        answer = self.opening_part.consent(state, move, message)
        if answer is None:
            return self._agreed(state)
        return answer

    def _agreed(self, state: IntakeState) -> Turn:
        state.consent = {"version": CONSENT_VERSION, "at": datetime.now(timezone.utc).isoformat(timespec="seconds")}
        state.declined = False
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "opening.thanks_consent")))

    def _pressed(self, state: IntakeState, message: Message) -> Turn | None:
        """A button. None: its value is to be read like words by whoever asked."""
        choice = message.choice or ""
        commands = {"handoff": Move.HUMAN, "skip": Move.SKIP, "cancel": Move.CANCEL, "restart": Move.RESTART, "status": Move.STATUS}
        filed = state.stage in (Stage.FILED, Stage.FILING)
        if choice == "statement" and (filed or state.stage is Stage.CONFIRMING) and state.story:
            return self.desk.statements.turn(state)
        if filed and choice == "urge":
            return self.desk.about_case(state, Move.URGE, message)
        if filed and state.receipt and (wish := self.desk.wishes.pressed(state, choice)) is not None:
            return wish
        if choice == "cancel" and state.stage is Stage.CONFIRMING:
            return self.details.card.not_yet(state)
        if choice == "safe" and (state.crisis_cleared or state.pending == "crisis"):
            state.pending = None
            return self.opening_part.after_crisis(state, message)
        if choice == "resume":  # a human gave the conversation back; what was said meanwhile comes as text
            move = move_of(state, message.text, message.intent, message.intent_probability)
            if move in (Move.RESUME, Move.AFFIRM) or not message.text.strip():
                return Turn(state, self.desk.next(state))
            return None
        if choice == "new_case":
            return self._again(state, "restart.new_case")
        if choice == "next_matter" and state.later:
            return self._next_matter(state)
        if choice.startswith("withdraw:") and state.receipt:
            return self.desk.about_case(state, Move.WITHDRAW, replace(message, text=choice.removeprefix("withdraw:")))
        if choice == "ask_law":
            return Turn(state, self.desk.speaker.again(state, self.desk.speaker.say(state, "consent.anonymous_help")))
        if choice in commands:
            move = commands[choice]
            commanded = self._commanded(state, move, message)
            return commanded if commanded is not None else self._by_move(state, move, message)
        if state.consent is None and choice in ("yes", "no"):
            return self._agreed(state) if choice == "yes" else self.opening_part.declined(state)
        if state.stage is Stage.REDIRECTED:
            return self.opening_part.redirected_choice(state, choice)
        if state.stage is Stage.CONFIRMING and choice in ("yes", "edit", "submit"):
            return self.details.corrections.which(state) if choice == "edit" else self.details.card.file(state)
        if state.stage is Stage.PAUSED:
            return self._resumed(state, Move.RESUME, message)
        return self.details.pressed(state, choice, message.today)

    def _by_move(self, state: IntakeState, move: Move, message: Message) -> Turn:
        if state.stage in (Stage.FILED, Stage.FILING):
            return self.after.turn(state, move, message)
        if state.expecting == "safety":
            return self.opening_part.safety(state, move, message)
        if state.consent is not None and (state.expecting == "narrative" or not (state.story or "narrative" in state.skipped)):
            return self.opening_part.narrative(state, move, message)
        return self.details.turn(state, move, message)

    def _commanded(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """What is done at once wherever the conversation stands."""
        say = self.desk.speaker.say
        if move is Move.HUMAN:
            state.unask()
            state.stage = Stage.HANDOFF
            return Turn(state, self.desk.speaker.plain(state, say(state, "handoff.started")), "handoff")
        filed = state.stage in (Stage.FILED, Stage.FILING)
        if move is Move.CANCEL and not filed:
            state.unask()
            state.stage = Stage.PAUSED
            button = (self.desk.speaker.button("continue", "continue"),)
            done = say(state, "cancel.done", days=self.draft_days)
            return Turn(state, self.desk.speaker.plain(state, done, choices=button, card=PAUSE if state.story else None), "cancel")
        if move is Move.RESTART:
            return self._again(state, "restart.done")
        if move is Move.UNDO and not filed and state.stage is not Stage.PAUSED:
            changed = state.take_back()
            key = "correct.undone" if changed else "correct.nothing_to_undo"
            for slot in changed:
                state.asked.pop(slot, None)
            state.stage = Stage.OPEN if state.stage is Stage.CONFIRMING else state.stage
            return Turn(state, self.desk.next(state, say(state, key)))
        worry = (
            message.worry
            and "worried" not in state.told
            and state.stage in (Stage.OPEN, Stage.CONFIRMING)
            and not self._plain(state, message)
        )
        answered = state.expecting == "safety" and answers.safety(message.text) in (
            "safe",
            "hurt",
        )  # plain words win over the model's guess
        if (move is Move.CRISIS or worry) and not answered and not message.choice and state.stage is not Stage.PAUSED:
            return self.opening_part.worried(state, message)
        return None

    def _plain(self, state: IntakeState, message: Message) -> bool:
        """A short answer to a question of fact: a faint worry of the model is no reason to ask for safety once more."""
        text = message.text.strip()
        if len(text) >= _PLAIN_ANSWER or state.expecting is None:
            return False
        if state.expecting in _FACTS:
            return True
        question = questions.question_for(state.expecting, state, self.desk.knowledge)
        value = answers.chosen(question, question.choices, text) if question and state.expecting != "safety" else None
        return question is not None and value is not None and not question.sets_flags.get(value)  # 还在漏, one of the buttons

    def _again(self, state: IntakeState, key: str) -> Turn:
        """A fresh intake in the same conversation; consent given once is enough."""
        fresh = IntakeState(
            channel=state.channel,
            consent=state.consent,
            today=state.today,
            last_message_id=state.last_message_id,
            case_seq=state.case_seq + (1 if state.receipt or state.stage is Stage.FILING else 0),
            risk=state.risk if not state.receipt else RiskLevel.R0.value,
            said=state.said,
        )
        return Turn(fresh, self.desk.next(fresh, self.desk.speaker.say(fresh, key)), "restart")

    def _next_matter(self, state: IntakeState) -> Turn:
        """The matter that waited while another was filed: nothing of it is told twice."""
        fresh = IntakeState(
            channel=state.channel,
            consent=state.consent,
            today=state.today,
            last_message_id=state.last_message_id,
            case_seq=state.case_seq + 1,
            said=state.said,
        )
        self.desk.matters.next_one(state, fresh)
        name = self.desk.matters.name(fresh.matters[0])
        return Turn(fresh, self.desk.next(fresh, self.desk.speaker.say(fresh, "split.next", type_name=name)), "restart")

    def _resumed(self, state: IntakeState, move: Move, message: Message) -> Turn:
        state.stage = Stage.OPEN
        say = self.desk.speaker.say
        if move in (Move.RESUME, Move.AFFIRM, Move.GREET):
            return Turn(state, self.desk.next(state, say(state, "resume.done")))
        if move in (Move.THANKS, Move.GOODBYE, Move.DENY):
            state.stage = Stage.PAUSED
            return Turn(
                state,
                self.desk.speaker.plain(
                    state,
                    say(state, "goodbye.unfinished"),
                    choices=(self.desk.speaker.button("continue", "continue"),),
                    card=PAUSE if state.story else None,
                ),
            )
        if state.consent is None:
            return self._consent(state, move, message)
        self.desk.next(state)  # puts the open question again, in the light of which the message is read
        return self._by_move(state, move, message)

    def _edited(self, state: IntakeState, message: Message) -> Turn:
        return self.details.card.edited(state, message)

    # ── danger ──

    @staticmethod
    def _cleared(state: IntakeState, message: Message) -> bool:
        """Danger was looked at: the resident said that they are safe (the backend sends the story again with that choice)."""
        if message.choice in ("safe", "continue") and message.risk is not RiskLevel.R3:
            state.crisis_cleared = True
        return state.crisis_cleared and message.risk is not RiskLevel.R3

    def _crisis(self, state: IntakeState, message: Message) -> Turn:
        """Normally the backend answers R2/R3 itself. Mark, keep the words, give the numbers, ask nothing on."""
        state.unask()
        state.stage = Stage.CRISIS
        if message.text.strip() and not message.choice:
            state.story.append(message.text)
            self.desk.listener.notice(state, message.text)
        say = self.desk.speaker.say
        texts = [say(state, "opening.emergency"), say(state, "crisis.staff_told"), say(state, "crisis.hold")]
        choices: tuple[Choice, ...] = (self.desk.speaker.button("handoff", "handoff"),)
        if message.risk is RiskLevel.R2:
            choices += (Choice(self.desk.knowledge.phrase("choice.safe_continue"), "safe"),)
        return self._with_draft(Turn(state, self.desk.speaker.plain(state, *texts, choices=choices), "crisis"))

    def _with_draft(self, turn: Turn) -> Turn:
        reply = turn.reply
        number = reply.case_number or (turn.state.receipt or {}).get("number")
        full = Reply(
            text=reply.text,
            choices=reply.choices,
            card=reply.card,
            expecting=reply.expecting,
            state=reply.state,
            case_number=number,
            draft=self.draft(turn.state),
        )
        return Turn(turn.state, full, turn.action, turn.payload)


# What is asked for a fact: a day, a sum, a name, whether all are safe (asked again by itself when unclear). The risk head has read stories, and of “昨天” or “上门吧” it knows next to nothing.
_FACTS = frozenset(
    {"when", "place", "amount", "people", "counterparty", "relation", "contact_name", "contact_phone", "handling_mode", "appointment"}
)
_PLAIN_ANSWER = 20
