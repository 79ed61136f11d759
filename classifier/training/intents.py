"""Utterances for the intent head: from ``nlu_data/nlu/*.yml`` (Rasa's form, with metadata) or from the authors' files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.training.data import REPOSITORY, Row, read_jsonl

NLU = REPOSITORY / "nlu_data/nlu"
AUTHORED = REPOSITORY.parent / "shared/data/authored_intents"
CONTEXTS = ("free", "asked_amount", "asked_phone", "asked_name", "asked_when", "asked_narrative", "confirm_summary")


@dataclass(frozen=True)
class Utterance:
    """What a resident says inside an intake, and what was asked last."""

    text: str
    context: str
    intent: str
    author: str


def read_nlu(folder: Path = NLU) -> list[Utterance]:
    """Every example of every intent file; ``metadata`` may hold ``context`` and ``author``."""
    import yaml

    found: list[Utterance] = []
    for path in sorted(folder.glob("**/*.yml")):
        loaded: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in loaded.get("nlu", []):
            if "intent" in block:
                found += _examples(block)
    return found


def _examples(block: dict[str, Any]) -> list[Utterance]:
    shared = block.get("metadata") or {}
    examples = block.get("examples") or []
    if isinstance(examples, str):  # the short form: one "- text" a line
        examples = [{"text": line.strip()[2:]} for line in examples.splitlines() if line.strip().startswith("- ")]
    made = []
    for example in examples:
        about = {**shared, **(example.get("metadata") or {})}
        text = str(example["text"]).strip()
        made.append(Utterance(text, about.get("context") or "free", str(block["intent"]), str(about.get("author") or "")))
    return made


def read_utterances() -> list[Utterance]:
    """``nlu_data`` when it exists, else the authors' files beside the repository."""
    if NLU.is_dir() and (found := read_nlu()):
        return found
    return [
        Utterance(str(raw["text"]), str(raw["context"]), str(raw["intent"]), str(raw["author"]))
        for path in sorted(AUTHORED.glob("*.jsonl"))
        for raw in read_jsonl(path)
    ]


# Intents whose words may carry heat or danger, or are a story of their own: they say nothing certain of the risk.
NOT_CALM = frozenset({"crisis", "distress", "insult", "complain_service", "describe_dispute", "other_language"})
CALM_WEIGHT = 0.5


def calm_rows(utterances: Sequence[Utterance]) -> list[Row]:
    """Ordinary words inside an intake (昨天, 上门, 预约，不要去家里) as texts of risk R0 and unknown type.

    Without them the risk head knows short texts only from the corpus of danger, and takes “今天” for a threat.
    """
    seen: set[str] = set()
    rows: list[Row] = []
    for utterance in utterances:
        if utterance.intent not in NOT_CALM and utterance.text not in seen:
            seen.add(utterance.text)
            identity = f"U{len(rows):05d}"
            rows.append(Row(identity, utterance.author or "U", utterance.text, "", "", "", "R0", weight=CALM_WEIGHT))
    return rows
