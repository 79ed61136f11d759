"""What the classifier makes of a message's story: what it is about, and whether it holds several disputes."""

from __future__ import annotations

from dataclasses import replace

from classifier.runtime import Classifier
from common.payloads import StoryPart
from intake.conversation import Message
from intake.engine import IntakeEngine
from intake.state import IntakeState


def with_predictions(message: Message, state: IntakeState, engine: IntakeEngine, classifier: Classifier) -> Message:
    """The message with what the classifier says, where the engine wants to know it."""
    text, whole = engine.text_to_classify(state, message), engine.text_to_split(state, message)
    if text is not None:
        message = replace(message, prediction=classifier.predict(text))
    if whole is not None:
        message = replace(message, parts=story_parts(classifier, whole))
    return message


def story_parts(classifier: Classifier, text: str) -> tuple[StoryPart, ...]:
    """The disputes of a story, each with what the classifier says of its own words; one part when it tells of one."""
    parts = classifier.split(text)
    several = len(parts) > 1
    return tuple(StoryPart(p.text, p.dispute_type, p.subtype, p.route, classifier.predict(p.text) if several else None) for p in parts)
