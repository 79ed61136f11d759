"""``python -m backend``."""

from __future__ import annotations

from backend.main import main

if __name__ == "__main__":
    main()
