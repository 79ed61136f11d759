"""The backend as a process of its own, for tests that kill it."""

from __future__ import annotations

from aiohttp import web

from backend.config import Config
from backend.main import create_app, load_parts


def main() -> None:
    config = Config.from_env()
    web.run_app(create_app(config, load_parts(config)), host="127.0.0.1", port=config.port, print=None)


if __name__ == "__main__":
    main()
