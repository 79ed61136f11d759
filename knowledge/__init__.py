"""What domain staff edit, and the one loader."""

from knowledge.loader import load
from knowledge.store import Knowledge

__all__ = ["Knowledge", "load"]
