"""Fixtures every test may use; ``stack`` is the real system, started once, on its own ports and data folder."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stack import ROOT, Stack, free_ports


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Rasa, actions and backend under supervisord, healthy; killed processes come back by themselves."""
    if missing := [p for p in (".venv/bin/supervisord", "bot/.venv/bin/rasa", "models/dialogue.tar.gz") if not (ROOT / p).exists()]:
        pytest.fail(f"not set up: {', '.join(missing)} missing; run `make setup-dev`")
    port, rasa, actions = free_ports(3)
    with tempfile.TemporaryDirectory(prefix="jiefen-test-") as folder:
        env = {
            "JIEFEN_PORT": str(port),
            "JIEFEN_RASA_PORT": str(rasa),
            "JIEFEN_ACTIONS_PORT": str(actions),
            "JIEFEN_DATA_DIR": folder,
            "JIEFEN_DEMO": "1",
            "JIEFEN_ADMIN_PASSWORD": "test-admin-密码-1",
            "JIEFEN_CREATE_PER_HOUR": "100000",  # every test comes from one address
            "JIEFEN_MESSAGES_PER_MINUTE": "600",
        }
        running = Stack(env=env)
        running.start()
        try:
            running.wait_ready(240)
            yield running
            print(running.tails(5) if os.environ.get("JIEFEN_TEST_LOGS") else "", file=sys.stderr)
        finally:
            running.stop()


@pytest.fixture(scope="session")
def stack_url(stack: Stack) -> str:
    return stack.url


@pytest.fixture(scope="session")
def demo_login(stack: Stack) -> tuple[str, str]:
    """User name and password of the demonstration operator."""
    return "demo", (Path(stack.data) / "secrets" / "DEMO_PASSWORD").read_text(encoding="utf-8").strip()
