"""`rasa data validate` in Rasa's own environment: passes, and every warning is one that docs/dialogue.md explains."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from classifier.training.intents import read_utterances
from common.settings import ROOT

RASA = ROOT / "bot/.venv/bin/python"
SEVERAL_INTENTS = re.compile(r"UserWarning: The example '(.*)' was found labeled with multiple different intents", re.DOTALL)


@pytest.mark.stack
def test_the_only_warnings_are_answers_whose_meaning_depends_on_the_question() -> None:
    command = [str(RASA), "-m", "rasa", "data", "validate", "--data", "nlu_data", "--domain", "domain.yml", "--config", "config.yml"]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "NO_COLOR": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said[-2000:]
    warnings = [line for line in said.splitlines() if "rasa" in line and "Warning:" in line and "Deprecat" not in line]
    explained = [match.group(1) for line in warnings if (match := SEVERAL_INTENTS.search(line))]
    assert len(explained) == len(warnings), [line[:300] for line in warnings if not SEVERAL_INTENTS.search(line)][:5]
    meanings: dict[str, set[tuple[str, str]]] = {}
    for utterance in read_utterances():
        meanings.setdefault(utterance.text.strip(), set()).add((utterance.context, utterance.intent))
    for example in explained:
        told = meanings[example.strip()]
        assert len({intent for _, intent in told}) > 1, example
        assert len({context for context, _ in told}) == len(told), f"one context, two intents: {example}"
