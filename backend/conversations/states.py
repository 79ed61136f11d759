"""Where a message stands on its way to an answer."""

from __future__ import annotations

from enum import Enum

from common.enums import ConversationState


class Delivery(str, Enum):
    """Fate of one message.

    NEW is stored and not yet read; a crash leaves it so, and the next start goes on from there. PENDING must still reach
    Rasa (again and again under the same message id, so that the engine can tell a repeat). HELD was said in danger and waits
    until the resident is safe. OPERATOR is for the person who owns the chat. LOCAL needs nobody else. SUPERSEDED was waiting
    when the resident started over. FAILED was given up after many attempts and shown to staff.
    """

    NEW = "new"
    PENDING = "pending"
    DELIVERED = "delivered"
    HELD = "held"
    OPERATOR = "operator"
    LOCAL = "local"
    SUPERSEDED = "superseded"
    FAILED = "failed"


# In these states the bot is silent: a person answers, or safety comes first.
SILENT = (ConversationState.CRISIS.value, ConversationState.HANDOFF.value)

HANDOFF, RESTART, SAFE, RESUME = "handoff", "restart", "safe", "resume"
GLOBAL_CHOICES = frozenset({HANDOFF, RESTART, SAFE, RESUME})  # accepted at any time, whatever was offered
