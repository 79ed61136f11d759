"""Short talk beside the questions: why, cost, privacy, greetings, insults … answered in one sentence, then back to the open question."""

from __future__ import annotations

from collections.abc import Callable

from intake import questions
from intake.moves import Move
from intake.speaking import Speaker, joined
from intake.state import IntakeState, Stage

_SIMPLE: dict[Move, tuple[str, ...]] = {
    Move.PROCESS: ("process.how", "process.voluntary"),
    Move.COST: ("process.cost",),
    Move.DURATION: ("process.time",),
    Move.WHERE: ("process.where",),
    Move.LANGUAGE: ("process.language",),
    Move.EFFECT: ("process.voluntary", "process.agreement"),
    Move.PRIVACY: ("bot.privacy", "process.other_side"),
    Move.BOT: ("bot.who",),
    Move.EVIDENCE: ("upload.first",),
    Move.COMPLAIN: ("complaint.noted",),
    Move.OUT_OF_SCOPE: ("bot.out_of_scope",),
    Move.CHITCHAT: ("bot.chitchat",),
    Move.OTHER_LANGUAGE: ("input.other_language",),
    Move.GARBAGE: ("input.garbage",),
    Move.DISTRESS: ("ack.hard",),
    Move.WAIT: ("wait.ok",),
    Move.GREET: ("greet.hello",),
    Move.THANKS: ("thanks.done",),
    Move.RESUME: ("resume.done",),
}
# After these the question is not put again: the person is leaving or needs a moment.
QUIET = frozenset({Move.WAIT, Move.GOODBYE})
_NO_BRIDGE = frozenset({Move.GREET, Move.THANKS, Move.GARBAGE, Move.REPEAT, Move.RESUME, Move.WHY, Move.OTHER_LANGUAGE, Move.OUT_OF_SCOPE})


class SideTalk:
    """What is said to an interruption."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self._special: dict[Move, Callable[[IntakeState], str]] = {
            Move.WHY: self._why,
            Move.BRING: self._bring,
            Move.INSULT: self._insult,
            Move.GOODBYE: self._goodbye,
            Move.REPEAT: lambda state: "",
        }

    def answers(self, move: Move) -> bool:
        """Whether this room has an answer to the move."""
        return move in _SIMPLE or move in self._special

    def text(self, state: IntakeState, move: Move) -> str:
        """The answer, with a bridge back to the question where one fits."""
        special = self._special.get(move)
        said = special(state) if special else joined(*(self.speaker.say(state, key) for key in _SIMPLE[move]))
        if move in _NO_BRIDGE or move in QUIET or not state.expecting or state.stage is not Stage.OPEN:
            return said
        return joined(said, self.speaker.say(state, "resume.after_question"))

    def _why(self, state: IntakeState) -> str:
        question = questions.question_for(state.expecting or "narrative", state, self.speaker.knowledge)
        return question.why if question else self.speaker.say(state, "bot.can")

    def _bring(self, state: IntakeState) -> str:
        items = evidence(state, self.speaker)
        if not items:
            return self.speaker.say(state, "upload.later")
        return joined(self.speaker.say(state, "evidence.list", item="、".join(items)), self.speaker.say(state, "upload.later"))

    def _insult(self, state: IntakeState) -> str:
        state.said["insult"] = state.said.get("insult", 0) + 1
        return self.speaker.say(state, "input.insult" if state.said["insult"] == 1 else "input.insult_again")

    def _goodbye(self, state: IntakeState) -> str:
        unfinished = state.stage in (Stage.OPEN, Stage.CONFIRMING) and bool(state.story)
        return self.speaker.say(state, "goodbye.unfinished" if unfinished else "goodbye.done")


def evidence(state: IntakeState, speaker: Speaker, most: int = 4) -> list[str]:
    """What is worth keeping and bringing for this type, the subtype's own items first."""
    kind = speaker.knowledge.types.get(state.dispute_type or "")
    if kind is None:
        return []
    fitting = [item for item in kind.evidence if not item.subtypes or state.subtype in item.subtypes]
    return [item.name for item in sorted(fitting, key=lambda item: not item.subtypes)][:most]
