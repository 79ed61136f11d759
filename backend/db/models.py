"""Every table of the database, imported so that metadata and migrations are complete."""

from __future__ import annotations

from backend.db import models_cases, models_conversations, models_staff

__all__ = ["models_cases", "models_conversations", "models_staff"]
