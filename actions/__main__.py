"""``python -m actions``: the action server."""

from __future__ import annotations

import logging
import sys
import time

from common.errors import KnowledgeError


def main() -> None:
    """Load, then serve. A mistake in a knowledge file ends the start with file and line."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("jiefen").setLevel(logging.INFO)
    begun = time.perf_counter()
    from actions.parts import load_parts
    from actions.server import serve

    try:
        parts = load_parts()
    except KnowledgeError as mistake:
        sys.exit(mistake.detail)
    logging.getLogger("jiefen.actions").info("ready to serve after %.1f s", time.perf_counter() - begun)
    serve(parts)


if __name__ == "__main__":
    main()
