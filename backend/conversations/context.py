"""What was asked last, as the intent model wants to hear it: “三万” after a question for money is an amount."""

from __future__ import annotations

from common.payloads import Expecting

_BY_SLOT = {
    "amount": "asked_amount",
    "contact_phone": "asked_phone",
    "contact_name": "asked_name",
    "when": "asked_when",
    "narrative": "asked_narrative",
    "confirm": "confirm_summary",
}
_BY_KIND = {"amount": "asked_amount", "phone": "asked_phone", "name": "asked_name", "date": "asked_when", "confirm": "confirm_summary"}


def intent_context(expecting: Expecting | None) -> str:
    """The intent context of a question; ``free`` when nothing, or nothing with a context of its own, was asked."""
    if expecting is None:
        return "free"
    return _BY_SLOT.get(expecting.slot) or _BY_KIND.get(expecting.kind, "free")
