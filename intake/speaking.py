"""Words of the bot: questions and phrases from knowledge/, never sentences of its own."""

from __future__ import annotations

from collections.abc import Callable

from common.enums import ConversationState
from common.payloads import Choice, Expecting, Reply
from intake import questions
from intake.state import IntakeState, Stage
from knowledge.store import Knowledge

PUBLIC_STATE = {
    Stage.OPEN: ConversationState.INTAKE,
    Stage.CONFIRMING: ConversationState.CONFIRMING,
    Stage.REDIRECTED: ConversationState.REDIRECTED,
    Stage.FILING: ConversationState.FILED,
    Stage.FILED: ConversationState.FILED,
    Stage.PAUSED: ConversationState.CLOSED,
    Stage.HANDOFF: ConversationState.HANDOFF,
    Stage.CRISIS: ConversationState.CRISIS,
}
NEVER_SKIPPED = ("consent", "confirm", "dispute_type", "safety", "split", "which")


class Speaker:
    """Builds replies and keeps count of what was said, so that wordings vary and nothing is repeated needlessly."""

    def __init__(self, knowledge: Knowledge, centre: str) -> None:
        self.knowledge = knowledge
        self.centre = centre
        self.offers: dict[str, Callable[[IntakeState], tuple[Choice, ...]]] = {"dispute_type": self.type_choices}

    def say(self, state: IntakeState, key: str, **values: object) -> str:
        """A phrase, the next wording each time."""
        times = state.said.get(key, 0)
        if isinstance(self.knowledge.phrases[key], list):
            state.said[key] = times + 1
        return self.knowledge.phrase(key, variant=times, centre=self.centre, **values)

    def button(self, key: str, value: str) -> Choice:
        return Choice(self.knowledge.phrase(f"choice.{key}"), value)

    def ask(self, state: IntakeState, slot: str, *before: str) -> Reply:
        """Put a question for the first time, or once more because the answer was not usable; counts."""
        state.asked[slot] = state.asked.get(slot, 0) + 1
        return self._question(state, slot, before)

    def again(self, state: IntakeState, *before: str) -> Reply:
        """Come back to the open question after something else; does not count as asking again."""
        return self._question(state, state.expecting or "narrative", before)

    def plain(self, state: IntakeState, *texts: str, choices: tuple[Choice, ...] = (), **extra: object) -> Reply:
        """A reply that asks nothing."""
        state.offered = [choice.value for choice in choices]
        state.expecting, state.also = None, []
        return Reply(text=joined(*texts), choices=choices, state=PUBLIC_STATE[state.stage], **extra)  # type: ignore[arg-type]

    def _question(self, state: IntakeState, slot: str, before: tuple[str, ...]) -> Reply:
        question = questions.question_for(slot, state, self.knowledge)
        if question is None:
            raise KeyError(f"no question for slot {slot!r}")
        state.expecting, state.also = slot, questions.also(question, state)
        choices = tuple(Choice(item.title, item.value) for item in question.choices) or self._offered(state, slot)
        optional = slot not in NEVER_SKIPPED
        if optional and slot != "narrative":
            choices = (*choices, self.button("skip", "skip"))
        state.offered = [choice.value for choice in choices]
        return Reply(
            text=joined(*before, self._wording(state, slot)),
            choices=choices,
            expecting=Expecting(slot, question.kind, optional),
            state=PUBLIC_STATE[state.stage],
        )

    def _wording(self, state: IntakeState, slot: str) -> str:
        question = questions.question_for(slot, state, self.knowledge)
        alone = f"ask.alone.{slot}"
        if question is not None and question.also and not state.also and alone in self.knowledge.phrases:
            return self.say(state, alone)  # the other half of the question is known already
        times = max(state.asked.get(slot, 1), 1)
        return question.ask[min(times, len(question.ask)) - 1] if question else ""

    def _offered(self, state: IntakeState, slot: str) -> tuple[Choice, ...]:
        make = self.offers.get(slot)  # buttons that depend on what was heard
        return make(state) if make else ()

    def type_choices(self, state: IntakeState) -> tuple[Choice, ...]:
        """The three likeliest types by their plain names, and 都不像."""
        scores = (state.prediction or {}).get("types", [])
        codes = [code for code, _ in scores if code in self.knowledge.types and code not in state.excluded_types][:3]
        if not codes:
            codes = [code for code in self.knowledge.types if code not in ("QT", "XZ")]
        chosen = tuple(Choice(self.knowledge.types[code].plain, code) for code in codes)
        return (*chosen, self.button("other_type", "none"))


def joined(*texts: str) -> str:
    """Paragraphs of one message; empty ones are left out."""
    return "\n".join(text for text in texts if text)
