"""What a resident sends, checked before anything is stored. A refused message changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from backend.conversations.ports import PhrasesPort
from backend.conversations.text import MAX_CHARACTERS, clean, storable
from common.errors import BadInput, TooLarge

MAX_EDITS = 40
MAX_CHOICE = 255
_SLOT = re.compile(r"[a-z][a-z0-9_]{0,40}")
_EDITS_TEXT = "修改登记内容"


@dataclass(frozen=True)
class Inbound:
    """One message of a resident.

    Attributes:
        original: as typed, for the log; the title of the button for choices.
        processed: cleaned, for the screen and the dialogue.
        client_message_id: repeats of it are answered with the first answer.
    """

    original: str
    processed: str
    choice: str | None = None
    edits: dict[str, Any] | None = None
    client_message_id: str | None = None


def check(
    text: str | None, choice: str | None, edits: dict[str, Any] | None, client_message_id: str | None, phrases: PhrasesPort
) -> Inbound:
    """Check a message.

    Raises:
        BadInput: nothing in it, or several things at once, or a card edit of an unknown shape.
        TooLarge: more than MAX_CHARACTERS characters; the sentence says what to do.
    """
    if client_message_id is not None and not 1 <= len(client_message_id) <= 128:
        raise BadInput("client_message_id 应有 1–128 个字符", field="client_message_id")
    given = [name for name, value in (("text", text or None), ("choice", choice), ("edits", edits)) if value is not None]
    if len(given) > 1:
        raise BadInput("text、choice、edits 一次只能给一个", field=given[1])
    if choice is not None:
        if not 1 <= len(choice) <= MAX_CHOICE:
            raise BadInput(phrases.phrase("input.bad_choice"), field="choice")
        return Inbound(choice, clean(choice), choice=choice, client_message_id=client_message_id)
    if edits is not None:
        return Inbound(_EDITS_TEXT, _EDITS_TEXT, edits=_checked_edits(edits, phrases), client_message_id=client_message_id)
    if text is None:
        raise BadInput(phrases.phrase("input.empty"), field="text")
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(phrases.phrase("input.too_long", limit=MAX_CHARACTERS), field="text")
    processed = clean(text)
    if not processed:
        raise BadInput(phrases.phrase("input.empty"), field="text")
    return Inbound(storable(text), processed, client_message_id=client_message_id)


def _checked_edits(edits: dict[str, Any], phrases: PhrasesPort) -> dict[str, Any]:
    if not 1 <= len(edits) <= MAX_EDITS:
        raise BadInput(f"一次可以改 1–{MAX_EDITS} 项", field="edits")
    checked: dict[str, Any] = {}
    for slot, value in edits.items():
        if not _SLOT.fullmatch(slot):
            raise BadInput("不认识这一项", field="edits")
        items = value if isinstance(value, list) else [value]
        if len(items) > MAX_EDITS or not all(isinstance(item, str | int | float | bool) or item is None for item in items):
            raise BadInput("这一项填不进去，请换个写法", field=f"edits.{slot}")
        checked[slot] = [_safe(item) for item in items] if isinstance(value, list) else _safe(value)
    if sum(len(text) for text in _texts(checked)) > MAX_CHARACTERS:
        raise TooLarge(phrases.phrase("input.too_long", limit=MAX_CHARACTERS), field="edits")
    return checked


def _safe(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _texts(edits: dict[str, Any]) -> list[str]:
    return [item for value in edits.values() for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
