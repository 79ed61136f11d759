"""Choice questions that the story has answered already: what was said is not asked again; the card shows it for confirmation."""

from __future__ import annotations

import re

from intake import questions
from intake.moves import plain
from intake.state import FieldValue, IntakeState
from knowledge.models import Question
from knowledge.store import Knowledge

_TELLING = 3  # characters; shorter titles (没有, 别的, 签了) say too little by themselves
CONFIDENCE = 0.6


def fill_from_story(state: IntakeState, knowledge: Knowledge) -> list[str]:
    """Fill type-specific choice questions whose answer stands in the story, by a flag it raised (工地), in the
    ways of saying it that domain staff listed, or by title (对方全责).

    Returns:
        Slots that were filled.
    """
    _forget_other_types(state, knowledge)
    story, filled = plain(state.own_story), []
    own = knowledge.questions_for(state.dispute_type or "", questions.subtype_for_questions(state))
    asked = set(questions.plan(state, knowledge))
    general = [question for slot, question in knowledge.questions.items() if slot in asked and any(c.heard for c in question.choices)]
    for question in (*(q for q in own if q.slot not in knowledge.questions), *general):
        slot = question.slot
        if question.kind != "choice" or slot in state.asked or state.knows(slot):
            continue
        value = _by_flag(question, state) or _by_heard(question, story) or _by_title(question, story)
        if value is not None:
            title = next(choice.title for choice in question.choices if choice.value == value)
            state.fields[slot] = FieldValue(value, title, "told", CONFIDENCE)
            filled.append(slot)
    return filled


def _forget_other_types(state: IntakeState, knowledge: Knowledge) -> None:
    """What was inferred for a type that the matter turned out not to be is no detail of it."""
    own = {question.slot for question in knowledge.questions_for(state.dispute_type or "", questions.subtype_for_questions(state))}
    for slot, field in list(state.fields.items()):
        if field.source == "told" and field.confidence == CONFIDENCE and slot not in own and slot not in knowledge.questions:
            del state.fields[slot]


def _by_flag(question: Question, state: IntakeState) -> str | None:
    held = set(state.flags)
    fitting = [value for value, flags in question.sets_flags.items() if flags and {flag.value for flag in flags} <= held]
    return fitting[0] if len(fitting) == 1 else None


def _by_heard(question: Question, story: str) -> str | None:
    """By the ways of saying it that knowledge/taxonomy lists; two choices that both seem said answer nothing."""
    fitting = [choice.value for choice in question.choices if any(re.search(pattern, story) for pattern in choice.heard)]
    return fitting[0] if len(fitting) == 1 else None


def _by_title(question: Question, story: str) -> str | None:
    # Where staff listed ways of saying it, their silence is a doubt: “别人还在干” and “他非说是我自己提的” are no answers.
    unlisted = [choice for choice in question.choices if not choice.heard]
    fitting = [choice.value for choice in unlisted if any(_stands(part, story) for part in _parts(choice.title))]
    return fitting[0] if len(fitting) == 1 else None


def _parts(title: str) -> list[str]:
    return [part for part in re.split(r"[或、，,（）()]", plain(title)) if len(part) >= _TELLING]


def _stands(part: str, story: str) -> bool:
    return re.search(rf"(?<![没不未]){re.escape(part)}", story) is not None
