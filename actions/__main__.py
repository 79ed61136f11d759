"""``python -m actions``: the action server."""

from __future__ import annotations

import logging
import sys
import time
import warnings

from common.errors import KnowledgeError


def main() -> None:
    """Load, then serve. A mistake in a knowledge file ends the start with file and line."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("jiefen").setLevel(logging.INFO)
    # Rasa 3.6.21 and rasa-sdk 3.21 belong to different series on purpose (two Pythons); the tests run the pair.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk might not be compatible")
    begun = time.perf_counter()
    from actions.parts import load_parts
    from actions.server import serve

    try:
        parts = load_parts()
        parts.warm_up()
    except KnowledgeError as mistake:
        sys.exit(mistake.detail)
    logging.getLogger("jiefen.actions").info("ready to serve after %.1f s", time.perf_counter() - begun)
    serve(parts)


if __name__ == "__main__":
    main()
