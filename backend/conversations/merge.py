"""Several messages of Rasa become the one message a resident reads.

Rasa answers an interrupted question with two payloads: the answer, and the question again. Messaging platforms count
messages, and two bubbles for one sentence read like shouting, so a turn is always one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.enums import ConversationState
from common.payloads import Choice, Expecting


class BadReply(Exception):
    """Rasa sent something that is not a reply. The text says what was wrong, never what was said."""


@dataclass(frozen=True)
class BotTurn:
    """One turn of the bot. ``state`` and ``expecting`` are None when Rasa sent plain text only: nothing changed.

    Attributes:
        new_case: the engine starts over; the next message belongs to a fresh Rasa sender.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    card: dict[str, Any] | None = None
    expecting: Expecting | None = None
    state: ConversationState | None = None
    case_number: str | None = None
    draft: dict[str, Any] | None = None
    new_case: bool = False


def merge(payload: Any) -> BotTurn | None:
    """Merge a REST answer of Rasa.

    Texts are joined by a blank line (a text said twice is said once); choices, card, expecting and state are those of the
    last payload, the case number the first that is there, the draft the last that is there.

    Returns:
        None when Rasa had nothing to say, which is what it answers when the action server is away.

    Raises:
        BadReply: not the shape agreed upon.
    """
    if not isinstance(payload, list):
        raise BadReply("not a list")
    texts: list[str] = []
    replies: list[BotTurn] = []
    for item in payload:
        if not isinstance(item, dict):
            raise BadReply("item is not an object")
        turn = _reply(item["custom"]) if item.get("custom") is not None else _plain(item)
        if turn is None:
            continue
        replies.append(turn)
        if turn.text and turn.text not in texts:
            texts.append(turn.text)
    if not texts:
        return None
    full = [r for r in replies if r.state is not None]
    last = full[-1] if full else replies[-1]
    return BotTurn(
        text="\n\n".join(texts),
        choices=last.choices,
        card=last.card,
        expecting=last.expecting,
        state=last.state,
        case_number=next((r.case_number for r in replies if r.case_number), None),
        draft=next((r.draft for r in reversed(replies) if r.draft is not None), None),
        new_case=any(r.new_case for r in replies),
    )


def _plain(item: dict[str, Any]) -> BotTurn | None:
    text = item.get("text")
    return BotTurn(text.strip()) if isinstance(text, str) and text.strip() else None


def _reply(custom: Any) -> BotTurn:
    if not isinstance(custom, dict):
        raise BadReply("custom is not an object")
    text, card, draft, number = custom.get("text"), custom.get("card"), custom.get("draft"), custom.get("case_number")
    if not isinstance(text, str):
        raise BadReply("text is missing")
    if not isinstance(card, dict | None) or not isinstance(draft, dict | None) or not isinstance(number, str | None):
        raise BadReply("card, draft or case_number has a wrong type")
    try:
        state = ConversationState(custom.get("state", ConversationState.INTAKE))
    except ValueError:
        raise BadReply("unknown state") from None
    return BotTurn(
        text=text.strip(),
        choices=choices_of(custom.get("choices")),
        card=card,
        expecting=expecting_of(custom.get("expecting")),
        state=state,
        case_number=number or None,
        draft=draft,
        new_case=custom.get("new_case") is True,
    )


def choices_of(value: Any) -> tuple[Choice, ...]:
    """Buttons from JSON.

    Raises:
        BadReply: not a list of {title, value}.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadReply("choices is not a list")
    made = []
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("title"), str) or not isinstance(item.get("value"), str):
            raise BadReply("a choice lacks title or value")
        made.append(Choice(item["title"], item["value"]))
    return tuple(made)


def expecting_of(value: Any) -> Expecting | None:
    """What the bot waits for, from JSON.

    Raises:
        BadReply: not an object with a slot.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("slot"), str):
        raise BadReply("expecting lacks its slot")
    return Expecting(value["slot"], str(value.get("kind") or "text"), value.get("optional") is True)
