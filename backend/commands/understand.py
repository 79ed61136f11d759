"""``jiefen classify | intents | extract | ask | evaluate | train``: files of JSON lines in, files of JSON lines out."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from backend.config import Config
from backend.domain.calendar import BEIJING
from backend.services.understanding import extraction, model_risk
from common.payloads import Prediction

Record = dict[str, Any]


class BadLine(ValueError):
    """A line that cannot be used; the message says why."""


def classify(args: Namespace) -> int:
    """Adds dispute_type, dispute_types, secondary, subtype(s), route, routes, risk, abstained and model_version to each line.

    ``risk`` is the model's word raised by the cue rules, never lowered, as in the conversation.
    """
    import knowledge
    from classifier import cli_support, runtime
    from intake.safety import Screen

    classifier = runtime.load(Config.from_env().model_dir)
    screen = Screen(knowledge.load().risk)

    def one(record: Record, prediction: Prediction) -> Record:
        risk = screen.assess(record["text"], model_risk(prediction))
        cues = [{"text": c.text, "start": c.start, "end": c.end, "category": c.category, "level": c.level.value} for c in risk.cues]
        return {**record, **cli_support.classified(prediction, classifier), "risk": risk.level.value, "risk_cues": cues}

    def batch(records: list[Record]) -> list[Record]:
        predictions = classifier.predict_many([record["text"] for record in records])
        return [one(record, prediction) for record, prediction in zip(records, predictions, strict=True)]

    _fresh(args)
    cli_support.run_stream(args.input, args.output, batch, progress=not args.quiet)
    return 0


def intents(args: Namespace) -> int:
    """Adds intent, intent_probability and intents (top 3); a line's ``context`` says what was asked last."""
    from classifier import cli_support, runtime

    classifier = runtime.load(Config.from_env().model_dir)
    _fresh(args)
    cli_support.intents_stream(classifier, args.input, args.output, progress=not args.quiet)
    return 0


def extract(args: Namespace) -> int:
    """Adds ``fields`` and flat amount, people, phone, name, counterparty, place, date, claim (null when absent).

    A line may say ``expecting`` (the slot asked for) and ``today`` (ISO date; default: today in Beijing).
    """
    import knowledge
    from intake.extract import extract as find

    loaded = knowledge.load()

    def one(record: Record) -> Record:
        text, expecting = record.get("text"), record.get("expecting")
        if not isinstance(text, str):
            raise BadLine("field 'text' is missing or not a string")
        if expecting is not None and not isinstance(expecting, str):
            raise BadLine("field 'expecting' is not a string")
        return {**record, **extraction(find(text, expecting=expecting, today=_today(record.get("today")), knowledge=loaded))}

    return _stream(args, one)


def ask(args: Namespace) -> int:
    """Adds answer, citations, related, refused and confidence; a line has ``question`` or ``turns`` (the last one is answered)."""
    import knowledge
    from backend.services.answering import Answering

    answerer = Answering(knowledge.load(), _today(None))

    def one(record: Record) -> Record:
        turns = _turns(record)
        found = answerer(turns[-1], turns[:-1])
        return {
            **record,
            "answer": found.answer,
            "citations": list(found.citations),
            "related": list(found.related),
            "refused": found.refused,
            "confidence": round(found.confidence, 4),
        }

    return _stream(args, one)


def evaluate(args: Namespace) -> int:
    """Prints the classifier's table beside the baselines; the benchmarks of tests/holdout are always among the sets."""
    from classifier import evaluate as evaluation
    from classifier import runtime

    folder = Config.from_env().model_dir
    sets = evaluation.held_out_sets(args.questions, args.corpus)
    for path in args.input or []:
        sets[path.stem] = evaluation.read_labelled(path)
    filled = {name: rows for name, rows in sets.items() if rows}
    if not filled:
        sys.exit("jiefen: 没有可以评分的标注文件")
    print(evaluation.report(runtime.load(folder), folder, filled))
    return 0


def train(args: Namespace) -> int:
    """Training needs torch and lives in its own process; everything after ``train`` is handed through."""
    return subprocess.run([sys.executable, "-m", "classifier.training", *args.rest], check=False).returncode  # noqa: S603 - our module


def _stream(args: Namespace, one: Callable[[Record], Record]) -> int:
    """Line by line, in order; lines that cannot be used go to ``<output>.bad`` with their number and the reason."""
    _fresh(args)
    aside = _aside(args.output)
    bad = done = 0
    with args.input.open("rb") as source, args.output.open("w", encoding="utf-8") as out:
        for number, raw in enumerate(source, start=1):
            try:
                out.write(json.dumps(one(_parse(raw)), ensure_ascii=False) + "\n")
                done += 1
            except BadLine as problem:
                with aside.open("a", encoding="utf-8") as file:
                    kept = {"line": number, "reason": str(problem), "raw": raw.decode("utf-8", "replace").rstrip("\r\n")[:2000]}
                    file.write(json.dumps(kept, ensure_ascii=False) + "\n")
                bad += 1
            if not args.quiet and number % 1000 == 0:
                print(f"\r{number} lines", end="", file=sys.stderr)
    if not args.quiet:
        print(f"\r{done} written, {bad} bad", file=sys.stderr)
    return 0


def _parse(raw: bytes) -> Record:
    try:
        record = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(record, dict):
        raise BadLine("not a JSON object")
    return record


def _today(given: Any) -> date:
    if given is None or given == "":
        return datetime.now(BEIJING).date()
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise BadLine("field 'today' is no ISO date (2026-11-27)") from None


def _turns(record: Record) -> list[str]:
    """The questions of a line, oldest first; turns may be strings or objects with a text."""
    if isinstance(record.get("question"), str):
        return [record["question"]]
    turns = record.get("turns")
    found = list(_words(turns)) if isinstance(turns, list) else []
    if not found:
        raise BadLine("neither 'question' nor 'turns'")
    return found


def _words(turns: list[Any]) -> Iterator[str]:
    for turn in turns:
        if isinstance(turn, str):
            yield turn
        elif isinstance(turn, dict) and turn.get("role", "user") in {"user", "resident"}:
            text = next((turn[key] for key in ("text", "content", "question") if isinstance(turn.get(key), str)), None)
            if text:
                yield text


def _fresh(args: Namespace) -> None:
    """Start over unless ``--resume`` was given: lines of an older, different input must not be taken for done.

    Raises:
        SystemExit: the input is missing or the output would overwrite it.
    """
    if not args.input.is_file():
        sys.exit(f"jiefen: 找不到输入文件 {args.input}")
    if args.input.resolve() == args.output.resolve():
        sys.exit("jiefen: 输入和输出不能是同一个文件")
    args.output.parent.mkdir(parents=True, exist_ok=True)
    if not getattr(args, "resume", False):
        args.output.unlink(missing_ok=True)
        _aside(args.output).unlink(missing_ok=True)


def _aside(output: Path) -> Path:
    return output.with_name(output.name + ".bad")
