"""Which case numbers a conversation knows and has been told: one story may bring several cases."""

from __future__ import annotations

from backend.db.models_conversations import Conversation


def known_numbers(conversation: Conversation) -> set[str]:
    """Numbers of the cases of the conversation's latest story."""
    receipt = conversation.case_receipt or {}
    numbers = [conversation.case_number, receipt.get("number"), *(earlier["number"] for earlier in receipt.get("earlier", []))]
    return {str(number) for number in numbers if number}


def untold_number(conversation: Conversation, case_number: str, text: str) -> bool:
    """Whether the newest case belongs to the same story as the one a reply tells, and that reply does not tell it."""
    receipt = conversation.case_receipt or {}
    number = receipt.get("number")
    return number not in (None, case_number) and case_number in receipt.get("linked", []) and str(number) not in text
