"""Alembic entry: always runs on the connection that ``backend.db.migrate`` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.dialects.postgresql import JSONB

from backend.db import models
from backend.db.base import Base, UtcDateTime

assert models  # imported so that every table is known to Base.metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types by their short names into generated migrations."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(getattr(item, "_variant_mapping", {}).get("postgresql"), JSONB):
        return "JsonColumn"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
