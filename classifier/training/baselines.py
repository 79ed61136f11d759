"""Train the baselines on what the shipped model was trained on, and keep their answers: ``python -m classifier.training.baselines``.

``--only textcnn`` or ``--only diet`` trains one. DIET runs in Rasa's own environment (bot/.venv), with the stock pipeline of ``diet/config.yml``.
The n-gram linear model is a half of the shipped one; training writes its answers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifier.baselines import Answers, write_answers
from classifier.tokenizer import CharTokenizer
from classifier.training.data import PRETRAINING, QUESTIONS, REPOSITORY, Row, read_all
from classifier.training.intents import read_utterances
from classifier.training.network import DISPUTE_HEADS
from classifier.training.pipeline import labels_for, training_part, unseen_records
from classifier.training.textcnn import logits_of_textcnn, train_textcnn

MODEL = REPOSITORY / "classifier/model"
TEXTCNN, DIET = "TextCNN", "Rasa jieba + DIET"


def textcnn_answers(rows: Sequence[Row], records: Sequence[dict[str, Any]], epochs: int) -> Answers:
    tokenizer = CharTokenizer.load(MODEL)
    labels = labels_for(rows, read_utterances())
    model = train_textcnn(training_part(rows), labels, tokenizer, epochs)
    logits = logits_of_textcnn(model, [tokenizer.clean(record["text"]) for record in records], tokenizer)
    answers: Answers = {record["id"]: {} for record in records}
    for head in DISPUTE_HEADS:
        order = np.argsort(-logits[head], axis=1)[:, : 3 if head == "type" else 1]
        for record, best in zip(records, order, strict=True):
            answers[record["id"]][head] = [labels.heads[head][i] for i in best]
    return answers


def diet_answers(rows: Sequence[Row], records: Sequence[dict[str, Any]], folder: Path) -> Answers:
    """Texts as Rasa's training data, one intent a type; line breaks and the characters Rasa gives a meaning of their own are dropped."""
    import yaml

    clean = CharTokenizer.load(MODEL).clean
    examples: dict[str, list[str]] = defaultdict(list)
    for row in training_part(rows):
        if row.dispute_type and (text := clean(row.text).strip("[]{}()-/ ")):
            examples[row.dispute_type].append(text.replace("[", "").replace("]", ""))
    folder.mkdir(parents=True, exist_ok=True)
    nlu = [{"intent": code, "examples": "".join(f"- {text}\n" for text in texts)} for code, texts in sorted(examples.items())]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10**6), encoding="utf-8")
    lines = [json.dumps({"id": record["id"], "text": clean(record["text"])}, ensure_ascii=False) for record in records]
    (folder / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [REPOSITORY / "bot/.venv/bin/python", REPOSITORY / "classifier/training/diet/run.py", folder]
    subprocess.run([str(part) for part in command], check=True)
    answers: Answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return answers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m classifier.training.baselines", description=__doc__)
    parser.add_argument("--only", choices=("textcnn", "diet"))
    parser.add_argument("--out", type=Path, default=MODEL, help="folder of the shipped model, whose baseline.json is added to")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "checkpoints")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--pretraining", type=Path, default=PRETRAINING)
    parser.add_argument("--epochs", type=int, default=10)
    args = parser.parse_args()
    rows = read_all(args.questions, args.pretraining)
    records = unseen_records(rows)
    if args.only != "diet":
        write_answers(args.out, TEXTCNN, textcnn_answers(rows, records, args.epochs))
    if args.only != "textcnn":
        write_answers(args.out, DIET, diet_answers(rows, records, args.work / "diet"))


if __name__ == "__main__":
    main()
