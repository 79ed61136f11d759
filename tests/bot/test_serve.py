"""The arguments of the Rasa server, read by Rasa's own parser in Rasa's own Python."""

from __future__ import annotations

import subprocess

import pytest

from common.settings import ROOT

BOT = ROOT / "bot/.venv/bin/python"
PARSE = """
import sys
from bot import serve
from rasa.__main__ import create_argument_parser
print(create_argument_parser().parse_args(serve.arguments()[1:]).auth_token)
"""


@pytest.mark.parametrize("token", ["plain-token", "-begins-with-a-dash", "--two_dashes"])
def test_any_generated_token_is_taken(token: str) -> None:
    """A token of ``secrets.token_urlsafe`` begins with a dash once in 64 times."""
    environment = {"JIEFEN_RASA_TOKEN": token, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    answer = subprocess.run([BOT, "-W", "ignore", "-c", PARSE], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr[-500:]
    assert answer.stdout.strip().splitlines()[-1] == token
