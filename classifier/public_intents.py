"""Finer intents of the dialogue → the 24 public ones (labels.md section 5)."""

from __future__ import annotations

PUBLIC = (
    "describe_dispute", "inform", "affirm", "deny", "correct", "greet", "goodbye", "thanks", "ask_status", "ask_law", "ask_process",
    "ask_human", "ask_bot", "cancel", "restart", "skip", "withdraw_case", "urge_case", "upload_evidence", "appointment",
    "complain_service", "out_of_scope", "chitchat", "crisis",
)  # fmt: skip


def public_name(intent: str, mapping: dict[str, str]) -> str:
    """The public label of an intent.

    A finer intent is mapped by ``mapping`` (stored in ``meta.json``), else by its prefix: ``ask_process_fee`` and
    ``ask_process/fee`` both belong to ``ask_process``.
    """
    if intent in PUBLIC:
        return intent
    if intent in mapping:
        return mapping[intent]
    parents = [name for name in PUBLIC if intent.startswith((name + "_", name + "/"))]
    return max(parents, key=len) if parents else "out_of_scope"
