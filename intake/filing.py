"""The body of a filing, as the backend's ``POST /api/v1/cases`` takes it."""

from __future__ import annotations

from typing import Any

from intake.listening import Listener
from intake.state import IntakeState

MAX_NARRATIVE = 20_000  # characters, the backend's limit; the message log keeps everything
DRAFT_NARRATIVE = 600
UNTOLD = "（没有说明经过）"


def body(state: IntakeState, listener: Listener) -> dict[str, Any]:
    """Everything known of the case; ``conversation_id`` and the idempotency key are added by whoever sends it.

    ``fields`` holds plain values; a date that was told roughly keeps its words in ``when_text``.
    """
    predicted = state.prediction or {}
    secondary = listener.secondary(state)
    fields: dict[str, Any] = {slot: field.value for slot, field in state.fields.items()}
    when = state.fields.get("when")
    if when is not None and when.text and when.text != when.value:
        fields["when_text"] = when.text[:60]
    fields["counterparty_kind"] = listener.counterparty_kind(state).value
    return {
        "contact_channel": state.channel,
        "dispute_type": state.dispute_type or "QT",
        "secondary": secondary,
        "dispute_types": _scores(predicted.get("types", [])),
        "subtype": state.subtype,
        "route": state.route,
        "routes": _scores(predicted.get("routes", [])),
        "risk_level": state.risk,
        "fields": fields,
        "flags": list(state.flags),
        "narrative": state.narrative[:MAX_NARRATIVE] or str(fields.get("claim") or UNTOLD),
        "consent": state.consent,
        "model_version": predicted.get("version", ""),
    }


def bodies(state: IntakeState, listener: Listener) -> dict[int, dict[str, Any]]:
    """One body for each matter that is not filed yet, by its index; the story is whole in all of them."""
    if not state.matters:
        return {0: body(state, listener)}
    copy = IntakeState.from_dict(state.to_dict())
    made = {}
    for index, entry in enumerate(state.matters):
        if "receipt" not in entry:
            copy.open(index)
            made[index] = body(copy, listener)
    return made


def _scores(pairs: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"code": code, "probability": probability} for code, probability in pairs]


def draft(state: IntakeState) -> dict[str, Any]:
    """What is known so far, for operators and replay."""
    state.pack()
    return {
        "stage": state.stage.value,
        "dispute_type": state.dispute_type,
        "subtype": state.subtype,
        "route": state.route,
        "risk_level": state.risk,
        "fields": {slot: field.value for slot, field in state.fields.items()},
        "flags": list(state.flags),
        "narrative": state.narrative[:DRAFT_NARRATIVE],  # the beginning; the conversation shows every word, and Rasa stores each draft
        "expecting": state.expecting,
        **({"matters": [_matter(entry) for entry in state.matters]} if len(state.matters) > 1 else {}),
    }


def _matter(entry: dict[str, Any]) -> dict[str, Any]:
    facts = {name: entry[name] for name in ("dispute_type", "subtype", "route", "flags")}
    return {**facts, "fields": {slot: field["value"] for slot, field in entry["fields"].items()}}
