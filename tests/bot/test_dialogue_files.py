"""Rasa's files: generated, complete, in step with the engine and the classifier; the component speaks as the runtime does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from classifier import runtime
from common.settings import ROOT
from intake.moves import Move

NLU = ROOT / "nlu_data/nlu"
CONTEXTS = {"free", "asked_amount", "asked_phone", "asked_name", "asked_when", "asked_narrative", "confirm_summary"}
PUBLIC = {
    *("describe_dispute", "inform", "affirm", "deny", "correct", "greet", "goodbye", "thanks", "ask_status", "ask_law", "ask_process"),
    *("ask_human", "ask_bot", "cancel", "restart", "skip", "withdraw_case", "urge_case", "upload_evidence", "appointment"),
    *("complain_service", "out_of_scope", "chitchat", "crisis"),
}


def examples(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"][0]["examples"])


def test_generated_files_are_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, "scripts/write_dialogue_files.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_every_intent_has_a_rule_inside_and_outside_the_form() -> None:
    rules = [rule for path in (ROOT / "nlu_data/rules").glob("*.yml") for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]]
    inside = {r["steps"][0]["intent"] for r in rules if r["condition"] == [{"active_loop": "dispute_form"}] and "intent" in r["steps"][0]}
    outside = {r["steps"][0]["intent"] for r in rules if r["condition"] == [{"active_loop": None}]}
    written = {path.stem for path in NLU.glob("*.yml")}
    assert inside == written | {"nlu_fallback"}
    assert outside == inside


@pytest.mark.parametrize("path", sorted(NLU.glob("*.yml")), ids=lambda p: p.stem)
def test_sixty_examples_each_with_context_and_author(path: Path) -> None:
    found = examples(path)
    assert len({(e["text"], e["metadata"]["context"]) for e in found}) >= 60
    assert {e["metadata"]["context"] for e in found} <= CONTEXTS
    assert all(e["metadata"]["author"] and e["text"].strip() for e in found)


def test_no_words_mean_two_things_in_one_context() -> None:
    """What `rasa data validate` warns of is only this: the same words after different questions (nlu_data/INTENTS.md)."""
    meanings: dict[tuple[str, str], set[str]] = {}
    for path in NLU.glob("*.yml"):
        for example in examples(path):
            meanings.setdefault((example["text"], example["metadata"]["context"]), set()).add(path.stem)
    assert {words: intents for words, intents in meanings.items() if len(intents) > 1} == {}


def test_at_least_forty_intents_map_onto_the_public_ones() -> None:
    fine = yaml.safe_load((ROOT / "nlu_data/intent_map.yml").read_text(encoding="utf-8"))["fine"]
    written = {path.stem for path in NLU.glob("*.yml")}
    assert len(written) >= 40
    assert written - set(fine) == PUBLIC
    assert set(fine.values()) <= PUBLIC


def test_the_engine_knows_every_intent() -> None:
    assert {path.stem for path in NLU.glob("*.yml")} <= {move.value for move in Move}


def test_the_classifier_was_trained_on_the_same_intents() -> None:
    assert set(runtime.load().meta.heads["intent"]) == {path.stem for path in NLU.glob("*.yml")}


PROBE = """
import json, sys
from rasa.shared.nlu.training_data.message import Message
from bot.nlu.encoder_intent_classifier import EncoderIntentClassifier as C
component = C(C.get_default_config())
messages = [Message({"text": t, "metadata": {"context": c}}) for t, c in json.loads(sys.argv[1])] + [Message({"text": ""}), Message({"text": "三万"})]
component.process(messages)
print(json.dumps([[m.get("intent"), len(m.get("intent_ranking"))] for m in messages]))
"""


def test_the_component_says_what_the_runtime_says() -> None:
    """On Rasa's own Python, with the question as context."""
    texts = [("三万二", "asked_amount"), ("转人工", "free"), ("不对，是三万", "confirm_summary"), ("老板欠我三个月工资", "asked_narrative")]
    done = subprocess.run(
        [str(ROOT / "bot/.venv/bin/python"), "-W", "ignore", "-c", PROBE, json.dumps(texts)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3", "HOME": "/tmp"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    model = runtime.load()
    for (text, context), (intent, ranking) in zip(texts, found, strict=False):
        best = model.intent(text, context)[0]
        assert intent["name"] == best.name
        assert intent["confidence"] == pytest.approx(best.probability, abs=0.01)
        assert ranking == 3
    assert found[-2][0] == {"name": None, "confidence": 0.0}
    assert found[-1][0]["name"]
