"""Rasa's own store of events (``rasa.db`` in the data folder): whole conversations lie there, so retention must reach it too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def forget(path: Path, conversation_ids: Iterable[str]) -> int:
    """Delete all events of these conversations (sender ids are ``<conversation id>-<n>``); returns how many went.

    A store that does not exist, or in which Rasa has not made its table yet, holds nothing.
    """
    if not path.exists():
        return 0
    deleted = 0
    with closing(sqlite3.connect(path, timeout=30)) as store, store:
        if store.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'events'").fetchone() is None:
            return 0
        for conversation_id in conversation_ids:
            first, last = f"{conversation_id}-", f"{conversation_id}."  # "." follows "-": an indexed range instead of LIKE
            deleted += store.execute("DELETE FROM events WHERE sender_id >= ? AND sender_id < ?", (first, last)).rowcount
    return deleted
