"""Between Rasa's tracker and the engine: state, message and pending reply, read from slots and events."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions.parts import Parts
from common.enums import ConversationState, RiskLevel
from common.payloads import UNNAMED_RISK, Choice, Expecting, Reply
from intake.conversation import Message
from intake.state import IntakeState, Stage

STATE, STORY, TURN, HEARD = "intake_state", "intake_story", "intake_turn", "heard"


def metadata_of(tracker: Tracker) -> dict[str, Any]:
    """What the backend sent along with the message."""
    return dict((tracker.latest_message or {}).get("metadata") or {})


def state_of(tracker: Tracker, channel: str = "web") -> IntakeState:
    """The intake so far; a fresh one when this is the first message."""
    saved = tracker.get_slot(STATE)
    if saved:
        return IntakeState.from_dict({**saved, "story": tracker.get_slot(STORY) or []})
    visited = metadata_of(tracker).get("visited_case")
    if isinstance(visited, dict):  # the conversation was opened with a case's number and code, which the backend has checked
        return IntakeState(channel=channel, stage=Stage.FILED, receipt={name: str(visited[name]) for name in ("number", "tracking_code")})
    return IntakeState(channel=channel)


def slots_of(tracker: Tracker, state: IntakeState) -> dict[str, Any]:
    """Slots that keep the state. The story has its own, set only when it grows: Rasa stores and sends every setting of a slot."""
    saved = state.to_dict()
    story = saved.pop("story", [])
    return {STATE: saved} if story == (tracker.get_slot(STORY) or []) else {STATE: saved, STORY: story}


def message_of(tracker: Tracker, parts: Parts) -> Message:
    """The latest message. Malformed metadata counts as absent: the engine then reads the words alone."""
    latest, given = tracker.latest_message or {}, metadata_of(tracker)
    intent = latest.get("intent") or {}
    edits = given.get("edits")
    return Message(
        text=str(latest.get("text") or ""),
        today=_date(given.get("today")) or parts.today(),
        intent=intent.get("name"),
        intent_probability=float(intent.get("confidence") or 0.0),
        choice=str(given["choice"]) if given.get("choice") else None,
        edits=dict(edits) if isinstance(edits, dict) and edits else None,
        risk=_risk(given.get("risk")),
        worry=any(isinstance(cue, dict) and cue.get("category") == UNNAMED_RISK for cue in given.get("cues") or []),
        message_id=str(given.get("message_id") or _event_id(tracker)),
        uploads=tuple(str(upload.get("name", "")) for upload in given.get("uploads") or [] if isinstance(upload, dict)),
    )


def case_key(tracker: Tracker, state: IntakeState) -> str:
    """Idempotency key: the sender id, which is fresh for each case; a second case of one sender gets its own."""
    return tracker.sender_id if state.case_seq == 0 else f"{tracker.sender_id}.{state.case_seq}"


def case_keys(tracker: Tracker, state: IntakeState) -> list[str]:
    """Idempotency keys of all cases of the intake, one for each matter that is filed apart."""
    key = case_key(tracker, state)
    return [key, *(f"{key}.m{number}" for number in range(2, len(state.matters) + 1))]


def reply_from(saved: dict[str, Any]) -> Reply:
    """A reply out of its JSON form."""
    expecting = saved.get("expecting")
    return Reply(
        text=saved["text"],
        choices=tuple(Choice(**choice) for choice in saved.get("choices") or []),
        card=saved.get("card"),
        expecting=Expecting(**expecting) if expecting else None,
        state=ConversationState(saved["state"]),
        case_number=saved.get("case_number"),
    )


def _event_id(tracker: Tracker) -> str:
    """Rasa's own id of the latest message, for callers that send none."""
    return next((str(e.get("message_id") or e.get("timestamp")) for e in reversed(tracker.events) if e.get("event") == "user"), "")


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _risk(value: Any) -> RiskLevel:
    try:
        return RiskLevel(value)
    except ValueError:
        return RiskLevel.R0
