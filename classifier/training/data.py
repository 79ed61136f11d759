"""Read the corpus and the labelled questions into one kind of row."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = REPOSITORY / "classifier/corpus"
QUESTIONS = REPOSITORY.parent / "shared/data/labelled_questions/questions.jsonl"
PRETRAINING = REPOSITORY.parent / "shared/data/pretraining"
FURTHER = CORPUS / "question_labels"  # our labels of further real questions; their texts stay in PRETRAINING
ROUTES = ("RM", "ZY", "HA", "XH", "XT", "SF", "QY", "LW", "SS", "XJ", "JJ", "ZX")
RISKS = ("R0", "R1", "R2", "R3")
TYPES = ("HY", "LL", "WY", "FW", "HT", "JD", "SC", "SH", "LD", "JT", "YL", "XF", "LY", "WL", "ZS", "TD", "ZD", "HB", "XY", "YD", "XZ", "QT")
TAXONOMY_AUTHOR = "K"  # names and definitions from knowledge/taxonomy
QUESTION_AUTHOR = "Q"  # the real questions, as if by one author
FURTHER_AUTHOR = "L"  # further real questions with our own labels; all of them are for training


@dataclass(frozen=True)
class Row:
    """One labelled text. ``weight`` is its say in the loss (garbled questions count less); an empty label is unknown."""

    id: str
    author: str
    text: str
    dispute_type: str
    subtype: str
    route: str
    risk: str
    secondary: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    weight: float = 1.0


def _row(raw: dict[str, object], author: str) -> Row:
    clarity = raw.get("clarity", 2)
    return Row(
        id=str(raw["id"]),
        author=author,
        text=str(raw["text"]),
        dispute_type=str(raw["dispute_type"]),
        subtype=str(raw["subtype"]),
        route=str(raw["route"]),
        risk=str(raw["risk"]),
        secondary=tuple(raw.get("secondary") or ()),  # type: ignore[arg-type]
        acceptable=tuple(raw.get("acceptable") or (raw["route"],)),  # type: ignore[arg-type]
        weight={0: 0.3, 1: 0.8}.get(int(str(clarity)), 1.0),
    )


def read_jsonl(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_authored(folder: Path = CORPUS / "authored") -> list[Row]:
    """Our own texts, all authors."""
    return [_row(raw, str(raw["author"])) for path in sorted(folder.glob("*.jsonl")) for raw in read_jsonl(path)]


def read_questions(path: Path | None = QUESTIONS) -> list[Row]:
    """The labelled real questions; empty (and said so) when the file is not on this machine."""
    if path is None or not path.exists():
        print(f"labelled questions not found at {path}: training and evaluation go on without them", flush=True)
        return []
    return [_row(raw, QUESTION_AUTHOR) for raw in read_jsonl(path)]


def read_further_questions(pretraining: Path | None = PRETRAINING, labels: Path = FURTHER) -> list[Row]:
    """Real questions of the pre-training text that annotators L1–L3 labelled; found by the first 10 hex digits of the text's SHA-1.

    Empty (and said so) when the text is not on this machine.
    """
    source = pretraining / "legal_questions_and_cases.txt.xz" if pretraining is not None else None
    if source is None or not source.exists():
        print(f"pre-training text not found at {source}: {labels.name} cannot be used", flush=True)
        return []
    wanted = {str(raw["id"]): raw for path in sorted(labels.glob("*.jsonl")) for raw in read_jsonl(path)}
    rows = []
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = line.strip()
            raw = wanted.pop(hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10], None)
            if raw is not None:
                rows.append(_row({**raw, "text": text}, FURTHER_AUTHOR))
    return rows


def read_all(questions: Path | None = QUESTIONS, pretraining: Path | None = PRETRAINING) -> list[Row]:
    """Everything that is labelled."""
    return read_authored() + read_questions(questions) + read_further_questions(pretraining) + read_taxonomy()


def read_taxonomy(folder: Path = REPOSITORY / "knowledge/taxonomy") -> list[Row]:
    """Names, definitions and causes (案由) of every subtype as short texts: type and subtype only, nothing of route or risk.

    Worth about one point on texts by another author: words a mediator knows but no author happened to use.
    """
    import yaml

    rows: list[Row] = []
    for path in sorted(folder.glob("*.yml")):
        loaded = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for subtype in loaded.get("subtypes", []):
            texts = [subtype["name"], subtype["plain"], subtype["definition"]]
            texts += [re.sub(r"^[\d.]+\s*", "", str(cause)) for cause in subtype.get("causes", [])]
            code = str(subtype["code"])
            rows += [
                Row(f"K-{code}-{i}", TAXONOMY_AUTHOR, str(text), code[:2], code, route="", risk="", weight=0.5)
                for i, text in enumerate(dict.fromkeys(texts))
            ]
    return rows


def subtypes_of(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted({row.subtype for row in rows}))
